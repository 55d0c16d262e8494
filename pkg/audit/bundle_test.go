package audit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/internal/testenv"
	"diemhouse/pkg/audit"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/contract"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// bundle is a chain with Venice's whole story, a warehouse that holds it, and what
// audits and repairs.
type bundle struct {
	store    *store.Store
	pool     *chain.Pool
	auditor  *audit.Auditor
	repairer *audit.Repairer
	block    chain.Header
	filter   chain.FilterSet
	decoder  *decode.Decoder
}

// net is the one chain of all tests: it stands still, and they only read it.
var net struct {
	once sync.Once
	net  *devnet.Devnet
	err  error
}

func chainURL(t *testing.T) string {
	t.Helper()
	net.once.Do(func() {
		net.net, net.err = devnet.Start(context.Background(), devnet.Config{
			Seed: 11, History: 40 * 24 * time.Hour, Blocks: 300, Actors: 40, AdminPort: -1,
		})
	})
	require.NoError(t, net.err)

	return net.net.HTTPURL()
}

func setup(t *testing.T) *bundle {
	t.Helper()

	return setupAt(t, chainURL(t))
}

// setupAt reads the chain through another endpoint.
func setupAt(t *testing.T, url string) *bundle {
	t.Helper()

	d := venice.Base()

	filter, err := chain.NewFilterSet(chain.FilterCore, chain.Contracts{VVV: d.VVV, Staking: d.Staking, DIEM: d.DIEM, Airdrop: d.Airdrop})
	require.NoError(t, err)
	decoder, err := decode.New(decode.Config{Deployment: d})
	require.NoError(t, err)
	pool, err := chain.NewPool(chain.Config{URLs: []string{url}})
	require.NoError(t, err)
	t.Cleanup(pool.Close)

	heads, err := pool.Heads(t.Context())
	require.NoError(t, err)
	require.NotNil(t, heads.Finalized)

	b := &bundle{store: testenv.Open(t), pool: pool, block: *heads.Finalized, filter: filter, decoder: decoder}
	history := &follow.History{Source: pool, Decoder: decoder, Warehouse: b.store, Filter: filter}
	require.NoError(t, history.Fill(t.Context(), chain.Range{From: 0, To: b.number()}))

	parameters := &follow.Parameters{Reader: contract.New(d, pool), Warehouse: b.store}
	_, err = parameters.Learn(t.Context(), b.number())
	require.NoError(t, err)

	b.auditor = &audit.Auditor{Contracts: contract.New(d, pool), Warehouse: b.store, Filter: filter.Name()}
	b.repairer = &audit.Repairer{Auditor: b.auditor, Sample: parameters.Learn, Untold: b.untold()}

	return b
}

func (b *bundle) untold() *audit.Untold {
	return &audit.Untold{Warehouse: b.store, Rereader: &audit.Rereader{
		Source: audit.Prover{Blocks: b.pool}, Replacer: b.store, Decoder: b.decoder, Filter: b.filter,
	}}
}

func (b *bundle) number() uint64 { return b.block.Number.Uint64() }

func (b *bundle) audit(t *testing.T) audit.Report {
	t.Helper()

	report, err := b.auditor.Audit(t.Context(), b.block)
	require.NoError(t, err)

	return report
}

// exec changes the warehouse behind the indexer's back.
func (b *bundle) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	require.NoError(t, b.store.Conn().Exec(t.Context(), query, args...))
	require.NoError(t, b.store.Conn().Exec(t.Context(), `INSERT INTO rollup_queue (hour)
		SELECT DISTINCT toStartOfHour(block_time) FROM events`))
}

// place is that of the n-th event of a kind, counted back from the newest, 0.
func (b *bundle) place(t *testing.T, kind decode.Kind, n int) store.Place {
	t.Helper()

	var p store.Place

	require.NoError(t, b.store.Conn().QueryRow(t.Context(), `SELECT block_number, log_index FROM events FINAL
		WHERE kind = ? ORDER BY block_number DESC, log_index DESC LIMIT 1 OFFSET ?`, string(kind), n).Scan(&p.Block, &p.LogIndex))

	return p
}

func figures(checks []audit.Check) []string {
	names := make([]string, 0, len(checks))
	for _, c := range checks {
		names = append(names, c.Figure)
	}

	return names
}
