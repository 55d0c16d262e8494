package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"

	"diemhouse/internal/canned"
	"diemhouse/pkg/venice"
)

// chainFlags say what the endpoint serves.
type chainFlags struct {
	Seed    uint64        `default:"1" help:"Seed of the chain."`
	Blocks  uint64        `default:"285000" help:"Blocks of the chain."`
	Every   uint64        `default:"1" help:"How many blocks there are for one that has logs; on Base about 40."`
	Range   uint64        `default:"10000" help:"Blocks an eth_getLogs that the endpoint allows."`
	Results int           `default:"10000" help:"Logs an answer that the endpoint allows."`
	Latency time.Duration `default:"0s" help:"What the endpoint waits before it answers."`
	Pace    time.Duration `default:"0s" help:"A new block this often; never without it."`
}

func (f chainFlags) args() []string {
	return []string{
		"endpoint", fmt.Sprint("--seed=", f.Seed), fmt.Sprint("--blocks=", f.Blocks), fmt.Sprint("--every=", f.Every),
		fmt.Sprint("--range=", f.Range), fmt.Sprint("--results=", f.Results), fmt.Sprint("--latency=", f.Latency),
		fmt.Sprint("--pace=", f.Pace),
	}
}

type endpointCommand struct{ chainFlags }

// ready is the line that a serving endpoint prints.
type ready struct {
	URL   string `json:"url"`
	First uint64 `json:"first"`
	Head  uint64 `json:"head"`
	// Core and All are the chain's logs, those that the filter core asks for and all.
	Core int `json:"core"`
	All  int `json:"all"`
}

// served is what the endpoint has answered so far; a batch is one request.
type served struct {
	Requests int64 `json:"requests"`
	Bytes    int64 `json:"bytes"`
}

// Run serves until the context ends.
func (c *endpointCommand) Run(ctx context.Context) error {
	base := venice.Base()

	chain, err := canned.New(canned.Config{Seed: c.Seed, Deployment: base, Blocks: c.Blocks, Every: c.Every})
	if err != nil {
		return err
	}

	s := &canned.Server{Chain: chain, Limits: canned.Limits{Range: c.Range, Results: c.Results}, Latency: c.Latency}

	announced := &moments{at: make(map[uint64]time.Time)}

	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("GET /served", func(w http.ResponseWriter, _ *http.Request) {
		requests, bytes := s.Served()
		_ = json.NewEncoder(w).Encode(served{requests, bytes}) // who hangs up misses it
	})

	mux.HandleFunc("GET /announced", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(announced.all()) // as above
	})

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}

	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	core, all := chain.Logs()

	err = json.NewEncoder(os.Stdout).Encode(ready{
		URL: "http://" + listener.Addr().String(), First: base.FirstBlock, Head: chain.Head(), Core: core, All: all,
	})
	if err != nil {
		return fmt.Errorf("say that it serves: %w", err)
	}

	defer context.AfterFunc(ctx, func() { _ = server.Close() })()

	if c.Pace > 0 {
		go grow(ctx, chain, c.Pace, announced)
	}

	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}

	return nil
}

// moments are when blocks were announced.
type moments struct {
	mu sync.Mutex
	at map[uint64]time.Time
}

func (m *moments) put(number uint64, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()

	m.at[number] = at
}

func (m *moments) all() map[uint64]time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()

	return maps.Clone(m.at)
}

// grow makes blocks at a pace.
func grow(ctx context.Context, chain *canned.Chain, pace time.Duration, announced *moments) {
	ticks := time.NewTicker(pace)
	defer ticks.Stop()

	for {
		select {
		case <-ticks.C:
			at := time.Now()
			announced.put(chain.Append(), at)
		case <-ctx.Done():
			return
		}
	}
}

// endpoint is the canned chain, served by a process of its own.
type endpoint struct {
	ready

	cmd *exec.Cmd
}

func startEndpoint(ctx context.Context, f chainFlags) (*endpoint, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}

	e := &endpoint{cmd: exec.CommandContext(ctx, self, f.args()...)} //nolint:gosec // this very program
	e.cmd.Stderr = os.Stderr

	out, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}

	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the endpoint: %w", err)
	}

	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &e.ready)
	}

	if err != nil {
		return nil, errors.Join(fmt.Errorf("the endpoint did not say that it serves: %w", err), e.stop())
	}

	return e, nil
}

func (e *endpoint) stop() error {
	if err := e.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end the endpoint: %w", err)
	}

	_ = e.cmd.Wait() // killed, as asked

	return nil
}

func (e *endpoint) served(ctx context.Context) (s served, err error) {
	return s, e.get(ctx, "/served", &s)
}

func (e *endpoint) announced(ctx context.Context) (at map[uint64]time.Time, err error) {
	return at, e.get(ctx, "/announced", &at)
}

func (e *endpoint) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.URL+path, nil)
	if err != nil {
		return err
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the endpoint for %s: %w", path, err)
	}
	defer func() { _ = response.Body.Close() }()

	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("read what the endpoint says of %s: %w", path, err)
	}

	return nil
}
