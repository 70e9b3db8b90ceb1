package local

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/gofrs/flock"
)

// errFolderInUse is a data folder that another process has.
var errFolderInUse = errors.New("locked by another process")

// lockFolder makes sure that one process has the folder. The system drops the
// lock with the process, so a killed one leaves nothing to clean up.
func lockFolder(dir string) (io.Closer, error) {
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data folder %s (-dir; check its permissions and free space): %w", dir, err)
	}
	if !held {
		return nil, fmt.Errorf("the data folder %s is in use by another astra-local; stop that one or choose another -dir: %w", dir,
			errFolderInUse)
	}
	return lock, nil
}
