package devops

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Classes of answers, for errors.Is.
var (
	ErrUnauthorized = errors.New("the token is not accepted")
	ErrForbidden    = errors.New("the token's role does not allow this")
	ErrNotFound     = errors.New("there is no such thing")
	ErrConflict     = errors.New("it conflicts with what is there")
	// ErrUnverified: the API accepted a change, and whether it has come true
	// could not be found out.
	ErrUnverified = errors.New("it was accepted, but could not be verified")
)

// Error is an answer of the DevOps API other than success.
type Error struct {
	// Op is what was attempted, with names and ids but no secret.
	Op string
	// Status is the HTTP status.
	Status int
	// Message is what the API said.
	Message string

	retryAfter string
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("%s: the DevOps API answered %d %s", e.Op, e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("%s: the DevOps API answered %d: %s", e.Op, e.Status, e.Message)
}

// Is matches the classes.
func (e *Error) Is(target error) bool {
	switch e.Status {
	case http.StatusUnauthorized:
		return target == ErrUnauthorized
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusConflict:
		return target == ErrConflict
	}
	return false
}

// Uncertain reports whether a change may have been made although the call failed:
// there was no answer, or a server error, which may be a gateway's.
func Uncertain(err error) bool {
	failure, answered := asError(err)
	return err != nil && (!answered || failure.Status >= http.StatusInternalServerError)
}

func asError(err error) (*Error, bool) {
	var failure *Error
	return failure, errors.As(err, &failure)
}

// newError reads the message of an answer: {"errors":[{"message":…}]} or
// {"message":…}.
func newError(op string, answer *http.Response, text []byte) *Error {
	var body struct {
		Message string
		Errors  []struct{ Message string }
	}
	failure := &Error{Op: op, Status: answer.StatusCode, retryAfter: answer.Header.Get("Retry-After")}
	if json.Unmarshal(text, &body) != nil {
		return failure
	}
	messages := []string{}
	for _, one := range body.Errors {
		messages = append(messages, one.Message)
	}
	if body.Message != "" {
		messages = append(messages, body.Message)
	}
	failure.Message = strings.Join(messages, "; ")
	return failure
}
