package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
)

// house is the running indexer with its ClickHouse.
type house struct {
	*child

	dsn, http string // of ClickHouse
	metrics   string
	board     string
	rpc       string // of the chain
	data      string
}

// record is a line of the indexer's log.
type record struct {
	Level   string `json:"level"`
	Message string `json:"message"`
	Error   string `json:"error"`
	HTTP    string `json:"http"`
	TCPPort int    `json:"tcp_port"`
	Metrics string `json:"metrics"`
	Board   string `json:"board"`
}

// startIndexer starts the indexer on the chain and waits until its warehouse is open.
func (c *cli) startIndexer(ctx context.Context, n *network, say *speaker) (*house, error) {
	path, err := c.program("indexer")
	if err != nil {
		return nil, err
	}

	h := &house{data: filepath.Clean(c.DataDir), rpc: n.http}
	ready := make(chan struct{})

	h.child, err = start("indexer", path, []string{
		"run", "--rpc", n.http, "--rpc", n.ws, "--data-dir", c.DataDir, "--listen", "127.0.0.1:" + free(ctx, metricsPort),
		"--board-addr", "127.0.0.1:" + free(ctx, boardPort), "--verifier", "receipts", "--log-format", "json",
	}, nil, func(line string) {
		var r record
		if json.Unmarshal([]byte(line), &r) != nil {
			return // the engine's own words; the last of them explain an end
		}

		switch {
		case r.TCPPort != 0 && h.dsn == "":
			h.dsn = fmt.Sprintf("clickhouse://default@127.0.0.1:%d/diemhouse", r.TCPPort)
			h.http, h.metrics = r.HTTP, r.Metrics
		case r.Board != "" && h.board == "":
			h.board = r.Board

			close(ready) // the last thing that comes before the work
		case r.Level == "warn" || r.Level == "error" || r.Message == reorgMessage:
			say.linef("   %s %s", r.Message, r.Error)
		}
	})
	if err != nil {
		return nil, err
	}

	if err := h.await(ctx, ready); err != nil {
		return nil, err
	}

	return h, nil
}

const (
	metricsPort = 9464
	boardPort   = 8080
	// reorgMessage is what the indexer logs after a reorg.
	reorgMessage = "reorg undone"
)

// words say how to ask the warehouse.
func (h *house) words(say *speaker) {
	say.linef(`
The dashboards, live in a browser:
   %[5]s

Ask it yourself, while it runs or afterwards:
   curl '%[1]s/?user=grafana' --data-binary 'SELECT vvv_locked, mint_rate, diem_supply FROM diemhouse.supply_now FORMAT Vertical'
   %[4]s sql --data-dir %[2]s "SELECT block_time, account, svvv, diem, rate FROM diem_mints ORDER BY block_number DESC LIMIT 5"
   %[4]s status --data-dir %[2]s
   %[4]s audit --data-dir %[2]s --rpc %[6]s
   curl %[3]s/metrics

What next: docs/SQL.md lists the views. The same programs index Base:
   %[4]s run --rpc https://mainnet.base.org`, h.http, h.data, h.metrics, typed(h.child), h.board, h.rpc)
}
