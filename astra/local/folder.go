package local

import (
	"fmt"
	"os"
	"path/filepath"
)

// others are the permission bits of group and others.
const others = 0o077

// privateFolder makes the data folder, or takes the permissions of others from
// one that exists. It refuses a folder with other people's files in it: its
// permissions may be on purpose.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder %s (-dir): %w", dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the data folder %s (-dir): %w", dir, err)
	}
	if info.Mode().Perm()&others == 0 {
		return privateFiles(dir)
	}
	if own, err := ours(dir); err != nil || !own {
		return fmt.Errorf("the folder %s (-dir) is open to other users (mode %04o) and holds other files; "+
			"choose another folder, or run: chmod 700 %s", dir, info.Mode().Perm(), dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("the data folder %s (-dir) is open to other users; run as its owner: chmod 700 %s: %w", dir, dir, err)
	}
	return privateFiles(dir)
}

// dataFiles are the files of a data folder.
func dataFiles() []string {
	return []string{"astra.sqlite", "astra.sqlite-wal", "astra.sqlite-shm", "lock", "admin-token"}
}

// ours reports whether a folder is empty or was created by this program.
func ours(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		return err == nil, err
	}
	_, err = os.Stat(filepath.Join(dir, "astra.sqlite"))
	return err == nil, nil
}

// privateFiles makes the database file before SQLite does, which gives its
// other files the same mode, and narrows the files that are there.
func privateFiles(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "astra.sqlite"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database in the data folder %s (-dir; check its permissions and free space): %w", dir, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, name := range dataFiles() {
		if err := private(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// private narrows a file's mode to 0600; one that is absent is left so.
func private(file string) error {
	info, err := os.Stat(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Perm()&others == 0 {
		return nil
	}
	if err := os.Chmod(file, 0o600); err != nil {
		return fmt.Errorf("the file %s is open to other users; run as its owner: chmod 600 %s: %w", file, file, err)
	}
	return nil
}
