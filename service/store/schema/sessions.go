package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// Names of the tables of sessions and logins.
const (
	RefreshTokens = "refresh_tokens"
	LoginAttempts = "login_attempts"
)

// refreshTokens has a row for the beginning of a session, one for its last used
// refresh token, and one for its end. The claim is a hash of what continues the
// session. A partition is a shard of the sessions that expire on one day, and is
// deleted as a whole afterwards.
func refreshTokens() Table {
	return Table{Name: RefreshTokens, Definition: table.Definition{
		Columns: table.Columns{
			column("bucket", table.Text()),
			column("session", table.UUID()),
			column("generation", table.Int()),
			column("claim", table.UUID()),
			column("userid", table.UUID()),
		},
		PrimaryKey: key("bucket", asc("session"), desc("generation"), asc("claim")),
	}}
}

// loginAttempts has a row for each login that failed or is in progress. The account is
// a hash of the e-mail, which need not be registered, and the client a hash of the
// account and the network address. A partition is a shard of one day's attempts, and
// is deleted as a whole afterwards.
func loginAttempts() Table {
	return Table{Name: LoginAttempts, Definition: table.Definition{
		Columns: table.Columns{
			column("bucket", table.Text()),
			column("account", table.Text()),
			column("id", table.UUID()),
			column("failed_at", table.Timestamp()),
			column("client", table.Text()),
		},
		PrimaryKey: key("bucket", asc("account"), desc("id")),
	}}
}
