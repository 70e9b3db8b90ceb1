package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/devops"
	"github.com/killrvideo/killrvideo-go/infra/caller"
)

// What is missing from the configuration, and how to set it.
var (
	errNoDeployToken = errors.New("the stack setting astraDeployToken is missing: it is the Astra token that mints, " +
		"changes tables and revokes; set it with " + caller.Here("config set --secret astraDeployToken"))
	errReset = errors.New("the data of the embedded Astra was deleted; run " + caller.Here("refresh") + ", then " +
		caller.Up())
	errOtherOrganization = errors.New("the deploy token is of another organisation")
	errNoDataAPI         = errors.New("the provider has neither a dataApiEndpoint nor a deployToken that could find it; " +
		"set the stack settings astraDatabaseId and astraRegion")
)

// connector opens Astra's APIs over one HTTP client.
type connector struct{ http *http.Client }

// connection is the configuration in force with a token.
type connection struct {
	http   *http.Client
	config Config
	token  astra.Token
}

// deploy connects with the deploy token, which the operation what needs.
func (c connector) deploy(ctx context.Context, what string) (connection, error) {
	config := infer.GetConfig[Config](ctx)
	if config.DeployToken == "" {
		return connection{}, fmt.Errorf("%s: %w", what, errNoDeployToken)
	}
	return connection{http: c.http, config: config, token: astra.Token(config.DeployToken)}, nil
}

// as connects with another token, or with none.
func (c connector) as(ctx context.Context, token astra.Token) connection {
	return connection{http: c.http, config: infer.GetConfig[Config](ctx), token: token}
}

// control is the DevOps API.
func (c connection) control() (*devops.Client, error) {
	return devops.NewClient(c.config.DevopsEndpoint, c.token, c.http)
}

// data is the Data API of a database: at the configured endpoint, unless that
// is another database's, else at the database's own, which the deploy token finds.
func (c connection) data(ctx context.Context, databaseID string) (dataClient, error) {
	if c.config.Embedded && c.config.DataAPIEndpoint != "" {
		return openData(addressing(c.http, databaseID), c.config.DataAPIEndpoint, c.token), nil
	}
	other := databaseIn(c.config.DataAPIEndpoint)
	if c.config.DataAPIEndpoint != "" && (other == "" || other == databaseID) {
		return openData(c.http, c.config.DataAPIEndpoint, c.token), nil
	}
	if c.config.DeployToken == "" && other != "" {
		return dataClient{}, fmt.Errorf("the provider's dataApiEndpoint is that of database %s, not of %s", other, databaseID)
	}
	if c.config.DeployToken == "" {
		return dataClient{}, errNoDataAPI
	}
	control, err := devops.NewClient(c.config.DevopsEndpoint, astra.Token(c.config.DeployToken), c.http)
	if err != nil {
		return dataClient{}, err
	}
	database, err := control.Database(ctx, databaseID)
	if err != nil {
		return dataClient{}, fmt.Errorf("find the Data API of database %s: %w", databaseID, err)
	}
	return openData(c.http, dataAPIEndpoint(c.config, *database), c.token), nil
}

// dataAPIEndpoint is where a database's Data API is.
func dataAPIEndpoint(config Config, database devops.Database) string {
	if config.Embedded && config.DataAPIEndpoint != "" {
		return config.DataAPIEndpoint
	}
	return astra.Endpoint(database.ID, database.Info.Region)
}

// databaseIn is the UUID of the database that an endpoint's host names, as hosts
// of Astra do, else "".
func databaseIn(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil || len(u.Host) <= 36 || u.Host[36] != '-' || uuid.Validate(u.Host[:36]) != nil {
		return ""
	}
	return u.Host[:36]
}

// addressing names a database to the embedded Astra, which serves all of them at
// one address, by the host that the database has at Astra.
func addressing(client *http.Client, databaseID string) *http.Client {
	addressed := *client
	addressed.Transport = hostTransport{client.Transport, strings.TrimPrefix(astra.Endpoint(databaseID, "embedded"), "https://")}
	return &addressed
}

type hostTransport struct {
	http.RoundTripper
	host string
}

func (h hostTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Host = h.host
	return h.RoundTripper.RoundTrip(req)
}

// deployControl is the DevOps API with the deploy token.
func (c connector) deployControl(ctx context.Context, what string) (*devops.Client, error) {
	connected, err := c.deploy(ctx, what)
	if err != nil {
		return nil, err
	}
	return connected.control()
}

// organization connects like deployControl and tells the organisation of the
// deploy token. It refuses another one than the one remembered, if any: there
// everything of this stack would look deleted.
func (c connector) organization(ctx context.Context, what, remembered string) (*devops.Client, string, error) {
	control, err := c.deployControl(ctx, what)
	if err != nil {
		return nil, "", err
	}
	id, err := control.Organization(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("%s: find the organisation of the deploy token: %w", what, err)
	}
	if remembered != "" && id != remembered && infer.GetConfig[Config](ctx).Embedded {
		p.GetLogger(ctx).Warning(fmt.Sprintf("%s: the data of the embedded Astra was deleted, and this with it", what))
		return control, id, errReset
	}
	if remembered != "" && id != remembered {
		return nil, "", fmt.Errorf("%s: %w: it is in organisation %s, and the deploy token is of organisation %s; set a token of the first: "+
			caller.Here("config set --secret astraDeployToken"), what, errOtherOrganization, remembered, id)
	}
	return control, id, nil
}
