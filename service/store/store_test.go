package store

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/killrvideo/killrvideo-go/astra/dataapi"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
	"github.com/killrvideo/killrvideo-go/service/killrvideo"
	"github.com/killrvideo/killrvideo-go/service/store/schema"
)

func TestFailedSortsErrors(t *testing.T) {
	t.Parallel()
	answer := func(family string) error {
		return fmt.Errorf("find: %w", results.DataAPIErrors{{ErrorCode: "X", Family: family, Message: "table users"}})
	}
	tests := map[string]struct {
		err  error
		want string
	}{
		"no error":             {nil, ""},
		"refused by Astra":     {answer("REQUEST"), killrvideo.EINTERNAL},
		"Astra itself failed":  {answer("SERVER"), killrvideo.EUNAVAILABLE},
		"gateway":              {&results.HTTPError{Status: 502}, killrvideo.EUNAVAILABLE},
		"breaker":              {dataapi.ErrUnavailable, killrvideo.EUNAVAILABLE},
		"deadline":             {context.DeadlineExceeded, killrvideo.EUNAVAILABLE},
		"one of several fails": {errors.Join(answer("REQUEST"), context.Canceled), killrvideo.EINTERNAL},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := failed(test.err, "read user 1")
			if killrvideo.ErrorCode(err) != test.want || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReadOnlyRequestsUseTheReadOnlyHandle(t *testing.T) {
	t.Parallel()
	client := dataapi.NewClient()
	readWrite, readOnly := client.Database("http://127.0.0.1:1"), client.Database("http://127.0.0.1:2")
	marked := WithReadOnly(t.Context())
	tests := map[string]struct {
		config Config
		ctx    context.Context
		want   *dataapi.Db
	}{
		"write":                     {Config{Database: readWrite, ReadOnly: readOnly}, t.Context(), readWrite},
		"read":                      {Config{Database: readWrite, ReadOnly: readOnly}, marked, readOnly},
		"read without such a token": {Config{Database: readWrite}, marked, readWrite},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := New(test.config).db.table(test.ctx, schema.Users).Database(); got != test.want {
				t.Errorf("uses %s", got.Endpoint())
			}
		})
	}
}
