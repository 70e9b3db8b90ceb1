package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// scope is what every call of the Admin API and of Cloud Logging needs.
const scope = "https://www.googleapis.com/auth/cloud-platform"

const loginFix = "log in with: gcloud auth application-default login"

// Authorize is an HTTP client with credentials where Google's provider finds them:
// a token or a key in the environment, or the application default credentials.
func Authorize(ctx context.Context) (*http.Client, error) {
	ctx = context.WithoutCancel(ctx) // tokens are refreshed later
	if token := os.Getenv(TokenVariable); token != "" {
		return oauth2.NewClient(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})), nil
	}
	key := cmp.Or(os.Getenv("GOOGLE_CREDENTIALS"), os.Getenv("GOOGLE_CLOUD_KEYFILE_JSON"), os.Getenv("GCLOUD_KEYFILE_JSON"))
	if key == "" {
		found, err := google.FindDefaultCredentials(ctx, scope)
		if err != nil {
			return nil, fmt.Errorf("find Google credentials: %w; %s", err, loginFix)
		}
		return oauth2.NewClient(ctx, found.TokenSource), nil
	}
	text := []byte(key)
	if !strings.HasPrefix(strings.TrimSpace(key), "{") {
		var err error
		if text, err = os.ReadFile(key); err != nil {
			return nil, fmt.Errorf("read the Google credentials: %w", err)
		}
	}
	var kind struct{ Type google.CredentialsType }
	if json.Unmarshal(text, &kind) != nil { // the error would hold the key
		return nil, errors.New("the Google credentials in the environment are not JSON; " + loginFix)
	}
	given, err := google.CredentialsFromJSONWithType(ctx, text, kind.Type, scope)
	if err != nil { // it may hold the key
		return nil, fmt.Errorf("read the Google credentials of type %s; %s", kind.Type, loginFix)
	}
	return oauth2.NewClient(ctx, given.TokenSource), nil
}
