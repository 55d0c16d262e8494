package devnet

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"
)

// startNode runs a go-ethereum node in memory, without peers, that keeps every
// state, and serves its public JSON-RPC over HTTP and WebSocket.
func startNode(config Config, genesis *core.Genesis) (*node.Node, *eth.Ethereum, error) {
	modules := []string{"eth", "net", "web3", "debug", "txpool"}
	stack, err := node.New(&node.Config{
		Name:             "devnet",
		P2P:              p2p.Config{NoDiscovery: true, NoDial: true, MaxPeers: 0, ListenAddr: ""},
		HTTPHost:         config.Host,
		HTTPPort:         config.HTTPPort,
		HTTPVirtualHosts: []string{"*"},
		HTTPCors:         []string{"*"},
		HTTPModules:      modules,
		HTTPTimeouts:     rpc.DefaultHTTPTimeouts,
		WSHost:           config.Host,
		WSPort:           config.WSPort,
		WSOrigins:        []string{"*"},
		WSModules:        modules,
		// As go-ethereum's own defaults.
		BatchRequestLimit:    node.DefaultConfig.BatchRequestLimit,
		BatchResponseMaxSize: node.DefaultConfig.BatchResponseMaxSize,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make node: %w", err)
	}
	settings := ethconfig.Defaults
	settings.Genesis = genesis
	settings.SyncMode = ethconfig.FullSync
	settings.NoPruning = !config.Prune
	settings.StateScheme = "hash"
	settings.SnapshotCache = 64
	settings.NoPrefetch = true
	settings.TrieCleanCache = 64
	settings.TrieDirtyCache = 64
	settings.DatabaseCache = 64
	settings.TxPool.NoLocals = true
	settings.TxPool.Journal = ""
	settings.LogNoHistory = true
	settings.Miner.GasCeil = blockGasLimit
	settings.RangeLimit = config.RangeLimit
	if config.LogQueryLimit != 0 {
		settings.LogQueryLimit = config.LogQueryLimit
	}
	backend, err := eth.New(stack, &settings)
	if err != nil {
		return nil, nil, fmt.Errorf("make chain: %w", errJoinClose(err, stack))
	}
	system := filters.NewFilterSystem(backend.APIBackend, filters.Config{
		LogCacheSize: settings.FilterLogCacheSize, LogQueryLimit: settings.LogQueryLimit, RangeLimit: settings.RangeLimit,
	})
	stack.RegisterAPIs([]rpc.API{{Namespace: "eth", Service: filters.NewFilterAPI(system)}})
	err = stack.Start()
	if err != nil {
		return nil, nil, fmt.Errorf("start node: %w", errJoinClose(err, stack))
	}
	return stack, backend, nil
}
