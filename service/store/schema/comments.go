package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// comments are kept three times: in the lists of the video and of the user,
// which show them, and in one of their own, which finds them by id and keeps
// them when they are deleted.
func comments() Table {
	return Table{Name: Comments, Definition: list(
		column("videoid", table.UUID()),
		column("userid", table.UUID()),
		column("comment", table.Text()),
		column("sentiment_score", table.Float()),
		column("created_at", table.Timestamp()),
		column("deleted_at", table.Timestamp()),
	)}
}

// userActivity is what users viewed and commented on: a list of all of it and
// one of each type for each user. What they rated is in videoStats.
func userActivity() Table {
	return Table{Name: UserActivity, Definition: list(
		column("userid", table.UUID()),
		column("videoid", table.UUID()),
		column("activity_id", table.UUID()),
		column("activity_type", table.Text()),
		column("activity_timestamp", table.Timestamp()),
	)}
}
