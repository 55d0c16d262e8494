package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// memoryOf is the resident memory of a running process, in bytes.
func memoryOf(pid int) (int64, error) { return statusOf(pid, "VmRSS:") }

// peakOf is the most that a running process and its children have had of it, each at its
// own time, in bytes.
func peakOf(pid int) (int64, error) {
	peak, err := statusOf(pid, "VmHWM:")
	if err != nil {
		return 0, err
	}

	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return 0, err
	}

	for _, list := range lists {
		text, err := os.ReadFile(list) //nolint:gosec // of /proc
		if err != nil {
			return 0, fmt.Errorf("read the children: %w", err)
		}

		for field := range strings.FieldsSeq(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				return 0, fmt.Errorf("read the children: %w", err)
			}

			more, err := peakOf(child)
			if err != nil {
				return 0, err
			}

			peak += more
		}
	}

	return peak, nil
}

// forgetPeak lets peakOf count from now on.
func forgetPeak(pid int) error {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0); err != nil {
		return fmt.Errorf("begin to watch the memory: %w", err)
	}

	return nil
}

// statusOf is an amount of memory in /proc/PID/status, in bytes.
func statusOf(pid int, name string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory: %w", err)
	}

	_, rest, _ := strings.Cut(string(text), name)

	var kilobytes int64
	if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
		return 0, fmt.Errorf("read the memory: %w", err)
	}

	return kilobytes * 1024, nil
}
