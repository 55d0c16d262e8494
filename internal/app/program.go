// Package app puts the rooms together for the programs: command line, signals, log,
// progress, the warehouse, the chain, and the checks that come before work.
package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/rs/zerolog"

	"diemhouse/internal/config"
)

// The exit codes of the programs.
const (
	exitFailed = 1
	exitUsage  = 2
	// exitForced is the shell's code of a program that ^C ended.
	exitForced = 130
)

// Program is a command line.
type Program struct {
	Name, Description string
	// CLI is the struct that kong fills; its commands have a method
	// Run(context.Context, *Env) error.
	CLI any
	// Globals are the CLI's own.
	Globals *config.Globals
}

// Env is what a command speaks to.
type Env struct {
	// Out takes answers, Err everything else: logs, progress.
	Out, Err *os.File
	Log      zerolog.Logger
	// Screen is Err as it is shared by log and progress bar.
	Screen *Screen
}

// Main parses the arguments, runs the command and gives the exit code. The first
// SIGINT or SIGTERM ends the command's context, a second one the process.
func (p Program) Main(args []string) int {
	fail := func(code int, err error) int {
		fmt.Fprintf(os.Stderr, "%s: %s\n", p.Name, Redact(err.Error()))

		return code
	}

	options, err := config.Options(p.Name, p.Description, Version())
	if err != nil {
		return fail(exitUsage, err)
	}

	limitMemory()

	ctx, stop := signals()
	defer stop()

	env := &Env{Out: os.Stdout, Err: os.Stderr}

	parser, err := kong.New(p.CLI, append(options, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(env))...)
	if err != nil {
		return fail(exitUsage, err)
	}

	command, err := parser.Parse(args)
	if err != nil {
		return fail(exitUsage, fmt.Errorf("%w\n%s --help lists commands and flags", err, p.Name))
	}

	env.Screen = NewScreen(os.Stderr)
	env.Log = Logger(p.Globals.Log, env.Screen)

	switch err := command.Run(); {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return fail(exitFailed, errors.New("stopped before the work was done"))
	default:
		return fail(exitFailed, err)
	}
}

// softMemory is what the runtime may hold before it collects garbage more often. What
// is live at the greatest rate of history is about 55 MB, and the program itself takes
// 20 MB beside it: so less than 100 MB are resident.
const softMemory = 72 << 20

// limitMemory bounds memory unless the user did.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
}

// signals gives a context that ends with the first SIGINT or SIGTERM. The second
// ends the process at once: what is not covered is read again at the next start.
func signals() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	heard := make(chan os.Signal, 2)

	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)

	go func() {
		<-heard
		cancel()
		<-heard
		os.Exit(exitForced)
	}()

	return ctx, func() {
		signal.Stop(heard)
		cancel()
	}
}

// Version is the module's version and the commit it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}

	version, settings := info.Main.Version, map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}

	if commit := settings["vcs.revision"]; len(commit) >= 12 && version == "(devel)" {
		version = commit[:12]
		if settings["vcs.modified"] == "true" {
			version += " with changes"
		}
	}

	return fmt.Sprintf("%s (%s)", version, info.GoVersion)
}
