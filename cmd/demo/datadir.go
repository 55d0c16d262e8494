package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// marker is a file that only a demo's data directory has: nothing else is emptied.
const marker = "this-is-a-diemhouse-demo"

// fresh makes an empty data directory, which is this demo's until release is called.
// One that is not empty and no demo's, or another's that runs, is refused.
func fresh(dir string) (release func(), err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("look into the data directory: %w", err)
	}

	mark := filepath.Join(dir, marker)

	if len(entries) > 0 {
		if _, err := os.Stat(mark); err != nil {
			return nil, fmt.Errorf("%s holds something that no demo put there: choose another --data-dir", dir)
		}
	}

	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}

	file, err := os.OpenFile(mark, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a fixed name in the user's own directory
	if err != nil {
		return nil, fmt.Errorf("mark the data directory: %w", err)
	}

	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another demo runs in %s: stop it, or choose another --data-dir: %w", dir, err), file.Close())
	}

	for _, entry := range entries {
		if entry.Name() == marker {
			continue
		}

		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return nil, errors.Join(fmt.Errorf("empty the last demo's data directory: %w", err), file.Close())
		}
	}

	// Closing gives the lock back; there is nothing else to lose.
	return func() { _ = file.Close() }, nil
}
