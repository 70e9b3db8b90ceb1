package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/filter"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/service/config"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

// rightsBound is how long the look at the tokens' rights may take. It runs
// beside the service and fails silently: it is advice, not a condition.
const rightsBound = 20 * time.Second

// rights warns at start-up of tokens that may do what application code must
// not: administer the organization, or write with the token for reads.
type rights struct {
	config config.Config
	http   *http.Client
	log    *slog.Logger
}

func (r rights) run(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, rightsBound)
	defer cancel()
	defer r.log.DebugContext(ctx, "the rights of the Astra tokens were looked at")
	r.administers(ctx, "ASTRA_DB_APPLICATION_TOKEN", r.config.AstraToken)
	if r.config.AstraReadOnlyToken.IsZero() {
		return
	}
	r.administers(ctx, "ASTRA_DB_READ_ONLY_TOKEN", r.config.AstraReadOnlyToken)
	r.writes(ctx)
}

// administers asks the DevOps API for the organization's roles, which only
// administrators of it may list.
func (r rights) administers(ctx context.Context, setting string, token config.Secret) {
	endpoint := devopsEndpoint(r.config.AstraEndpoint)
	if endpoint == "" {
		return
	}
	client, err := devops.NewClient(endpoint, astra.Token(token.Reveal()), r.http)
	if err != nil {
		return
	}
	roles, err := client.Roles(ctx)
	if err != nil {
		r.log.DebugContext(ctx, "the token does not administer the organization, or that could not be found out", "setting", setting, "error",
			err)
		return
	}
	r.log.WarnContext(ctx, "the token may administer the Astra organization, which application code must not; "+
		"give the service a token whose only role reads and writes rows of its keyspace",
		"setting", setting, "roles", rolesOf(ctx, client, roles, token))
}

// rolesOf names the roles of a token, as far as it may list them.
func rolesOf(ctx context.Context, client *devops.Client, roles []devops.Role, token config.Secret) (names []string) {
	parts := strings.Split(token.Reveal(), ":")
	tokens, err := client.Tokens(ctx)
	if err != nil || len(parts) != 3 {
		return nil
	}
	at := slices.IndexFunc(tokens, func(t devops.Token) bool { return t.ClientID == parts[1] })
	for _, role := range roles {
		if at >= 0 && slices.Contains(tokens[at].Roles, role.ID) {
			names = append(names, role.Name)
		}
	}
	return names
}

// writes deletes a row that does not exist with the token for reads, which must
// be refused.
func (r rights) writes(ctx context.Context) {
	client := dataapi.NewClient(options.API().SetToken(astra.Token(r.config.AstraReadOnlyToken.Reveal())).
		SetKeyspace(r.config.AstraKeyspace).SetHTTPClient(r.http))
	if client.Database(r.config.AstraEndpoint).Table(schema.Users).DeleteOne(ctx, filter.Eq("userid", uuid.Nil)) == nil {
		r.log.WarnContext(ctx, "the token for reads may write; give the service one whose only role reads rows of its keyspace",
			"setting", "ASTRA_DB_READ_ONLY_TOKEN")
	}
}

// devopsEndpoint is the DevOps API beside a Data API: Astra's own, or the
// embedded Astra's. It is "" for a server of which that is not known.
func devopsEndpoint(dataAPI string) string {
	u, err := url.Parse(dataAPI)
	switch {
	case err != nil:
		return ""
	case strings.HasSuffix(u.Hostname(), ".apps.astra.datastax.com"):
		return devops.DefaultEndpoint
	case u.Scheme == "http":
		return strings.TrimRight(dataAPI, "/") + "/v2"
	}
	return ""
}
