package store

import (
	"errors"
	"sync"
)

// parallel runs the functions at once and gives all their errors.
func parallel(functions ...func() error) error {
	errs := make([]error, len(functions))
	var group sync.WaitGroup
	for i, f := range functions {
		group.Go(func() { errs[i] = f() })
	}
	group.Wait()
	return errors.Join(errs...)
}
