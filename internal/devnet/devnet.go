// Package devnet is a local Venice: a go-ethereum node in this process, with
// Venice's contracts at their addresses, a seeded history and then live blocks.
//
// It is for tests, the demo and play. The product's own binaries do not link it.
package devnet

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/rpc"
)

// Devnet is a running chain. Its methods may be called from any goroutine.
type Devnet struct {
	config Config
	world  *world
	stack  *node.Node
	eth    *eth.Ethereum
	client *rpc.Client
	admin  *adminServer

	mu     sync.Mutex // guards the chain's head and what follows
	branch uint64     // salt of the branch being built, so that siblings differ
	ahead  uint64     // seconds that the next block made by hand comes later
	pinned bool       // finalized was set by hand
	stop   context.CancelFunc
	done   chan struct{}
	failed error // why live blocks stopped
}

// Start makes the chain with its history and serves it. Live blocks come until
// ctx ends or Close is called; the node itself runs until Close.
func Start(ctx context.Context, config Config) (*Devnet, error) {
	config = config.withDefaults()
	w := newWorld(config.Actors)
	begin := uint64(config.Now.Add(-config.History).Unix())
	genesis, err := newGenesis(w.places, w.admin, w.actors, begin)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	stack, backend, err := startNode(config, genesis)
	if err != nil {
		return nil, err
	}
	d := &Devnet{config: config, world: w, stack: stack, eth: backend, client: stack.Attach(), done: make(chan struct{})}
	err = d.makeHistory(ctx)
	if err == nil {
		err = d.serveAdmin(ctx)
	}
	if err != nil {
		d.client.Close()
		return nil, errJoinClose(err, stack)
	}
	live, stop := context.WithCancel(ctx)
	d.stop = stop
	go d.run(live)
	return d, nil
}

// HTTPURL is where JSON-RPC is served over HTTP.
func (d *Devnet) HTTPURL() string { return d.stack.HTTPEndpoint() }

// WSURL is where JSON-RPC is served over WebSocket.
func (d *Devnet) WSURL() string { return d.stack.WSEndpoint() }

// Client is the devnet's own in-process JSON-RPC client, for everybody. Close closes
// it.
func (d *Devnet) Client() *rpc.Client { return d.client }

// Actors are the wallets that live on the chain.
func (d *Devnet) Actors() []Account { return d.world.actors }

// Admin is the account that owns the treasury, and through it staking.
func (d *Devnet) Admin() Account { return d.world.admin }

// Head is the newest canonical header.
func (d *Devnet) Head() *types.Header { return d.eth.BlockChain().CurrentHeader() }

// Header is the canonical header of a number, nil when there is none.
func (d *Devnet) Header(number uint64) *types.Header {
	return d.eth.BlockChain().GetHeaderByNumber(number)
}

// Close stops live blocks and the node.
func (d *Devnet) Close() error {
	d.stop()
	<-d.done
	d.admin.close()
	d.client.Close()
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.stack.Close()
	if err != nil && !errors.Is(err, node.ErrNodeStopped) {
		return fmt.Errorf("close node: %w", err)
	}
	return nil
}

// Stopped is closed when no more live blocks come: after an error, which Err then
// tells, or when the devnet was told to stop.
func (d *Devnet) Stopped() <-chan struct{} { return d.done }

// Err says why live blocks stopped by themselves; nil while they have not.
func (d *Devnet) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// run adds live blocks until ctx ends.
//
//nolint:contextcheck // ctx is heeded between blocks; within one see untraced.
func (d *Devnet) run(ctx context.Context) {
	defer close(d.done)
	if d.config.BlockTime <= 0 {
		<-ctx.Done()
		return
	}
	ticker := time.NewTicker(d.config.BlockTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		_, err := d.Mine(1)
		if err != nil {
			d.mu.Lock()
			d.failed = err
			d.mu.Unlock()
			return
		}
	}
}

// dice are those of one block: they depend on the seed, the place and the branch.
func (d *Devnet) dice(number uint64) (*rand.Rand, common.Hash) {
	mix := crypto.Keccak256Hash(fmt.Appendf(nil, "diemhouse devnet %d %d %d", d.config.Seed, number, d.branch))
	return rand.New(rand.NewChaCha8(mix)), mix //nolint:gosec // Play, and meant to repeat.
}

// open begins a block on parent.
func (d *Devnet) open(parent *types.Header, time uint64) (*block, *turn, error) {
	rng, mix := d.dice(parent.Number.Uint64() + 1)
	b, err := newBlock(d.eth.BlockChain(), parent, max(time, parent.Time+1), mix)
	if err != nil {
		return nil, nil, err
	}
	return b, &turn{ground: b, world: d.world, rng: rng}, nil
}

// extend makes a block the head and moves the tags.
func (d *Devnet) extend(b *block) (*types.Block, error) {
	sealed, err := d.insert(b)
	if err != nil {
		return nil, err
	}
	d.ahead = 0
	d.moveTags()
	return sealed, nil
}

// insert seals a block on the head and makes it the head.
func (d *Devnet) insert(b *block) (*types.Block, error) {
	sealed, err := b.seal()
	if err != nil {
		return nil, err
	}
	_, err = d.eth.BlockChain().InsertChain(types.Blocks{sealed})
	if err != nil {
		return nil, fmt.Errorf("insert block %d: %w", sealed.NumberU64(), err)
	}
	return sealed, nil
}

// chain is the node's own.
func (d *Devnet) chain() *core.BlockChain { return d.eth.BlockChain() }

// errJoinClose adds what closing a half-made node says to the error that made
// it useless.
func errJoinClose(err error, stack *node.Node) error { return errors.Join(err, stack.Close()) }
