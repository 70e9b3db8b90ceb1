package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// videoWords finds videos by words: a list for each word, newest video first. A row
// has all words of its video, so a query of several words reads one list.
func videoWords() Table {
	return Table{Name: VideoWords, Definition: list(
		column("videoid", table.UUID()),
		column("words", table.Set(table.Text())),
	)}
}

// tags finds tags by a substring: a row for each ending of a tag, in the partition of
// its first letter.
func tags() Table {
	return Table{Name: Tags, Definition: table.Definition{
		Columns: table.Columns{
			column("letter", table.Text()),
			column("ending", table.Text()),
			column("tag", table.Text()),
		},
		PrimaryKey: key("letter", asc("ending"), asc("tag")),
	}}
}

// pendingWork is the index queue, in sixteen short partitions that every process
// reads. Other kinds of partitions are the locks of videos, one for each, and notes
// of watch times, by quarter and shard.
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
		PrimaryKey: key("kind", asc("videoid")),
	}}
}
