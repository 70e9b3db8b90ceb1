package call

import (
	"context"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Observer tells about every command and every warning.
type Observer struct {
	Next    Caller
	Observe func(context.Context, options.CommandEvent)
	Warn    func(context.Context, ...results.Warning)
}

var _ Caller = Observer{}

// Call passes the answer on unchanged.
func (o Observer) Call(ctx context.Context, command Command) (*Response, error) {
	began := time.Now()
	response, err := o.Next.Call(ctx, command)
	if o.Observe != nil {
		o.Observe(ctx, options.CommandEvent{
			Command: command.Name, Table: command.Table, Duration: time.Since(began), Err: err,
		})
	}
	if o.Warn != nil && response != nil && len(response.Status.Warnings) > 0 {
		o.Warn(ctx, response.Status.Warnings...)
	}
	return response, err
}
