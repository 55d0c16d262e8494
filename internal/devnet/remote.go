package devnet

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
)

// Remote lets the actors of the devnet live on another node: they decide by what
// it answers and send it signed transactions. Mining them is the caller's business.
//
// A Remote is for one goroutine at a time.
type Remote struct {
	client *rpc.Client
	world  *world
	seed   uint64
}

// RemoteGenesis is the allocation that a Remote's node must start from: Venice's
// contracts at their addresses, ether for the owner and for so many actors.
func RemoteGenesis(actors int, time uint64) (*core.Genesis, error) {
	w := newWorld(actors)
	return newGenesis(w.places, w.admin, w.actors, time)
}

// NewRemote returns the actors on a node that RemoteGenesis was laid into, with as
// many of them. seed decides what they do.
func NewRemote(client *rpc.Client, actors int, seed uint64) *Remote {
	return &Remote{client: client, world: newWorld(actors), seed: seed}
}

// Actors are the wallets that live on the chain.
func (r *Remote) Actors() []Account { return r.world.actors }

// Play performs the actions on the state after the latest block, for a block that
// will have the given time, and returns the transactions it sent, in order. They
// do not see each other, so a contract may yet refuse one.
func (r *Remote) Play(ctx context.Context, time uint64, actions ...Action) ([]common.Hash, error) {
	var number hexutil.Uint64
	err := r.client.CallContext(ctx, &number, "eth_blockNumber")
	if err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	g := &remoteGround{ctx: ctx, client: r.client, time: time}
	rng := rand.New(rand.NewPCG(r.seed, uint64(number))) //nolint:gosec // Play, and meant to repeat.
	t := &turn{ground: g, world: r.world, rng: rng}
	for i, action := range actions {
		err := action(t)
		if err != nil && !errors.Is(err, errIdle) {
			return g.sent, fmt.Errorf("action %d of %d: %w", i+1, len(actions), err)
		}
	}
	return g.sent, nil
}

// remoteGround is the state after a node's latest block.
type remoteGround struct {
	ctx    context.Context //nolint:containedctx // Lives as long as one Play.
	client *rpc.Client
	time   uint64
	sent   []common.Hash
}

func (g *remoteGround) now() uint64 { return g.time }

func (g *remoteGround) view(to common.Address, input []byte) ([]byte, error) {
	var out hexutil.Bytes
	err := g.client.CallContext(g.ctx, &out, "eth_call", map[string]any{"to": to, "input": hexutil.Bytes(input)}, "latest")
	if err != nil {
		return nil, fmt.Errorf("call of %s: %w", to, err)
	}
	return out, nil
}

func (g *remoteGround) slot(at common.Address, slot common.Hash) (common.Hash, error) {
	var out common.Hash
	err := g.client.CallContext(g.ctx, &out, "eth_getStorageAt", at, slot, "latest")
	if err != nil {
		return common.Hash{}, fmt.Errorf("slot %s of %s: %w", slot, at, err)
	}
	return out, nil
}

func (g *remoteGround) send(from Account, to common.Address, data []byte, gas uint64) error {
	var nonce hexutil.Uint64
	err := g.client.CallContext(g.ctx, &nonce, "eth_getTransactionCount", from.Sender(), "pending")
	if err != nil {
		return fmt.Errorf("nonce of %s: %w", from.Sender(), err)
	}
	tx, err := from.sign(types.LatestSignerForChainID(big.NewInt(ChainID)), uint64(nonce), to, data, gas)
	if err != nil {
		return err
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		return fmt.Errorf("encode transaction %s: %w", tx.Hash(), err)
	}
	err = g.client.CallContext(g.ctx, nil, "eth_sendRawTransaction", hexutil.Bytes(raw))
	if err != nil {
		return fmt.Errorf("send transaction %s: %w", tx.Hash(), err)
	}
	g.sent = append(g.sent, tx.Hash())
	return nil
}
