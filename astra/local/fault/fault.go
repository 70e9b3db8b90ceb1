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
	// Status is the HTTP status that carries the error.
	Status int `json:"-"`
}

// Error gives code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// New makes an error object with a fresh id. A code that the catalogue does
// not list is a mistake of this program and becomes a server error.
func New(code, format string, args ...any) *Error {
	e := &Error{ID: uuid.NewString(), Code: code, Message: fmt.Sprintf(format, args...), Status: 200}
	entry, ok := catalogue[code]
	if !ok {
		e.Family, e.Title = Server, "Unexpected error"
		return e
	}
	e.Family, e.Scope, e.Title = Request, entry.scope, entry.title
	if entry.server {
		e.Family = Server
	}
	if entry.status != 0 {
		e.Status = entry.status
	}
	return e
}

// In is New with another scope than the catalogue's, for the few codes that
// live in two.
func In(scope, code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.Scope = scope
	return e
}

// Known tells whether the catalogue lists the code.
func Known(code string) bool {
	_, ok := catalogue[code]
	return ok
}

// From turns any error into an error object; what is not one already becomes
// a server error whose text stays inside the process.
func From(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return New("UNEXPECTED_SERVER_ERROR", "The command could not be completed; the server's log has the reason.")
}
