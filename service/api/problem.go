package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

// problemType is the media type of every error (RFC 9457).
const problemType = "application/problem+json"

// msgUnavailable is what a client is told while the data store cannot be used.
const msgUnavailable = "Unable to reach data store. Please try again later."

// Problem is the body of every error. Detail is always a text; Errors has the
// problems of single inputs.
type Problem struct {
	Type     string                  `json:"type"`
	Title    string                  `json:"title"`
	Status   int                     `json:"status"`
	Detail   string                  `json:"detail"`
	Instance string                  `json:"instance"`
	Errors   []killrvideo.FieldError `json:"errors,omitempty"`
}

// fail answers the request with err and ends it. It is the one place where an
// error becomes a response, a metric and, if it is the service's, a line in the log.
func (a *API) fail(c *gin.Context, err error) {
	err = translate(c.Request.Context(), err)
	status := statusOf(err)
	code := killrvideo.ErrorCode(err)
	detail := killrvideo.ErrorMessage(err)
	if status == http.StatusServiceUnavailable && code != killrvideo.EBUSY {
		detail = msgUnavailable
		c.Header("Retry-After", "1")
	}
	if wait := killrvideo.ErrorRetryAfter(err); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	a.Metrics.failed(code)
	if status >= http.StatusInternalServerError {
		a.Log.ErrorContext(c.Request.Context(), "request failed",
			"request_id", requestID(c), "route", route(c), "code", code, slog.Any("error", err))
	}
	a.problem(c, status, detail, killrvideo.ErrorFields(err))
}

// problem writes the body. Without a message of ours the detail is the
// status's own phrase.
func (a *API) problem(c *gin.Context, status int, detail string, fields []killrvideo.FieldError) {
	if detail == "" {
		detail = http.StatusText(status)
	}
	body, err := json.Marshal(Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail,
		Instance: c.Request.URL.EscapedPath(), Errors: fields,
	})
	if err != nil {
		// Nothing in a Problem can fail to encode; an empty object still parses.
		body = []byte("{}")
	}
	c.Abort()
	if c.Writer.Written() {
		return
	}
	c.Data(status, problemType, body)
}

// translate gives errors of the standard library their code. A client that
// disconnected is not an error of the service.
func translate(request context.Context, err error) error {
	var tooLarge *http.MaxBytesError
	var domain *killrvideo.Error
	gone := errors.Is(request.Err(), context.Canceled)
	switch {
	case gone && (errors.Is(err, context.Canceled) || killrvideo.ErrorCode(err) == killrvideo.EUNAVAILABLE):
		return killrvideo.Wrap(err, codeGone, "The client did not wait.")
	case errors.As(err, &tooLarge):
		return killrvideo.Wrap(err, codeTooLarge, msgTooLarge)
	case errors.As(err, &domain):
		return err
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return killrvideo.Wrap(err, killrvideo.EUNAVAILABLE, msgUnavailable)
	}
	return err
}

// Codes of errors of the connection, which the domain does not know.
const (
	codeTooLarge   = "too_large"
	msgTooLarge    = "The request body is larger than 64 KiB."
	codeIncomplete = "incomplete"
	msgIncomplete  = "The request body did not arrive in time."
	codeEncoded    = "unsupported_encoding"
	msgEncoded     = "The request body must not be compressed or otherwise encoded."
	codeGone       = "client_gone"
	// statusGone is what web servers log for it; no client receives it.
	statusGone = 499
)

func statusOf(err error) int {
	switch killrvideo.ErrorCode(err) {
	case killrvideo.EINVALID:
		return http.StatusUnprocessableEntity
	case killrvideo.EREFUSED, killrvideo.ECONFLICT:
		return http.StatusBadRequest
	case killrvideo.EUNAUTHORIZED:
		return http.StatusUnauthorized
	case killrvideo.EFORBIDDEN:
		return http.StatusForbidden
	case killrvideo.ENOTFOUND:
		return http.StatusNotFound
	case killrvideo.ERATELIMIT:
		return http.StatusTooManyRequests
	case killrvideo.EUPSTREAM:
		return http.StatusBadGateway
	case killrvideo.EUNAVAILABLE, killrvideo.EBUSY:
		return http.StatusServiceUnavailable
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case codeEncoded:
		return http.StatusUnsupportedMediaType
	case codeIncomplete:
		return http.StatusRequestTimeout
	case codeGone:
		return statusGone
	}
	return http.StatusInternalServerError
}
