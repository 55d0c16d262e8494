package config

import (
	"time"

	"github.com/alecthomas/kong"
)

// Warehouse says where ClickHouse is.
type Warehouse struct {
	ClickHouse string `name:"clickhouse" default:"embedded" placeholder:"URL" help:"'embedded' runs a server out of --data-dir; or clickhouse://user:pass@host:9000/db, or http://user:pass@host:8123/db of your own." group:"Warehouse:"`
	DataDir    string `default:"data" placeholder:"DIR" help:"Data of the embedded ClickHouse." group:"Warehouse:"`
	HTTPPort   int    `name:"http-port" default:"8123" placeholder:"PORT" help:"Loopback HTTP port of the embedded ClickHouse; where it is in use, or 0, another free one is taken." group:"Warehouse:"`
	TCPPort    int    `name:"tcp-port" default:"9000" placeholder:"PORT" help:"Loopback native port of the embedded ClickHouse; where it is in use, or 0, another free one is taken." group:"Warehouse:"`
}

// Contracts says which contracts are watched and what is known of their events.
type Contracts struct {
	Deployment string            `placeholder:"FILE" help:"JSON that overrides addresses, first blocks or the chain id." group:"Chain:"`
	ABI        map[string]string `name:"abi" mapsep:"none" placeholder:"CONTRACT=FILE" help:"ABI JSON that decodes more events of vvv, staking, diem or airdrop. Repeat for more contracts; several files of one are separated by commas." group:"Chain:"`
}

// Chain says where logs come from.
type Chain struct {
	Contracts

	RPC          []string      `name:"rpc" sep:"none" placeholder:"URL" help:"JSON-RPC endpoint of Base (http, https, ws, wss). Repeat for failover; in the environment separate by spaces." group:"Chain:"`
	RPCTimeout   time.Duration `name:"rpc-timeout" default:"30s" help:"How long one request may take." group:"Chain:"`
	RPCRate      float64       `name:"rpc-rate" default:"0" placeholder:"N" help:"Most requests a second to each endpoint; 0 adapts to what it accepts." group:"Chain:"`
	Workers      int           `name:"workers" default:"0" placeholder:"N" help:"Requests of history in flight to each endpoint; 0 is four." group:"Chain:"`
	Verify       string        `default:"none" enum:"none,bloom,receipts" placeholder:"LEVEL" help:"How history is checked while it is read: none (each answer against itself), bloom (against the headers of its blocks) or receipts (proved). Headers cost about a hundred times the requests." group:"Chain:"`
	AllTransfers bool          `help:"Index every VVV transfer, not just mints and burns (tens of millions)." group:"Chain:"`
}

// Daemon are the flags of the daemon.
type Daemon struct {
	From        *uint64       `placeholder:"BLOCK" help:"First block of the warehouse. Without it: the first that can have a Venice log, or the beginning of a chain that is not that long." group:"Daemon:"`
	NoBackfill  bool          `help:"Follow the head only; history stays as it is, and figures wait for it." group:"Daemon:"`
	Verifier    string        `default:"none" enum:"none,bloom,receipts" placeholder:"LEVEL" help:"Prove behind the loops that all final blocks are complete, and mend what is not: bloom (headers only) or receipts." group:"Daemon:"`
	BoardAddr   string        `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where the dashboards are served; empty for nowhere." group:"Daemon:"`
	Listen      string        `default:"127.0.0.1:9464" placeholder:"ADDRESS" help:"Where /metrics, /healthz and /readyz are served; empty for nowhere." group:"Daemon:"`
	SampleEvery time.Duration `default:"10m" help:"How often the contracts' curve and settings are read when no event calls for it." group:"Daemon:"`
	AuditEvery  time.Duration `default:"10m" help:"How often every figure is compared with the contracts' own at the finalized block; 0 for never." group:"Daemon:"`
}

// Log says how the program speaks.
type Log struct {
	LogLevel  string `default:"info" enum:"trace,debug,info,warn,error" placeholder:"LEVEL" help:"trace, debug, info, warn or error." group:"Log:"`
	LogFormat string `default:"auto" enum:"auto,console,json" placeholder:"FORMAT" help:"console, json, or auto: console on a terminal." group:"Log:"`
}

// Globals are the flags of every command of every program.
type Globals struct {
	Log

	Config  kong.ConfigFlag  `placeholder:"FILE" help:"YAML file of flags by name, such as 'rpc: [https://…]'."`
	Version kong.VersionFlag `help:"Print the version and leave."`
}

// every flag that a config file may set, whichever program reads it.
type every struct {
	Warehouse
	Chain
	Daemon
	Log
}
