package embedded

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	endpointFile = "endpoint.json"
	lastFile     = "ports.json"
	loopback     = "127.0.0.1"
	checkTimeout = 5 * time.Second
)

// endpoint is where a server listens and how to know that it is the one meant: the
// instance is a random word that the server tells.
type endpoint struct {
	HTTPPort  int    `json:"http_port"`
	TCPPort   int    `json:"tcp_port"`
	OwnerPID  int    `json:"owner_pid"`
	EnginePID int    `json:"engine_pid"`
	Instance  string `json:"instance"`
}

func newEndpoint(cfg Config) (endpoint, error) {
	var last endpoint

	// The last ports are a convenience; a file that is missing or torn offers none.
	if b, err := os.ReadFile(filepath.Join(cfg.DataDir, lastFile)); err == nil {
		_ = json.Unmarshal(b, &last)
	}

	httpPort, err := freePort(0, cfg.HTTPPort, last.HTTPPort)
	if err != nil {
		return endpoint{}, err
	}

	tcpPort, err := freePort(httpPort, cfg.TCPPort, last.TCPPort)
	if err != nil {
		return endpoint{}, err
	}

	return endpoint{HTTPPort: httpPort, TCPPort: tcpPort, OwnerPID: os.Getpid(), Instance: rand.Text()}, nil
}

// freePort is the first of the wanted ports that can be listened on, or any that
// can, and never taken.
func freePort(taken int, wanted ...int) (int, error) {
	var err error

	for _, port := range append(wanted, -1) {
		if port == 0 || port == taken {
			continue
		}

		var l net.Listener

		l, err = net.Listen("tcp", fmt.Sprintf("%s:%d", loopback, max(port, 0))) //nolint:noctx // closed at once
		if err != nil {
			continue
		}

		port = l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // what a tcp listener has

		return port, l.Close()
	}

	return 0, fmt.Errorf("find a free loopback port: %w", err)
}

func (e endpoint) url() string {
	return "http://" + net.JoinHostPort(loopback, strconv.Itoa(e.HTTPPort))
}

func (e endpoint) who() string {
	if e.OwnerPID == 0 {
		return "it has not said which"
	}

	return fmt.Sprintf("process %d", e.OwnerPID)
}

// check asks the server who it is: a port may have gone to another program.
func (e endpoint) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()

	address := e.url() + "/?query=" + url.QueryEscape("SELECT getMacro('"+instanceMacro+"')")

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}

	req.Close = true

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()

	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return err
	}

	if resp.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != e.Instance {
		return fmt.Errorf("%s is another server", e.url())
	}

	return nil
}

func (e endpoint) write(dir string) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}

	return errors.Join(replaceFile(filepath.Join(dir, endpointFile), b), replaceFile(filepath.Join(dir, lastFile), b))
}

func readEndpoint(dir string) (endpoint, error) {
	var e endpoint

	b, err := os.ReadFile(filepath.Join(dir, endpointFile)) //nolint:gosec // a fixed name in the user's own directory
	if err != nil {
		return e, fmt.Errorf("the server is not ready: %w", err)
	}

	if err := json.Unmarshal(b, &e); err != nil {
		return e, fmt.Errorf("read %s: %w", endpointFile, err)
	}

	return e, nil
}

// removeEndpoint is a courtesy to those who look: an endpoint that stays behind
// fails its check.
func removeEndpoint(dir string) { _ = os.Remove(filepath.Join(dir, endpointFile)) }

// replaceFile writes a file that a reader sees whole or not at all.
func replaceFile(path string, b []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}

	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}

	return nil
}
