package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// list is a table of lists that count themselves, see package tally: the items of a
// list follow its tally rows.
func list(columns ...table.NamedColumn) table.Definition {
	return table.Definition{
		Columns: append(table.Columns{
			column("list", table.Text()),
			column("id", table.UUID()),
			column("counts", table.Map(table.TypeText, table.BigInt())),
			// of earlier releases:
			column("bucket", table.Text()),
			column("items", table.BigInt()),
			column("views", table.BigInt()),
			column("ratings", table.BigInt()),
			column("stars", table.BigInt()),
			column("folded_at", table.Timestamp()),
		}, columns...),
		PrimaryKey: key("list", desc("id")),
	}
}

// videoStats counts the views and ratings of each video, and the videos of each list.
// The list of a video has its ratings, one by user; the list of a user has the user's
// ratings in the order of time.
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

// videoActivity are the trends: a partition for each day, in it a row for each process
// with the most viewed videos that it counted.
func videoActivity() Table {
	return Table{Name: VideoActivity, Definition: table.Definition{
		Columns: table.Columns{
			column("day", table.Date()),
			column("writer", table.UUID()),
			column("views", table.Map(table.TypeText, table.BigInt())),
		},
		PrimaryKey: key("day", asc("writer")),
	}}
}

// watchTime is how long users watched: a partition for each video, newest first. It is
// for analysis; the service does not read it.
func watchTime() Table {
	return Table{Name: WatchTime, Definition: table.Definition{
		Columns: table.Columns{
			column("videoid", table.UUID()),
			column("id", table.UUID()),
			column("userid", table.UUID()),
			column("watch_duration_seconds", table.Int()),
		},
		PrimaryKey: key("videoid", desc("id")),
	}}
}
