package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"diemhouse/internal/devnet"
	"diemhouse/internal/devnet/replay"
)

type runCommand struct {
	Seed         uint64        `default:"1"                                                                                                                                                help:"Decides everything that happens in the history."`
	History      span          `default:"400d"                                                                                                                                             help:"Length of the seeded history: 400d, 36h, 90m."                        placeholder:"TIME"`
	Blocks       int           `default:"0"                                                                                                                                                help:"Blocks of the history; 0 chooses (3,600 for 400 days)."`
	Actors       int           `default:"300"                                                                                                                                              help:"Wallets that live on the chain."`
	BlockTime    time.Duration `default:"2s"                                                                                                                                               help:"Pace of live blocks; 0 for none."`
	SafeLag      uint64        `default:"15"                                                                                                                                               help:"Blocks from safe to the head."`
	FinalizedLag uint64        `default:"60"                                                                                                                                               help:"Blocks from finalized to the head."`
	Host         string        `default:"127.0.0.1"                                                                                                                                        help:"Address to serve JSON-RPC on."`
	HTTPPort     int           `default:"8545"                                                                                                                                             help:"Port of JSON-RPC over HTTP; 0 for any free one."                      name:"http-port"`
	WSPort       int           `default:"8546"                                                                                                                                             help:"Port of JSON-RPC over WebSocket; 0 for any free one."                 name:"ws-port"`
	AdminPort    int           `default:"8547"                                                                                                                                             help:"Loopback port of the devnet_ calls; 0 for any free one, -1 for none."`
	RangeLimit   uint64        `default:"0"                                                                                                                                                help:"Refuse eth_getLogs over wider ranges of blocks; 0 for no limit."`
	Quiet        bool          `help:"Say nothing but the endpoints."`
	Replay       string        `help:"Serve captured logs of Base from a JSON file instead of a chain: an eth_getLogs answer, receipts, blocks, an explorer's answer, or several of them." placeholder:"FILE"                                                          type:"existingfile"`
}

// Run serves until the context ends.
func (c *runCommand) Run(ctx context.Context) error {
	if c.Replay != "" {
		return c.replay(ctx)
	}
	start := time.Now()
	calm := hurry()
	net, err := devnet.Start(ctx, devnet.Config{
		Seed: c.Seed, History: time.Duration(c.History), Blocks: c.Blocks, Actors: c.Actors,
		BlockTime: c.BlockTime, SafeLag: c.SafeLag, FinalizedLag: c.FinalizedLag,
		Host: c.Host, HTTPPort: c.HTTPPort, WSPort: c.WSPort, AdminPort: c.AdminPort,
		RangeLimit: c.RangeLimit, Progress: c.progress(),
	})
	calm()
	if err != nil {
		return err //nolint:wrapcheck // Says what it did.
	}
	head := net.Head()
	fmt.Printf("http   %s\nws     %s\n", net.HTTPURL(), net.WSURL())
	if !c.Quiet {
		fmt.Printf("admin  %s\n", net.AdminURL())
		fmt.Printf("head   block %d of %s, made in %.1f s\n", head.Number, time.Unix(int64(head.Time), 0).UTC().Format(time.DateTime), time.Since(start).Seconds())
		c.accounts(net)
	}
	select {
	case <-ctx.Done():
	case <-net.Stopped():
	}
	err = net.Close()
	if err != nil {
		return err //nolint:wrapcheck // As above.
	}
	return net.Err() //nolint:wrapcheck // As above.
}

// hurry lets the heap grow to four times what lives while the history is made: the
// whole chain lives there, and marking it again and again would take a quarter of the
// time. The function it returns gives the memory back. GOGC overrules it.
func hurry() (calm func()) {
	const percent = 300
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(percent)
	return func() {
		debug.SetGCPercent(before)
		debug.FreeOSMemory()
	}
}

// accounts prints keys to play with. They are the same on every devnet.
func (c *runCommand) accounts(net *devnet.Devnet) {
	fmt.Println("keys to play with (public, worth nothing):")
	fmt.Printf("  owner %s %x\n", net.Admin().Address, crypto.FromECDSA(net.Admin().Key))
	for _, actor := range net.Actors()[:min(3, len(net.Actors()))] {
		fmt.Printf("  actor %s %x\n", actor.Address, crypto.FromECDSA(actor.Key))
	}
}

// progress draws a bar on a terminal and nothing elsewhere.
func (c *runCommand) progress() func(done, total int) {
	if c.Quiet || !isatty.IsTerminal(os.Stderr.Fd()) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(os.Stderr),
				progressbar.OptionSetDescription("history"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		// A bar that cannot be drawn is no reason to stop.
		_ = bar.Set(done)
	}
}

func (c *runCommand) replay(ctx context.Context) error {
	server, err := replay.Start(ctx, replay.Config{File: c.Replay, Host: c.Host, HTTPPort: c.HTTPPort, RangeLimit: c.RangeLimit})
	if err != nil {
		return err //nolint:wrapcheck // Says what it did.
	}
	fmt.Printf("http   %s\nws     %s\nhead   block %d\n", server.HTTPURL(), server.WSURL(), server.Head())
	<-ctx.Done()
	return server.Close() //nolint:wrapcheck // As above.
}
