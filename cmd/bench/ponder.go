package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// ponderAddresses is how often Ponder is given the endpoint so that its own limit of
	// requests, which begins at 20 a second an address, is not what is measured.
	ponderAddresses = 50
	// ponderProgram is where the installed package has what it is started by.
	ponderProgram = "node_modules/ponder/dist/esm/bin/ponder.js"
)

// ponder indexes so many blocks into an empty PGlite, given the endpoint so many times.
func (r *run) ponder(addresses int) func(ctx context.Context, from, blocks uint64) (other, error) {
	return func(ctx context.Context, from, blocks uint64) (o other, err error) {
		dir, err := os.MkdirTemp("", "diemhouse-bench-ponder-")
		if err != nil {
			return o, fmt.Errorf("make a data directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

		p, err := startPonder(ctx, r.Ponder,
			"PONDER_RPC_URL_8453="+strings.TrimSuffix(strings.Repeat(r.endpoint.URL+",", addresses), ","),
			"PGLITE_DIRECTORY="+dir, fmt.Sprint("FIRST_BLOCK=", from), fmt.Sprint("LAST_BLOCK=", from+blocks-1))
		if err != nil {
			return o, err
		}

		o, err = p.measure(ctx)

		return o, errors.Join(err, p.end(err))
	}
}

// ponder is a running one.
type ponder struct {
	cmd   *exec.Cmd
	out   io.Reader
	url   string
	began time.Time
}

func startPonder(ctx context.Context, project string, environment ...string) (*ponder, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}

	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}

	p := &ponder{url: "http://" + address}
	p.cmd = exec.CommandContext(ctx, "node", filepath.Join(project, ponderProgram), //nolint:gosec // the user names it
		"--root", project, "--log-format", "json", "start", "--schema", "bench", "--hostname", host, "--port", port)
	p.cmd.Env = append(append(os.Environ(), "PONDER_TELEMETRY_DISABLED=1"), environment...)

	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, err
	}

	p.cmd.Stderr = p.cmd.Stdout
	p.began = time.Now()

	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Ponder: %w", err)
	}

	return p, nil
}

// measure waits until all is indexed.
func (p *ponder) measure(ctx context.Context) (o other, err error) {
	if o.Start, o.usage, err = p.follow(); err != nil {
		return o, err
	}

	if o.Peak, err = peakOf(p.cmd.Process.Pid); err != nil {
		return o, err
	}

	o.Events, err = p.rows(ctx)

	return o, err
}

// follow reads what Ponder says until it is ready: how long it took to begin with the chain,
// and what it has taken since.
func (p *ponder) follow() (start time.Duration, u usage, err error) {
	var (
		said   strings.Builder
		before time.Duration
	)

	for lines := bufio.NewReader(p.out); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return 0, u, fmt.Errorf("it ended before it was ready: %w: %s", err, said.String())
		}

		said.Write(line)

		var message struct {
			Msg      string `json:"msg"`
			Endpoint string `json:"endpoint"`
		}

		_ = json.Unmarshal(line, &message) // What is no message is for the error alone.

		switch {
		case message.Msg == "Started backfill indexing":
			start = time.Since(p.began)

			if before, err = cpuOf(p.cmd.Process.Pid); err != nil {
				return 0, u, err
			}
		case message.Endpoint == "/ready":
			u.Wall = time.Since(p.began) - start
			u.CPU, err = cpuOf(p.cmd.Process.Pid)
			u.CPU -= before

			return start, u, err
		}
	}
}

// rows asks the project's API how many there are.
func (p *ponder) rows(ctx context.Context) (uint64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/rows", nil)
	if err != nil {
		return 0, err
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, fmt.Errorf("ask for its rows: %w", err)
	}
	defer func() { _ = response.Body.Close() }()

	var answer struct {
		Rows uint64 `json:"rows"`
	}

	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, fmt.Errorf("read its rows: %w", err)
	}

	return answer.Rows, nil
}

// end asks it to end, and ends it if it failed.
func (p *ponder) end(failed error) error {
	end := syscall.SIGTERM
	if failed != nil {
		end = syscall.SIGKILL
	}

	if err := p.cmd.Process.Signal(end); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end it: %w", err)
	}

	_, _ = io.Copy(io.Discard, p.out) // up to its end

	if err := p.cmd.Wait(); err != nil && failed == nil {
		return fmt.Errorf("it ended: %w", err)
	}

	return nil
}
