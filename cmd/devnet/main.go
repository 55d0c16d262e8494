// Command devnet runs a local Venice: a real EVM node with Venice's contracts, a
// seeded history and live blocks. It also replays captured logs of Base.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Run       runCommand       `cmd:"" default:"withargs"                                                             help:"Make the chain, serve it, and add live blocks (the default)."`
	Reorg     reorgCommand     `cmd:"" help:"Make a running devnet replace its last blocks."`
	Canonical canonicalCommand `cmd:"" help:"Make a running devnet go to another block it knows: back after a reorg."`
	Mine      mineCommand      `cmd:"" help:"Make a running devnet add blocks at once."`
	Curve     curveCommand     `cmd:"" help:"Make a running devnet replace the mint curve."`
	Emission  emissionCommand  `cmd:"" help:"Make a running devnet change the emission rate."`
	Unknown   unknownCommand   `cmd:"" help:"Make a running devnet emit an event that no decoder knows."`
}

func main() {
	err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "devnet:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var commands cli
	parser, err := kong.New(&commands,
		kong.Name("devnet"),
		kong.Description("A local Venice on an in-process EVM node: chain id 8453, Venice's addresses, a seeded history, live blocks. Nothing is kept: it is gone when it stops."),
		kong.DefaultEnvars("DIEMHOUSE_DEVNET"),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return fmt.Errorf("command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err //nolint:wrapcheck // kong says what is wrong and where.
	}
	return parsed.Run() //nolint:wrapcheck // The commands' own errors.
}

// span is a duration that also knows days: 400d, 36h, 90m.
type span time.Duration

var errSpan = errors.New("want a duration such as 400d, 36h or 90m")

func (s *span) UnmarshalText(text []byte) error {
	if days, found := strings.CutSuffix(string(text), "d"); found {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("%q: %w", text, errSpan)
		}
		*s = span(n * 24 * float64(time.Hour))
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 {
		return fmt.Errorf("%q: %w", text, errSpan)
	}
	*s = span(d)
	return nil
}
