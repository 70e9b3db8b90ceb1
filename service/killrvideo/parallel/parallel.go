// Package parallel runs independent calls at the same time.
package parallel

import (
	"errors"
	"sync"
)

// atOnce bounds the functions of one call of Do that run at the same time.
const atOnce = 16

// Do runs the functions concurrently, the last one on the caller's goroutine, and
// waits for all. It returns all their errors, in the order of the functions.
func Do(functions ...func() error) error {
	if len(functions) == 0 {
		return nil
	}
	last := len(functions) - 1
	errs := make([]error, len(functions))
	slots := make(chan struct{}, atOnce-1)
	var group sync.WaitGroup
	for i, f := range functions[:last] {
		slots <- struct{}{}
		group.Go(func() {
			errs[i] = f()
			<-slots
		})
	}
	errs[last] = functions[last]()
	group.Wait()
	return errors.Join(errs...)
}
