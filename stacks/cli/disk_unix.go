//go:build unix

package cli

import (
	"math"
	"syscall"
)

// freeSpace is how many bytes this user may still write below dir.
func freeSpace(dir string) uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return math.MaxUint64
	}
	return fs.Bavail * uint64(fs.Bsize)
}
