package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// users has a row for each account.
func users() Table {
	return Table{Name: Users, Definition: table.Definition{
		Columns: table.Columns{
			column("userid", table.UUID()),
			column("email", table.Text()),
			column("firstname", table.Text()),
			column("lastname", table.Text()),
			column("account_status", table.Text()),
			column("roles", table.Set(table.Text())),
			column("created_date", table.Timestamp()),
			column("last_login_date", table.Timestamp()),
			column("moderator_proof", table.Text()),
			column("session_epoch", table.Int()),
			column("revoked_sessions", table.Set(table.Text())),
		},
		PrimaryKey: key("userid"),
	}}
}

// userCredentials has a partition for each e-mail, in lower case. The user is a
// clustering column: an insert does not fail for a key that exists, so concurrent
// registrations of an e-mail must be different rows to be detected.
//
// The index finds locked credentials.
func userCredentials() Table {
	return Table{
		Name: UserCredentials,
		Definition: table.Definition{
			Columns: table.Columns{
				column("email", table.Text()),
				column("userid", table.UUID()),
				column("password", table.Text()),
				column("account_locked", table.Boolean()),
				column("confirmed", table.Boolean()),
				column("claimed_at", table.Timestamp()),
				column("locked_until", table.Timestamp()), // of earlier releases
				column("known_clients", table.Set(table.Text())),
				column("reset_code", table.Text()),
				column("reset_until", table.Timestamp()),
			},
			PrimaryKey: key("email", asc("userid")),
		},
		Indexes: []Index{
			{"user_credentials_account_locked_idx", Regular, table.IndexDefinition{Column: "account_locked"}},
		},
	}
}
