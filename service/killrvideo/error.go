package killrvideo

import (
	"errors"
	"fmt"
	"time"
)

// The codes of errors that are shown to clients. Every other error is EINTERNAL.
const (
	EINVALID      = "invalid"      // the request does not validate (422)
	EREFUSED      = "refused"      // the request is valid, but is not supported or not allowed (400)
	ECONFLICT     = "conflict"     // with what is stored; the contract answers 400
	EUNAUTHORIZED = "unauthorized" // the caller is not authenticated (401)
	EFORBIDDEN    = "forbidden"    // the caller is not authorized (403)
	ENOTFOUND     = "not_found"    // (404)
	ERATELIMIT    = "rate_limited" // (429)
	EINTERNAL     = "internal"     // (500)
	EUPSTREAM     = "bad_upstream" // an upstream service failed (502)
	EUNAVAILABLE  = "unavailable"  // the data store cannot be reached (503)
	EBUSY         = "busy"         // too many requests are in progress (503)
)

// MsgInternal is the message of an error that has none for clients.
const MsgInternal = "An unexpected internal server error occurred."

// Error is an error for clients: a code for programs and a message for people, without
// internals. The cause, if any, is for the log.
type Error struct {
	Code    string
	Message string
	Fields  []FieldError
	Cause   error
	// RetryAfter is when to try again, zero if unknown.
	RetryAfter time.Duration
}

// FieldError says what is wrong with one input. In is the part of the request
// it came from: body, path, query or header.
type FieldError struct {
	In      string `json:"in"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error includes the cause, which Message does not. It is for the log.
func (e *Error) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("%s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Cause)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error with a message for the client.
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

// ErrorMessage is the message of err for clients, "" for nil.
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

// ErrorFields are the invalid inputs, nil if err names none.
func ErrorFields(err error) []FieldError {
	var e *Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// ErrorRetryAfter is when the client should try again, zero if unknown.
func ErrorRetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// TooMany makes an ERATELIMIT error with the time to wait.
func TooMany(message string, retryAfter time.Duration) error {
	return &Error{Code: ERATELIMIT, Message: message, RetryAfter: retryAfter}
}

// Busy makes an EBUSY error: unlike ERATELIMIT, other clients are the cause.
func Busy(cause error, message string, retryAfter time.Duration) error {
	return &Error{Code: EBUSY, Message: message, Cause: cause, RetryAfter: retryAfter}
}

// Invalid makes the EINVALID error of these fields, nil if there are none. Its message
// names all of them, for clients that show the message alone.
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
