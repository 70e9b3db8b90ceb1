package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// videoWords finds videos by words: a list of each word, newest video first.
// A row has all words of its video, so that a query of several words reads one
// list only.
func videoWords() Table {
	return Table{Name: VideoWords, Definition: list(
		column("videoid", table.UUID()),
		column("words", table.Set(table.Text())),
	)}
}

// tags finds tags by any part of them: a row for each ending of a tag, in the
// partition of its first letter.
func tags() Table {
	return Table{Name: Tags, Definition: table.Definition{
		Columns: table.Columns{
			column("letter", table.Text()),
			column("ending", table.Text()),
			column("tag", table.Text()),
		},
		PrimaryKey: key("letter", table.Asc("ending"), table.Asc("tag")),
	}}
}

// pendingWork is what is still to be done with videos, in sixteen shares: they
// are short, and every process reads all of them. Beside it lie the locks of
// videos, a partition each, and what was watched, a partition a share of a
// quarter.
func pendingWork() Table {
	return Table{Name: PendingWork, Definition: table.Definition{
		Columns: table.Columns{
			column("kind", table.Text()),
			column("videoid", table.UUID()),
			column("attempts", table.Int()),
			column("due", table.Timestamp()),
			column("lists", table.Boolean()),
			column("forget", table.Set(table.Text())),
			column("tags", table.Set(table.Text())),
		},
		PrimaryKey: key("kind", table.Asc("videoid")),
	}}
}
