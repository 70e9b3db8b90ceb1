package dataapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/options"
	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// The defaults of the official clients; the Data API takes 100 rows at most.
const (
	chunkRows     = 50
	chunksAtATime = 8
)

func insertMany(
	ctx context.Context, on *target, rows any, o options.TableInsertManyOptions, idempotent bool,
) (*results.InsertManyResult, error) {
	ordered := isTrue(o.Ordered)
	if ordered && o.Concurrency != nil && *o.Concurrency != 1 {
		return nil, fmt.Errorf("insert into %s: an ordered insertMany has a concurrency of 1, not %d", on.name, *o.Concurrency)
	}
	chunks, err := split(rows, positive(o.ChunkSize, chunkRows))
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", on.name, err)
	}
	answers := make([]chunkAnswer, len(chunks))
	insert := func(i int) {
		body := map[string]any{"documents": chunks[i], "options": map[string]any{"ordered": ordered}}
		response, err := on.run(ctx, "insertMany", body, idempotent)
		answers[i].err = err
		if response != nil {
			answers[i].ids, answers[i].warnings = response.Status.InsertedIDs, response.Status.Warnings
		}
	}
	if ordered {
		for i := range chunks {
			if insert(i); answers[i].err != nil {
				break
			}
		}
	} else {
		concurrently(len(chunks), positive(o.Concurrency, chunksAtATime), insert)
	}
	return gather(on.name, answers)
}

// positive is the option, or its default if it is not set.
func positive(option *int, standard int) int {
	if option == nil || *option <= 0 {
		return standard
	}
	return *option
}

// concurrently calls do for 0 to n-1, so many at a time, and waits.
func concurrently(n, atATime int, do func(int)) {
	var running sync.WaitGroup
	slots := make(chan struct{}, atATime)
	for i := range n {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	running.Wait()
}

type chunkAnswer struct {
	ids      []json.RawMessage
	warnings results.Warnings
	err      error
}

// gather is the result of all chunks. Chunks that failed without an answer may
// have been written all the same.
func gather(name string, answers []chunkAnswer) (*results.InsertManyResult, error) {
	var ids []json.RawMessage
	var warnings results.Warnings
	failure := &results.InsertManyError{}
	for _, answer := range answers {
		ids, warnings = append(ids, answer.ids...), append(warnings, answer.warnings...)
		var refused results.DataAPIErrors
		switch {
		case errors.As(answer.err, &refused):
			failure.Errors = append(failure.Errors, refused...)
		case answer.err != nil && failure.Cause == nil:
			failure.Cause = fmt.Errorf("insert into %s: %w", name, answer.err)
		}
	}
	result := results.NewInsertManyResult(ids, warnings)
	if len(failure.Errors) > 0 || failure.Cause != nil {
		failure.Result = result
		return nil, failure
	}
	return result, nil
}

func split(rows any, size int) ([][]any, error) {
	v := reflect.ValueOf(rows)
	if v.Kind() != reflect.Slice || v.Len() == 0 {
		return nil, fmt.Errorf("rows must be a slice that is not empty, not %T", rows)
	}
	var chunks [][]any
	for i := range v.Len() {
		if i%size == 0 {
			chunks = append(chunks, nil)
		}
		last := &chunks[len(chunks)-1]
		*last = append(*last, v.Index(i).Interface())
	}
	return chunks, nil
}
