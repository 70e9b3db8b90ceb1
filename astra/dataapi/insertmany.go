package dataapi

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"github.com/killrvideo/killrvideo-go/astra/dataapi/results"
)

// Chunks of 50 rows, 8 at a time, are what the official clients send; the
// service takes 100 at most.
const (
	chunkRows      = 50
	chunksAtATime  = 8
	insertManyName = "insertMany"
)

// InsertMany writes the rows of a slice, in chunks and in no order. Rows that
// were written stay written when others fail; the error is then a
// *results.InsertManyError.
func (t *Table) InsertMany(ctx context.Context, rows any) (*results.InsertManyResult, error) {
	chunks, err := split(rows)
	if err != nil {
		return nil, fmt.Errorf("insert into %s: %w", t.name, err)
	}
	answers := make([]chunkAnswer, len(chunks))
	var running sync.WaitGroup
	slots := make(chan struct{}, chunksAtATime)
	for i, chunk := range chunks {
		running.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; running.Done() }()
			answers[i] = t.insertChunk(ctx, chunk)
		}()
	}
	running.Wait()
	return t.gather(answers)
}

type chunkAnswer struct {
	result results.InsertManyResult
	err    error
}

func (t *Table) insertChunk(ctx context.Context, rows []any) chunkAnswer {
	body := map[string]any{"documents": rows, "options": map[string]any{"ordered": false}}
	response, err := t.db.caller.Call(ctx, t.command(insertManyName, body, true))
	answer := chunkAnswer{err: err}
	if response != nil {
		answer.result = results.InsertManyResult{RawIDs: response.Status.InsertedIDs, Warnings: response.Status.Warnings}
	}
	return answer
}

func (t *Table) gather(answers []chunkAnswer) (*results.InsertManyResult, error) {
	all := &results.InsertManyResult{}
	var first error
	for _, answer := range answers {
		all.RawIDs = append(all.RawIDs, answer.result.RawIDs...)
		all.Warnings = append(all.Warnings, answer.result.Warnings...)
		if first == nil {
			first = answer.err
		}
	}
	if first != nil {
		return all, &results.InsertManyError{Inserted: all.InsertedCount(), Err: fmt.Errorf("insert into %s: %w", t.name, first)}
	}
	return all, nil
}

func split(rows any) ([][]any, error) {
	v := reflect.ValueOf(rows)
	if v.Kind() != reflect.Slice || v.Len() == 0 {
		return nil, fmt.Errorf("rows must be a slice that is not empty, not %T", rows)
	}
	var chunks [][]any
	for i := range v.Len() {
		if i%chunkRows == 0 {
			chunks = append(chunks, nil)
		}
		last := &chunks[len(chunks)-1]
		*last = append(*last, v.Index(i).Interface())
	}
	return chunks, nil
}
