// Package results holds what commands answer: decoded rows, inserted keys, and
// the typed errors and warnings of the Data API.
package results

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrNoDocuments is what decoding a findOne gives when no row matched.
var ErrNoDocuments = errors.New("no row matches the filter")

// DataAPIError is one error or warning of the Data API. Its messages speak of
// tables and columns; the token is never in one.
type DataAPIError struct {
	ErrorCode string `json:"errorCode"`
	// Family is REQUEST or SERVER.
	Family  string `json:"family"`
	Scope   string `json:"scope"`
	Title   string `json:"title"`
	Message string `json:"message"`
	ID      string `json:"id"`
}

// Warning is an error object that did not stop a command.
type Warning = DataAPIError

func (e *DataAPIError) Error() string {
	// The first paragraph says what is wrong; the rest is advice at length.
	message, _, _ := strings.Cut(e.Message, "\n")
	return fmt.Sprintf("%s: %s", e.ErrorCode, message)
}

// DataAPIErrors are all the errors of one answer, never empty.
type DataAPIErrors []*DataAPIError

func (e DataAPIErrors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives errors.As the single errors.
func (e DataAPIErrors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}

// HasCode tells whether err holds a Data API error of that code.
func HasCode(err error, code string) bool {
	var all DataAPIErrors
	if !errors.As(err, &all) {
		return false
	}
	for _, one := range all {
		if one.ErrorCode == code {
			return true
		}
	}
	return false
}

// HTTPError is an answer that is no answer of the Data API: one of a gateway,
// or a broken one.
type HTTPError struct {
	// Status is the HTTP status, such as 503.
	Status int
	// RetryAfter is the header of that name, "" if there was none.
	RetryAfter string
}

func (e *HTTPError) Error() string {
	return fmt.Sprintf("the Data API answered %d %s", e.Status, http.StatusText(e.Status))
}
