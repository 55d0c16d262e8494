package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"diemhouse/internal/app"
)

// The ports that the chain is served on where they are free.
const (
	httpPort  = 8545
	wsPort    = 8546
	adminPort = 8547
)

// network is the running devnet.
type network struct {
	*child

	http, ws, admin string
}

// startNetwork starts the devnet and waits until it serves.
func (c *cli) startNetwork(ctx context.Context, say *speaker) (*network, error) {
	path, err := c.program("devnet")
	if err != nil {
		return nil, err
	}

	n := &network{}
	ready := make(chan struct{})
	known := map[string]*string{"http": &n.http, "ws": &n.ws, "admin": &n.admin}

	var stderr *os.File
	if app.IsTerminal(os.Stderr) {
		stderr = os.Stderr // for its progress bar
	}

	n.child, err = start("devnet", path, []string{
		"run", "--seed", strconv.FormatUint(c.Seed, 10), "--history", c.History,
		"--http-port", free(ctx, httpPort), "--ws-port", free(ctx, wsPort), "--admin-port", free(ctx, adminPort),
	}, stderr, func(line string) {
		name, rest, _ := strings.Cut(line, " ")
		if into := known[name]; into != nil && *into == "" {
			*into = strings.TrimSpace(rest)
			delete(known, name)

			if len(known) == 0 {
				close(ready)
			}
		}
	})
	if err != nil {
		return nil, err
	}

	if err := n.await(ctx, ready); err != nil {
		return nil, err
	}

	say.linef("   JSON-RPC on %s and %s", n.http, n.ws)

	return n, nil
}

// words say what can be done with the chain.
func (n *network) words(say *speaker) {
	say.linef("\nMake a reorg and watch it being undone:\n   %s reorg 5 --admin %s", typed(n.child), n.admin)
}

// await waits until the program says that it is ready; one that does not is stopped.
func (c *child) await(ctx context.Context, ready <-chan struct{}) error {
	var err error

	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-c.done:
		return c.gone()
	case <-time.After(startTime):
		err = fmt.Errorf("%s is not ready after %s", c.name, startTime)
	}

	if stopErr := c.stop(); stopErr != nil {
		return stopErr
	}

	return err
}

// free is the port if nobody listens on it, else 0 for any.
func free(ctx context.Context, port int) string {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return "0"
	}

	// It was only asked whether it could be had.
	_ = listener.Close()

	return strconv.Itoa(port)
}
