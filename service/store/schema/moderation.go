package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// contentModeration are the flags: a list of all and one for each status.
func contentModeration() Table {
	return Table{Name: ContentModeration, Definition: list(
		column("content_type", table.Text()),
		column("contentid", table.UUID()),
		column("reason_code", table.Text()),
		column("reason_text", table.Text()),
		column("userid", table.UUID()),
		column("created_at", table.Timestamp()),
		column("updated_at", table.Timestamp()),
		column("status", table.Text()),
		column("reviewer", table.UUID()),
		column("moderator_notes", table.Text()),
		column("review_date", table.Timestamp()),
	)}
}

// moderationAudit are the actions of moderators: a partition for each video, comment
// or account, newest first. Rows are never changed or deleted.
func moderationAudit() Table {
	return Table{Name: ModerationAudit, Definition: table.Definition{
		Columns: table.Columns{
			column("contentid", table.UUID()),
			column("id", table.UUID()),
			column("flagid", table.UUID()),
			column("action", table.Text()),
			column("actor", table.UUID()),
			column("ts", table.Timestamp()),
			column("details", table.Text()),
		},
		PrimaryKey: key("contentid", desc("id")),
	}}
}

// userWords finds users by prefixes of their names and e-mails.
func userWords() Table {
	return Table{Name: UserWords, Definition: table.Definition{
		Columns: table.Columns{
			column("letter", table.Text()),
			column("word", table.Text()),
			column("userid", table.UUID()),
		},
		PrimaryKey: key("letter", asc("word"), asc("userid")),
	}}
}
