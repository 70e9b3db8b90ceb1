package devops

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/killrvideo/killrvideo-go/astra"
)

// Token is an application token. Its value is only there once, in the answer
// of [Client.CreateToken].
type Token struct {
	ClientID    string
	Roles       []string
	Value       astra.Token
	GeneratedOn string
}

// wireToken is the answer to minting; the client secret in it is not kept.
type wireToken struct {
	ClientID    string   `json:"clientId"`
	Roles       []string `json:"roles"`
	Token       string   `json:"token"`
	GeneratedOn string   `json:"generatedOn"`
}

// Tokens lists the organisation's tokens, without their values.
func (c *Client) Tokens(ctx context.Context) ([]Token, error) {
	var answer struct {
		Clients []wireToken `json:"clients"`
	}
	err := c.do(ctx, request{op: "list tokens", method: http.MethodGet, path: "/clientIdSecrets", again: true}, &answer)
	if err != nil {
		return nil, err
	}
	tokens := make([]Token, len(answer.Clients))
	for i, t := range answer.Clients {
		tokens[i] = Token{ClientID: t.ClientID, Roles: t.Roles, GeneratedOn: t.GeneratedOn}
	}
	return tokens, nil
}

// CreateToken mints a token with the given roles, in the caller's organisation
// if org is "". It is never repeated after
// an answer that was lost, since that might leave a token that no state knows;
// such a failure is returned, and [Client.Tokens] tells what is there.
func (c *Client) CreateToken(ctx context.Context, org string, roles ...string) (*Token, error) {
	var t wireToken
	body := map[string]any{"roles": roles}
	if org != "" {
		body["orgId"] = org
	}
	if err := c.do(ctx, request{op: "mint a token", method: http.MethodPost, path: "/tokens", body: body}, &t); err != nil {
		return nil, err
	}
	if t.Token == "" || t.ClientID == "" {
		return nil, errors.New("mint a token: the answer holds none")
	}
	return &Token{ClientID: t.ClientID, Roles: t.Roles, Value: astra.Token(t.Token), GeneratedOn: t.GeneratedOn}, nil
}

// DeleteToken revokes a token and verifies that it is no longer listed; one
// that was not there is revoked.
func (c *Client) DeleteToken(ctx context.Context, clientID string) error {
	op := "revoke token " + clientID
	err := c.do(ctx, request{op: op, method: http.MethodDelete, path: "/clientIdSecrets/" + url.PathEscape(clientID), again: true}, nil)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return c.until(ctx, op, func() (bool, error) {
		tokens, err := c.Tokens(ctx)
		for _, t := range tokens {
			if t.ClientID == clientID {
				return false, nil
			}
		}
		return err == nil, err
	})
}
