// Package results holds the answers of commands: decoded rows and documents,
// inserted keys, descriptions of tables, errors and warnings. It sends nothing.
package results

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Errors of single results and counts.
var (
	// ErrNoDocuments is returned by Decode and Raw when the filter matched nothing.
	ErrNoDocuments = errors.New("the filter matches no row or document")
	// ErrTooManyDocumentsToCount is returned when a count exceeds its upper bound.
	ErrTooManyDocumentsToCount = errors.New("more documents than the upper bound of the count")
)

// DataAPIError is one error of the Data API. Its messages name tables and
// columns; the token is never in one.
type DataAPIError struct {
	Message        string `json:"message"`
	ErrorCode      string `json:"errorCode"`
	ExceptionClass string `json:"exceptionClass"`
	// Family is REQUEST or SERVER.
	Family string `json:"family"`
	Scope  string `json:"scope"`
	Title  string `json:"title"`
	ID     string `json:"id"`
}

func (e *DataAPIError) Error() string { return summary(e.ErrorCode, e.Message) }

// summary is the code with the first paragraph of the message; the rest is
// advice at length.
func summary(code, message string) string {
	message, _, _ = strings.Cut(message, "\n")
	return fmt.Sprintf("%s: %s", code, message)
}

// DataAPIErrors are all the errors of one answer, never empty.
type DataAPIErrors []DataAPIError

func (e DataAPIErrors) Error() string {
	texts := make([]string, len(e))
	for i := range e {
		texts[i] = e[i].Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives errors.As each *DataAPIError.
func (e DataAPIErrors) Unwrap() []error {
	list := make([]error, len(e))
	for i := range e {
		list[i] = &e[i]
	}
	return list
}

// HasCode reports whether err holds a Data API error with that code.
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

// Warning is a remark of the Data API about a command that succeeded.
type Warning struct {
	Message   string `json:"message"`
	ErrorCode string `json:"errorCode"`
	Family    string `json:"family"`
	Scope     string `json:"scope"`
	Title     string `json:"title"`
	ID        string `json:"id"`
}

func (w *Warning) String() string { return summary(w.ErrorCode, w.Message) }

// Warnings are the warnings of one answer or of several.
type Warnings []Warning

// HTTPError is an answer that does not come from the Data API, such as one of a
// gateway.
type HTTPError struct {
	// Status is the HTTP status, such as 503.
	Status int
	// RetryAfter is the header of that name, "" if there was none.
	RetryAfter string
}

func (e *HTTPError) Error() string {
	return fmt.Sprintf("the Data API answered %d %s", e.Status, http.StatusText(e.Status))
}
