package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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
	errThrownAway        = errors.New("the data of the embedded Astra was thrown away; run " + caller.Here("refresh") + ", then " + caller.Up())
	errOtherOrganization = errors.New("the deploy token is of another organisation")
	errNoDataAPI         = errors.New("the provider has no dataApiEndpoint: it follows from the stack settings astraDatabaseId " +
		"and astraRegion")
)

// connector opens Astra's APIs over one HTTP client.
type connector struct{ http *http.Client }

// connection is the configuration in force with a token.
type connection struct {
	http   *http.Client
	config Config
	token  astra.Token
}

// deploy connects with the deploy token, which what cannot do without.
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

// data is the Data API.
func (c connection) data() (dataClient, error) {
	if c.config.DataAPIEndpoint == "" {
		return dataClient{}, errNoDataAPI
	}
	return openData(c.http, c.config.DataAPIEndpoint, c.token), nil
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
		p.GetLogger(ctx).Warning(fmt.Sprintf("%s: the data of the embedded Astra was thrown away, and it with them", what))
		return control, id, errThrownAway
	}
	if remembered != "" && id != remembered {
		return nil, "", fmt.Errorf("%s: %w: it is in organisation %s, and the deploy token is of organisation %s; set a token of the first: "+
			caller.Here("config set --secret astraDeployToken"), what, errOtherOrganization, remembered, id)
	}
	return control, id, nil
}
