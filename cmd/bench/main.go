// Command bench measures the product's own programs against a canned endpoint and the
// embedded ClickHouse, all on this machine, and writes what it saw as a report. Every
// figure stands beside a floor that was measured in the same run.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"diemhouse/pkg/store/embedded"
)

type cli struct {
	Run      runCommand      `cmd:"" default:"withargs" help:"Measure and report (the default)."`
	Others   othersCommand   `cmd:"" help:"Run the other indexer and ours over the same blocks, and report that alone."`
	Endpoint endpointCommand `cmd:"" help:"Serve the canned chain: what run starts as a process of its own."`
}

func main() {
	embedded.Main()

	var c cli

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	command := kong.Parse(&c, kong.Name("bench"), kong.Description("Measure Diemhouse on this machine."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	err := command.Run()

	stop()

	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
