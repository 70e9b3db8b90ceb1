package killrvideo_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/killrvideo/killrvideo-go/service/killrvideo"
)

func TestErrorsTellTheClientOnlyWhatIsMeantForIt(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp 10.0.0.1: refused")
	tests := map[string]struct {
		err           error
		code, message string
	}{
		"none":     {nil, "", ""},
		"foreign":  {cause, killrvideo.EINTERNAL, killrvideo.MsgInternal},
		"internal": {killrvideo.Errorf(killrvideo.EINTERNAL, "table users is odd"), killrvideo.EINTERNAL, killrvideo.MsgInternal},
		"ours":     {killrvideo.Errorf(killrvideo.ENOTFOUND, "Video %s", "not found"), killrvideo.ENOTFOUND, "Video not found"},
		"wrapped": {
			fmt.Errorf("load: %w", killrvideo.Wrap(cause, killrvideo.EUNAVAILABLE, "Try later.")), killrvideo.EUNAVAILABLE, "Try later.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := killrvideo.ErrorCode(test.err); got != test.code {
				t.Errorf("code %q", got)
			}
			if got := killrvideo.ErrorMessage(test.err); got != test.message {
				t.Errorf("message %q", got)
			}
		})
	}
	if wrapped := killrvideo.Wrap(cause, killrvideo.EUNAVAILABLE, "x"); !errors.Is(wrapped, cause) {
		t.Error("the cause is lost for the log")
	}
}

func TestInvalidNamesEveryField(t *testing.T) {
	t.Parallel()
	if err := killrvideo.Invalid(); err != nil {
		t.Errorf("no field is at fault, and yet %v", err)
	}
	fields := []killrvideo.FieldError{
		{In: "body", Field: "title", Message: "must not be blank"}, {In: "query", Field: "page", Message: "must be a number"},
	}
	err := fmt.Errorf("submit: %w", killrvideo.Invalid(fields...))
	if diff := cmp.Diff(fields, killrvideo.ErrorFields(err)); diff != "" {
		t.Error(diff)
	}
	if got := killrvideo.ErrorMessage(err); got != "Request validation failed: title must not be blank; page must be a number" {
		t.Error(got)
	}
}
