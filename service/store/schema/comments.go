package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// comments are stored three times: in the lists of the video and of the user, which
// show them, and in a list of their own, which is read by id and retains them when
// they are deleted.
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

// userActivity are the views and comments of users: a list of all of them and one of
// each type for each user. Ratings are in videoStats.
func userActivity() Table {
	return Table{Name: UserActivity, Definition: list(
		column("userid", table.UUID()),
		column("videoid", table.UUID()),
		column("activity_id", table.UUID()),
		column("activity_type", table.Text()),
		column("activity_timestamp", table.Timestamp()),
	)}
}
