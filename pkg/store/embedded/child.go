package embedded

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// Main turns a program that [Start] re-executed into the engine, and never returns
// then. In every other run it does nothing. Call it first in main, and in TestMain
// of tests that start a server.
func Main() {
	path := os.Getenv(childEnv)
	if path == "" {
		return
	}

	if err := serve(path, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	os.Exit(0)
}

// serve runs the library until the owner closes standard input.
func serve(path string, args []string) error {
	if err := relayStdin(); err != nil {
		return fmt.Errorf("take over standard input: %w", err)
	}

	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return fmt.Errorf("load the ClickHouse library: %w", err)
	}

	var (
		query       func(argc int32, argv unsafe.Pointer) uintptr
		resultError func(result uintptr) string
	)

	purego.RegisterLibFunc(&query, lib, "chdb_query_cmdline")
	purego.RegisterLibFunc(&resultError, lib, "chdb_result_error")

	// The library is the whole program: it refuses the word `local`.
	argv := cStrings(append([]string{"clickhouse"}, args[1:]...))
	result := query(int32(len(args)), unsafe.Pointer(&argv[0])) //nolint:gosec // argv of a C function

	runtime.KeepAlive(argv)

	if result == 0 {
		return errors.New("the ClickHouse library gave no result")
	}

	if words := resultError(result); words != "" {
		return fmt.Errorf("ClickHouse: %s", words)
	}

	return nil
}

// relayStdin puts a pipe of this process's own in the place of standard input and
// closes it when the owner closes the real one. The library alone could not be
// trusted to end: a connection may hold its shutdown up, and an owner that was
// killed is not there to kill.
func relayStdin() error {
	outer, err := unix.Dup(unix.Stdin)
	if err != nil {
		return err
	}

	unix.CloseOnExec(outer)

	r, w, err := os.Pipe()
	if err != nil {
		return err
	}

	if err := unix.Dup2(int(r.Fd()), unix.Stdin); err != nil {
		return err
	}

	go func() {
		_, _ = io.Copy(io.Discard, os.NewFile(uintptr(outer), "owner"))
		_ = w.Close()

		time.Sleep(stopPatience)
		os.Exit(1)
	}()

	return r.Close()
}

func cStrings(args []string) []*byte {
	out := make([]*byte, 0, len(args)+1)
	for _, arg := range args {
		out = append(out, &append([]byte(arg), 0)[0])
	}

	return append(out, nil)
}
