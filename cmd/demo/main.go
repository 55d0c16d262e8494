// Command demo is the first minute: it starts a local Venice chain, runs the
// indexer on it with the embedded ClickHouse, shows history being filled and the
// figures following the head, and says what to do next. The programs it starts are
// the ones that Base is indexed with.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"diemhouse/internal/app"
	"diemhouse/internal/config"
)

type cli struct {
	For     time.Duration `placeholder:"30s" help:"Stop by itself after this long at the head; until ^C without it."`
	JSON    bool          `name:"json" help:"Print the final status as JSON on standard output, and nothing else there."`
	Seed    uint64        `default:"1" help:"Seed of the chain's history and life."`
	History string        `default:"400d" placeholder:"TIME" help:"Length of the chain's history: 400d, 36h, 90m."`
	DataDir string        `default:"data/demo" placeholder:"DIR" help:"Where the demo's ClickHouse keeps its data. Each demo begins with an empty one."`
	Bin     string        `placeholder:"DIR" help:"Where the programs indexer and devnet are; beside this one unless said."`
}

func main() {
	// The children are to die with this thread's process, whatever ends it.
	runtime.LockOSThread()

	var c cli

	kong.Parse(&c, kong.Name("demo"), kong.Description("Venice on this machine: chain, ClickHouse, indexer, live figures."),
		kong.DefaultEnvars(config.EnvPrefix+"_DEMO"))

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.run(ctx)

	stop()

	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "demo:", app.Redact(err.Error()))
		os.Exit(1)
	}
}

// program is the path of one of the other programs.
func (c *cli) program(name string) (string, error) {
	dir := c.Bin
	if dir == "" {
		self, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("find this program: %w", err)
		}

		dir = filepath.Dir(self)
	}

	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		return "", err
	}

	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the program %s is missing: run `make build`, or say with --bin where it is: %w", name, err)
	}

	return path, nil
}
