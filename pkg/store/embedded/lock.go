package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

const (
	// ownerLockFile is held by the process that started the server.
	ownerLockFile = "owner.lock"
	// engineLockFile is held by the server's process, which inherits it.
	engineLockFile = "engine.lock"

	retryPause = 50 * time.Millisecond
	ownerCheck = 500 * time.Millisecond
)

// lock is an exclusive flock. It belongs to the open file, so a child that inherits
// the file holds it too, and the kernel drops it with the last of them.
type lock struct{ file *os.File }

// tryLock gives nil without an error where another holds the lock.
func tryLock(path string) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a fixed name in the user's own directory
	if err != nil {
		return nil, err
	}

	ok, err := flock(f, syscall.LOCK_EX)
	if err != nil || !ok {
		return nil, errors.Join(err, f.Close())
	}

	return &lock{file: f}, nil
}

func waitLock(ctx context.Context, path string) (*lock, error) {
	for {
		l, err := tryLock(path)
		if l != nil || err != nil {
			return l, err
		}

		if !pause(ctx) {
			return nil, fmt.Errorf("%s is still locked: %w", path, ctx.Err())
		}
	}
}

// lockHeld asks with a shared lock, so that several who ask do not see each other.
func lockHeld(path string) (bool, error) {
	f, err := os.Open(path) //nolint:gosec // as above
	if err != nil {
		return false, fmt.Errorf("look for the server's owner: %w", err)
	}
	defer func() { _ = f.Close() }()

	free, err := flock(f, syscall.LOCK_SH)

	return !free, err
}

// release drops the lock for this process.
func (l *lock) release() error { return l.file.Close() }

func flock(f *os.File, how int) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)

		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case err != nil:
			return false, fmt.Errorf("flock %s: %w", f.Name(), err)
		default:
			return true, nil
		}
	}
}

// pause waits a moment; false means that ctx has ended.
func pause(ctx context.Context) bool {
	t := time.NewTimer(retryPause)
	defer t.Stop()

	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
