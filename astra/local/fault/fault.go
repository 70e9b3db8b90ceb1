// Package fault holds the error objects of the Data API: one code, its family,
// scope and title, and a message for this occurrence. Every refusal of the
// embedded server is made here, so that codes and scopes stay in one table.
package fault

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Families of errors.
const (
	Request = "REQUEST"
	Server  = "SERVER"
)

// Error is one error or warning as it appears on the wire.
type Error struct {
	ID      string `json:"id"`
	Family  string `json:"family"`
	Scope   string `json:"scope"`
	Code    string `json:"errorCode"`
	Title   string `json:"title"`
	Message string `json:"message"`
	// DocumentIDs are the documents that the error is about, if it is one of several.
	DocumentIDs []any `json:"documentIds,omitempty"`
	// Status is the HTTP status that carries the error.
	Status int `json:"-"`
}

// Error returns code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// New makes an error object with a fresh id. The catalogue must list the code;
// of a code of several scopes it takes the first.
func New(code, format string, args ...any) *Error {
	return build(nil, code, format, args)
}

// In is New for a code of several scopes.
func In(scope, code, format string, args ...any) *Error {
	return build(&scope, code, format, args)
}

// build panics on a code that the catalogue does not list: a code of our own
// invention is a mistake of this program.
func build(scope *string, code, format string, args []any) *Error {
	e, ok := lookup(scope, code)
	if !ok {
		panic("fault: the catalogue does not list " + code)
	}
	return &Error{ID: uuid.NewString(), Family: e.Family, Scope: e.Scope, Code: code, Title: e.Title,
		Message: fmt.Sprintf(format, args...), Status: e.Status}
}

// From turns any error into an error object; what is not one already becomes
// a server error whose text stays inside the process.
func From(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New("UNEXPECTED_SERVER_ERROR", "An unexpected error stopped the command; the log of the server has its cause.\n\nReview the "+
		"cause before you send the command again.")
}
