package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is what a process took.
type usage struct {
	Wall, CPU time.Duration
	// Peak is the greatest resident memory, in bytes.
	Peak int64
}

// measure runs a program to its end.
func measure(ctx context.Context, program string, args ...string) (usage, error) {
	var said bytes.Buffer

	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // our own programs
	cmd.Stdout, cmd.Stderr = &said, &said

	began := time.Now()

	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s %s: %w: %s", program, strings.Join(args, " "), err, said.String())
	}

	u := usage{Wall: time.Since(began), CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}

	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = r.Maxrss * 1024
	}

	return u, nil
}

// clockTick is the unit of /proc/PID/stat, fixed on Linux.
const clockTick = 10 * time.Millisecond

// cpuOf is the processor time that a running process has taken.
func cpuOf(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}

	// The name in parentheses may hold spaces.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)

	const user, system = 11, 12
	if len(fields) <= system {
		return 0, fmt.Errorf("read the processor time: %d fields", len(fields))
	}

	var ticks int64

	for _, i := range []int{user, system} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the processor time: %w", err)
		}

		ticks += n
	}

	return time.Duration(ticks) * clockTick, nil
}

// memoryOf is the resident memory of a running process, now and at its greatest, in
// bytes.
func memoryOf(pid int) (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory: %w", err)
	}

	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")

		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
		if err != nil {
			continue // another line
		}

		switch name {
		case "VmRSS":
			now = n * 1024
		case "VmHWM":
			peak = n * 1024
		}
	}

	return now, peak, nil
}
