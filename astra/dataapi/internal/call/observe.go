package call

import (
	"context"
	"time"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
)

// Observer reports every command and every warning.
type Observer struct {
	Next    Caller
	Observe func(context.Context, options.CommandEvent)
	Warn    options.WarningHandler
}

var _ Caller = Observer{}

// Call returns the answer unchanged.
func (o Observer) Call(ctx context.Context, command Command) (*Response, error) {
	began := time.Now()
	response, err := o.Next.Call(ctx, command)
	event := options.CommandEvent{Command: command.Name, Table: command.Table, Duration: time.Since(began), Err: err}
	if response != nil {
		event.Warnings = response.Status.Warnings
	}
	if o.Observe != nil {
		o.Observe(ctx, event)
	}
	if o.Warn != nil {
		for _, warning := range event.Warnings {
			o.Warn(warning)
		}
	}
	return response, err
}
