package schema

import "github.com/killrvideo/killrvideo-go/astra/dataapi/table"

// Names of the tables that keep accounts safe.
const (
	RefreshTokens = "refresh_tokens"
	LoginAttempts = "login_attempts"
)

// refreshTokens is a row for the beginning of a session, one for the last
// refresh token of it that was used up, and one when it has ended. The claim is
// a hash of what continues the session. A partition is a share of the sessions
// that end on one day: it is deleted as a whole afterwards.
func refreshTokens() Table {
	return Table{Name: RefreshTokens, Definition: table.Definition{
		Columns: table.Columns{
			column("bucket", table.Text()),
			column("session", table.UUID()),
			column("generation", table.Int()),
			column("claim", table.UUID()),
			column("userid", table.UUID()),
		},
		PrimaryKey: key("bucket", table.Asc("session"), table.Desc("generation"), table.Asc("claim")),
	}}
}

// loginAttempts is a row a login that failed or is under way. The account is a
// hash of the e-mail, which need not be anybody's here, and the client one of
// the account and its network address. A partition is a share of one day's: it
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
		PrimaryKey: key("bucket", table.Asc("account"), table.Desc("id")),
	}}
}
