// Package run calls the Admin API of Cloud Run (version 2) for what Google's
// Pulumi provider has no resource for: which revisions have the traffic of a
// service, why a revision is not ready, and what it logged. No cloud's SDK and
// nothing of Pulumi may enter.
package run

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
)

// TokenVariable holds an access token, EndpointVariable names another address of
// the API and LoggingVariable of Cloud Logging, as Google's own provider takes
// them.
const (
	TokenVariable    = "GOOGLE_OAUTH_ACCESS_TOKEN"
	EndpointVariable = "GOOGLE_CLOUD_RUN_V2_CUSTOM_ENDPOINT"
	LoggingVariable  = "GOOGLE_LOGGING_CUSTOM_ENDPOINT"
)

// The types of a traffic target.
const (
	ToLatest   = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
	ToRevision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
)

// ErrNotFound is a service or a revision that does not exist.
var ErrNotFound = errors.New("not found")

// errChanged is a service that was changed by someone else since it was read.
var errChanged = errors.New("the service was changed at the same time")

// Name is a service's.
type Name struct{ Project, Location, Service string }

func (n Name) String() string {
	return fmt.Sprintf("projects/%s/locations/%s/services/%s", n.Project, n.Location, n.Service)
}

// ParseName reads a full name.
func ParseName(text string) (Name, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 6 || parts[0] != "projects" || parts[2] != "locations" || parts[4] != "services" {
		return Name{}, fmt.Errorf("%q is not projects/PROJECT/locations/REGION/services/NAME", text)
	}
	return Name{parts[1], parts[3], parts[5]}, nil
}

// Target is where a part of the traffic goes.
type Target struct {
	Type     string `json:"type"`
	Revision string `json:"revision,omitempty"`
	Percent  int    `json:"percent,omitempty"`
	Tag      string `json:"tag,omitempty"`
	// URI is that of the tag; the API only tells it.
	URI string `json:"uri,omitempty"`
}

// Service is what is read of a service.
type Service struct {
	Generation            string   `json:"generation"`
	Etag                  string   `json:"etag"`
	LatestReadyRevision   string   `json:"latestReadyRevision"`
	LatestCreatedRevision string   `json:"latestCreatedRevision"`
	Traffic               []Target `json:"traffic"`
	TrafficStatuses       []Target `json:"trafficStatuses"`
}

// Share is a revision's part of the traffic.
type Share struct {
	Revision string
	Percent  int
}

// Shares are the revisions that have traffic, by their short names. A target of
// the latest revision is the one that is ready now.
func (s Service) Shares() (all []Share) {
	targets := s.TrafficStatuses
	if len(targets) == 0 {
		targets = s.Traffic
	}
	for _, t := range targets {
		revision := cmp.Or(t.Revision, s.LatestReadyRevision)
		if t.Percent == 0 || revision == "" {
			continue
		}
		all = add(all, Share{path.Base(revision), t.Percent})
	}
	return all
}

func add(all []Share, more Share) []Share {
	for i := range all {
		if all[i].Revision == more.Revision {
			all[i].Percent += more.Percent
			return all
		}
	}
	return append(all, more)
}

// Client calls the API.
type Client struct {
	http          *http.Client
	base, logging string
	pause         time.Duration
}

// New returns a client with the caller's own Google credentials, found where
// Google's provider finds them.
func New(ctx context.Context) (*Client, error) {
	authorized, err := Authorize(ctx)
	if err != nil {
		return nil, err
	}
	return NewAt(authorized, cmp.Or(os.Getenv(EndpointVariable), "https://run.googleapis.com/v2/"),
		cmp.Or(os.Getenv(LoggingVariable), "https://logging.googleapis.com/v2/")), nil
}

// NewAt returns a client of APIs at other addresses, which end with a slash.
func NewAt(authorized *http.Client, endpoint, logging string) *Client {
	return &Client{http: authorized, base: endpoint, logging: logging, pause: time.Second}
}

// Get reads what is below the Admin API, such as the revisions of a service.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.read(ctx, http.MethodGet, c.base+path, nil, into)
}

