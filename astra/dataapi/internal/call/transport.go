package call

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/internal/codec"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// maxAnswer bounds an answer: 50 rows of wide vectors stay far below.
const maxAnswer = 64 << 20

// buffers are for answers of up to maxKept, of which most requests read several.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const maxKept = 256 << 10

// Transport is the Caller that speaks HTTP.
type Transport struct {
	Endpoint string
	Token    astra.Token
	Client   *http.Client
	Headers  map[string]string
}

var _ Caller = Transport{}

type requestIDKey struct{}

// WithRequestID lets the commands of ctx carry a request id.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// CheckEndpoint refuses an address that no database can have.
func CheckEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	if err == nil && u.User != nil {
		// What stands before the @ may be a password, so the address is not repeated.
		return errors.New("the Data API endpoint holds a user or password; it reads https://DATABASE-REGION.apps.astra.datastax.com")
	}
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.RawQuery != "" {
		return fmt.Errorf("%q is no Data API endpoint; it reads https://DATABASE-REGION.apps.astra.datastax.com", endpoint)
	}
	return nil
}

// Direct is the client without redirects: Go would carry the Token header to
// whatever host an answer names. The redirect itself becomes the answer.
func Direct(client *http.Client) *http.Client {
	direct := *client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &direct
}

// Call sends the command once.
func (t Transport) Call(ctx context.Context, command Command) (*Response, error) {
	request, err := t.request(ctx, command)
	if err != nil {
		return nil, err
	}
	answer, err := t.Client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("send %s: %w", command.Name, err)
	}
	defer func() {
		// What is left is read so that the connection can be used again.
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
		_ = answer.Body.Close()
	}()
	text := buffers.Get().(*bytes.Buffer) // what is decoded has copies of it
	defer func() {
		if text.Cap() <= maxKept {
			text.Reset()
			buffers.Put(text)
		}
	}()
	if _, err := text.ReadFrom(io.LimitReader(answer.Body, maxAnswer)); err != nil {
		return nil, fmt.Errorf("read the answer to %s: %w", command.Name, err)
	}
	return read(answer, text.Bytes(), command.Rows)
}

func (t Transport) request(ctx context.Context, command Command) (*http.Request, error) {
	if err := CheckEndpoint(t.Endpoint); err != nil {
		return nil, err
	}
	body, err := codec.Encode(map[string]any{command.Name: command.Body}, command.Documents)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", command.Name, err)
	}
	path := "/api/json/v1/" + url.PathEscape(command.Keyspace)
	if command.Table != "" {
		path += "/" + url.PathEscape(command.Table)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(t.Endpoint, "/")+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("address %s: %w", command.Name, err)
	}
	for name, value := range t.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Token", t.Token.Reveal())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "killrvideo-go")
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		request.Header.Set("X-Request-Id", id)
	}
	return request, nil
}

// read decodes an answer, and its rows again if they did not fit into rows: the
// caller tells which one. The Data API answers 200 even for errors, and 401
// with the same body; any other status is a gateway's.
func read(answer *http.Response, text []byte, rows Rows) (*Response, error) {
	response := &Response{}
	if rows != nil {
		rows.Begin()
		response.Data.Documents.rows = rows
	}
	err := codec.DecodeAnswer(text, response)
	if err != nil && rows != nil {
		*response = Response{}
		rows.Begin()
		err = codec.DecodeAnswer(text, response)
	}
	if answer.StatusCode >= 300 && (err != nil || len(response.Errors) == 0 || answer.StatusCode != http.StatusUnauthorized) {
		return nil, &results.HTTPError{Status: answer.StatusCode, RetryAfter: answer.Header.Get("Retry-After")}
	}
	if err != nil {
		return nil, fmt.Errorf("the answer is not JSON of the Data API: %w", err)
	}
	for i, one := range response.Errors {
		if one == (results.DataAPIError{}) { // null
			response.Errors[i] = results.DataAPIError{ErrorCode: "UNKNOWN", Message: "the answer holds an empty error"}
		}
	}
	if len(response.Errors) > 0 {
		return response, response.Errors
	}
	return response, nil
}
