package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// list is the key of a list that counts itself, see package tally: items are
// below the rows that hold its totals.
func list(columns ...table.NamedColumn) table.Definition {
	return table.Definition{
		Columns: append(table.Columns{
			column("list", table.Text()),
			column("id", table.UUID()),
			column("bucket", table.Text()),
			column("items", table.BigInt()),
			column("views", table.BigInt()),
			column("ratings", table.BigInt()),
			column("stars", table.BigInt()),
			column("folded_at", table.Timestamp()),
		}, columns...),
		PrimaryKey: key("list", table.Desc("id")),
	}
}

// videoStats counts: views and ratings of each video, and the videos of each
// list. Below a video's totals are its ratings, one a user; a user's list
// holds the user's ratings in the order of time.
func videoStats() Table {
	return Table{Name: VideoStats, Definition: list(
		column("videoid", table.UUID()),
		column("userid", table.UUID()),
		column("rating", table.Int()),
		column("rated_at", table.Timestamp()),
		column("first_rated_at", table.Timestamp()),
		column("event", table.UUID()),
		column("replaces", table.UUID()),
	)}
}

// videoActivity is what trends: a partition a day, in it one row a process
// with the videos that were viewed most through it.
func videoActivity() Table {
	return Table{Name: VideoActivity, Definition: table.Definition{
		Columns: table.Columns{
			column("day", table.Date()),
			column("writer", table.UUID()),
			column("views", table.Map(table.Text(), table.BigInt())),
		},
		PrimaryKey: key("day", table.Asc("writer")),
	}}
}

// watchTime is how long users watched, a partition a video, newest first.
// Nothing reads it yet but people: it is for analysis.
func watchTime() Table {
	return Table{Name: WatchTime, Definition: table.Definition{
		Columns: table.Columns{
			column("videoid", table.UUID()),
			column("id", table.UUID()),
			column("userid", table.UUID()),
			column("watch_duration_seconds", table.Int()),
		},
		PrimaryKey: key("videoid", table.Desc("id")),
	}}
}