// Post changes what is below the API, and is not repeated.
func (c *Client) Post(ctx context.Context, path string, body, into any) error {
	return c.call(ctx, http.MethodPost, c.base+path, body, into)
}

// Entries reads log entries. What is asked is the body of entries:list.
func (c *Client) Entries(ctx context.Context, asked, into any) error {
	return c.read(ctx, http.MethodPost, c.logging+"entries:list", asked, into)
}

// Service reads a service; ErrNotFound if it does not exist.
func (c *Client) Service(ctx context.Context, name Name) (s Service, err error) {
	if err := c.read(ctx, http.MethodGet, c.base+name.String(), nil, &s); err != nil {
		return s, fmt.Errorf("read the Cloud Run service %s: %w", name, err)
	}
	return s, nil
}

// SetTraffic gives the traffic of a service to revisions, and a tag, if it is not
// "", to the newest one that is ready. It returns the service as it is then.
func (c *Client) SetTraffic(ctx context.Context, name Name, shares []Share, tag string) (Service, error) {
	var targets []Target
	for _, s := range shares {
		targets = append(targets, Target{Type: ToRevision, Revision: s.Revision, Percent: s.Percent})
	}
	if tag != "" {
		targets = append(targets, Target{Type: ToLatest, Tag: tag})
	}
	for attempt := 1; ; attempt++ {
		before, err := c.Service(ctx, name)
		if err == nil {
			err = c.patch(ctx, name, before.Etag, targets)
		}
		if errors.Is(err, errChanged) && attempt < attempts && sleep(ctx, c.pause) == nil {
			continue
		}
		if err != nil {
			return before, fmt.Errorf("set the traffic of the Cloud Run service %s: %w", name, err)
		}
		return c.Service(ctx, name)
	}
}

// patch changes the traffic alone, and waits until the change is in effect.
func (c *Client) patch(ctx context.Context, name Name, etag string, targets []Target) error {
	body := struct {
		Etag    string   `json:"etag,omitempty"`
		Traffic []Target `json:"traffic"`
	}{etag, targets}
	var operation struct {
		Name  string
		Done  bool
		Error *apiError
	}
	if err := c.call(ctx, http.MethodPatch, c.base+name.String()+"?updateMask=traffic", body, &operation); err != nil {
		return err
	}
	for !operation.Done {
		if err := sleep(ctx, c.pause); err != nil {
			return err
		}
		if err := c.read(ctx, http.MethodGet, c.base+operation.Name, nil, &operation); err != nil {
			return err
		}
	}
	if operation.Error != nil {
		return operation.Error
	}
	return nil
}

// attempts bound the calls that are repeated.
const attempts = 5

// read calls what changes nothing, and again where the API is busy.
func (c *Client) read(ctx context.Context, method, url string, body, into any) (err error) {
	for range attempts {
		var api *apiError
		if err = c.call(ctx, method, url, body, into); err == nil || errors.As(err, &api) && api.Code < 500 && api.Code != 429 {
			return err
		}
		if sleep(ctx, c.pause) != nil {
			return err
		}
	}
	return err
}

// apiError is what Google answers instead.
type apiError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("Google answers %d %s: %s", e.Code, e.Status, e.Message)
}

func (e *apiError) Is(target error) bool {
	return target == ErrNotFound && e.Code == http.StatusNotFound || target == errChanged && (e.Code == 409 || e.Code == 412)
}

// requestTimeout bounds one call.
const requestTimeout = 30 * time.Second

func (c *Client) call(ctx context.Context, method, url string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode a request to Google: %w", err)
	}
	if body == nil {
		text = nil
	}
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("ask Google: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("ask Google: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err != nil {
		return fmt.Errorf("read Google's answer: %w", err)
	}
	if response.StatusCode/100 != 2 {
		var failed struct{ Error apiError }
		_ = json.Unmarshal(answer, &failed)
		failed.Error.Code = response.StatusCode
		return &failed.Error
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read Google's answer: %w", err)
	}
	return nil
}

// sleep pauses until the time has passed or the context has ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
