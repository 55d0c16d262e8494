// Package anvil runs Foundry's anvil for tests: a second implementation of an EVM
// node beside go-ethereum, in its OP mode, with Venice's contracts at their
// addresses and the devnet's actors living on it.
//
// Its habits differ from go-ethereum's where an indexer may trip: it never sends
// removed logs, it forgets orphaned blocks, it announces every block of a reorg,
// and its head can fall without a word.
package anvil

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
)

// Defaults of Config.
const (
	DefaultNumber = 50_000_000
	DefaultActors = 40
	// DefaultTime is that of the genesis block, unix seconds.
	DefaultTime = 1_786_789_347
)

// Config says how to start a node. The zero value is a chain of one block at
// Base's height.
type Config struct {
	// Number is the height of the genesis block. 0 means DefaultNumber.
	Number uint64
	// Time is the genesis block's, unix seconds. 0 means DefaultTime.
	Time uint64
	// Actors is how many wallets live on the chain. 0 means DefaultActors.
	Actors int
	// Seed decides what they do.
	Seed uint64
	// Args are further flags of anvil.
	Args []string
}

// Node is a running anvil. Its methods are for one goroutine at a time; its
// endpoints are for everybody.
type Node struct {
	address string
	client  *rpc.Client
	remote  *devnet.Remote
}

// Start runs an anvil on a free port until the test ends. A missing binary fails
// the test.
func Start(tb testing.TB, config Config) *Node {
	tb.Helper()
	config = config.withDefaults()
	binary, err := Binary()
	require.NoError(tb, err)
	genesis, err := writeGenesis(tb.TempDir(), config)
	require.NoError(tb, err)
	address := start(tb, binary, append([]string{
		"--host", "127.0.0.1", "--port", "0", "--chain-id", strconv.Itoa(devnet.ChainID), "--network", "optimism",
		"--init", genesis, "--number", strconv.FormatUint(config.Number, 10),
		"--no-mining", "--order", "fifo", "--gas-limit", "400000000", "--accounts", "1", "--color", "never",
	}, config.Args...))
	client, err := rpc.DialContext(tb.Context(), "http://"+address)
	require.NoError(tb, err)
	tb.Cleanup(client.Close)
	return &Node{address: address, client: client, remote: devnet.NewRemote(client, config.Actors, config.Seed)}
}

// HTTPURL is where JSON-RPC is served over HTTP.
func (n *Node) HTTPURL() string { return "http://" + n.address }

// WSURL is where JSON-RPC is served over WebSocket.
func (n *Node) WSURL() string { return "ws://" + n.address }

// Client returns a JSON-RPC client, closed when the test ends.
func (n *Node) Client() *rpc.Client { return n.client }

// Actors are the wallets that live on the chain.
func (n *Node) Actors() []devnet.Account { return n.remote.Actors() }

// Oracle reads the contracts' own figures at any block.
func (n *Node) Oracle() *devnet.Oracle { return devnet.NewOracle(n.client) }

// ErrMissing says that anvil is not installed.
var ErrMissing = errors.New("anvil is not installed: run `make anvil`")

// Binary is the path of the pinned anvil.
func Binary() (string, error) {
	_, file, _, found := runtime.Caller(0)
	if !found {
		return "", fmt.Errorf("%w: the place of the sources is unknown", ErrMissing)
	}
	return binaryUnder(filepath.Dir(filepath.Dir(filepath.Dir(file))))
}

// binaryUnder is the path of anvil in a checkout of the module.
func binaryUnder(root string) (string, error) {
	path := filepath.Join(root, "deps", "anvil", "node_modules", "@foundry-rs",
		"anvil-"+runtime.GOOS+"-"+runtime.GOARCH, "bin", "anvil")
	_, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", ErrMissing, err)
	}
	return path, nil
}

func (c Config) withDefaults() Config {
	if c.Number == 0 {
		c.Number = DefaultNumber
	}
	if c.Time == 0 {
		c.Time = DefaultTime
	}
	if c.Actors == 0 {
		c.Actors = DefaultActors
	}
	return c
}

// writeGenesis writes Venice's contracts and the actors' ether as anvil reads them.
func writeGenesis(dir string, config Config) (string, error) {
	genesis, err := devnet.RemoteGenesis(config.Actors, config.Time)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(genesis)
	if err != nil {
		return "", fmt.Errorf("encode genesis: %w", err)
	}
	const ownerOnly = 0o600
	path := filepath.Join(dir, "genesis.json")
	err = os.WriteFile(path, raw, ownerOnly)
	if err != nil {
		return "", fmt.Errorf("write genesis: %w", err)
	}
	return path, nil
}

// call is one JSON-RPC call whose answer nobody needs.
func (n *Node) call(ctx context.Context, method string, args ...any) error {
	err := n.client.CallContext(ctx, nil, method, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}
