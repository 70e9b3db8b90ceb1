package killrvideo

import (
	"errors"
	"fmt"
	"time"
)

// The codes of errors that a client may see. Every other error counts as
// EINTERNAL.
const (
	EINVALID      = "invalid"      // the request does not validate (422)
	EREFUSED      = "refused"      // the request validates, but asks for something we do not do (400)
	ECONFLICT     = "conflict"     // it contradicts what is stored; the contract answers 400
	EUNAUTHORIZED = "unauthorized" // who is asking is unknown (401)
	EFORBIDDEN    = "forbidden"    // who is asking may not (403)
	ENOTFOUND     = "not_found"    // (404)
	ERATELIMIT    = "rate_limited" // (429)
	EINTERNAL     = "internal"     // (500)
	EUPSTREAM     = "bad_upstream" // a service we depend on answered nonsense (502)
	EUNAVAILABLE  = "unavailable"  // the data store cannot be reached for now (503)
	EBUSY         = "busy"         // too much of this is under way here (503)
)

// MsgInternal is what a client is told about an error that has no message
// meant for it.
const MsgInternal = "An unexpected internal server error occurred."

// Error is an error that a client may see: a code for programs and a message
// for people, free of internals. The cause, if any, is for the log only.
type Error struct {
	Code    string
	Message string
	Fields  []FieldError
	Cause   error
	// RetryAfter is when trying again may help, zero if nothing is known.
	RetryAfter time.Duration
}

// FieldError says what is wrong with one input. In is the part of the request
// it came from: body, path, query or header.
type FieldError struct {
	In      string `json:"in"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is for the log: it shows the cause, which Message does not.
func (e *Error) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Cause)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error with a message that the client may read.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error whose cause is err; only message reaches the client.
func Wrap(err error, code, message string) *Error {
	return &Error{Code: code, Message: message, Cause: err}
}

// ErrorCode is the code of the first Error in err's chain, EINTERNAL for an
// error without one, and "" for nil.
func ErrorCode(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return EINTERNAL
}

// ErrorMessage is what a client may be told about err, "" for nil.
func ErrorMessage(err error) string {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e) && e.Code != EINTERNAL:
		return e.Message
	}
	return MsgInternal
}

// ErrorFields are the inputs at fault, nil when err names none.
func ErrorFields(err error) []FieldError {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// ErrorRetryAfter is when the client may try again, zero if nothing is known.
func ErrorRetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// TooMany makes the ERATELIMIT error that asks for this much patience.
func TooMany(message string, retryAfter time.Duration) error {
	return &Error{Code: ERATELIMIT, Message: message, RetryAfter: retryAfter}
}

// Busy makes the EBUSY error: unlike ERATELIMIT it is not this client's fault.
func Busy(cause error, message string, retryAfter time.Duration) error {
	return &Error{Code: EBUSY, Message: message, Cause: cause, RetryAfter: retryAfter}
}

// Invalid makes the EINVALID error for these fields, nil when there are none.
// Its message names every one of them, for clients that show only a text.
func Invalid(fields ...FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	message := "Request validation failed: "
	for i, f := range fields {
		if i > 0 {
			message += "; "
		}
		message += f.Field + " " + f.Message
	}
	return &Error{Code: EINVALID, Message: message, Fields: fields}
}
