package follow_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/internal/devnet"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
)

// marks remembers what a verifier tells.
type marks struct {
	block  uint64
	mended store.Replaced
	errs   []error
}

func (m *marks) Verified(block uint64, mended store.Replaced) { m.block, m.mended = block, mended }
func (m *marks) Unverified(err error)                         { m.errs = append(m.errs, err) }

func (b *bundle) verifier(m *marks) *follow.Verifier {
	return &follow.Verifier{
		Source: b.pool, Warehouse: b.store, Decoder: b.decoder, Filter: b.filter, Level: chain.VerifyReceipts, Observer: m,
	}
}

// The verifier proves history to the finalized block, finds a log that an endpoint
// left out and one that it made up, and mends both.
func TestVerifierProvesAndMends(t *testing.T) {
	b := setup(t, devnet.Config{})
	history := &follow.History{Source: b.pool, Decoder: b.decoder, Warehouse: b.store, Filter: b.filter}
	require.NoError(t, history.Fill(t.Context(), everything(b)))

	var lost, copied store.Place

	require.NoError(t, b.store.Conn().QueryRow(t.Context(), `SELECT block_number, log_index FROM events FINAL
		WHERE kind = 'stake' ORDER BY block_number LIMIT 1`).Scan(&lost.Block, &lost.LogIndex))
	require.NoError(t, b.store.Conn().Exec(t.Context(), `INSERT INTO events SELECT * REPLACE(version + 1 AS version, 1 AS is_deleted)
		FROM events FINAL WHERE block_number = ? AND log_index = ?`, lost.Block, lost.LogIndex))
	require.NoError(t, b.store.Conn().QueryRow(t.Context(), `SELECT block_number, log_index FROM events FINAL
		WHERE kind = 'claim' ORDER BY block_number DESC LIMIT 1`).Scan(&copied.Block, &copied.LogIndex))
	require.NoError(t, b.store.Conn().Exec(t.Context(), `INSERT INTO events SELECT * REPLACE(toUInt32(log_index + 500) AS log_index)
		FROM (SELECT * FROM events FINAL WHERE block_number = ? AND log_index = ?)`, copied.Block, copied.LogIndex))
	copied.LogIndex += 500

	var m marks

	for more := true; more; {
		var err error
		more, err = b.verifier(&m).Step(t.Context())
		require.NoError(t, err)
	}

	final := b.net.Head().Number.Uint64() - finalizedLag
	require.Equal(t, final, m.block)
	require.Equal(t, store.Replaced{Missing: []store.Place{lost}, Extra: []store.Place{copied}}, m.mended)

	mark, ok, err := b.store.Verified(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, store.Verified{Block: final, Hash: b.net.Header(final).Hash(), Level: "receipts"}, mark)

	// What comes later is proved from the mark on, and nothing is left to mend.
	_, err = b.net.Mine(5)
	require.NoError(t, err)
	require.NoError(t, history.Fill(t.Context(), everything(b)))

	_, err = b.verifier(&m).Step(t.Context())
	require.NoError(t, err)
	require.Equal(t, final+5, m.block)
	require.Equal(t, store.Replaced{}, m.mended)
}

// A log that is there, in its place and of its block, but not as the chain has it: one
// with another amount, and one with other arguments.
func TestVerifierComparesContents(t *testing.T) {
	b := setup(t, devnet.Config{})
	history := &follow.History{Source: b.pool, Decoder: b.decoder, Warehouse: b.store, Filter: b.filter}
	require.NoError(t, history.Fill(t.Context(), everything(b)))

	changes := map[string]string{"claim": "vvv_wei + 1 AS vvv_wei", "cooldown_updated": "'{}' AS args"}
	want := make([]store.Place, 0, len(changes))

	for kind, change := range changes {
		var p store.Place

		require.NoError(t, b.store.Conn().QueryRow(t.Context(), `SELECT block_number, log_index FROM events FINAL
			WHERE kind = ? ORDER BY block_number LIMIT 1`, kind).Scan(&p.Block, &p.LogIndex))
		require.NoError(t, b.store.Conn().Exec(t.Context(), `INSERT INTO events SELECT * REPLACE(version + 1 AS version, `+change+`)
			FROM events FINAL WHERE block_number = ? AND log_index = ?`, p.Block, p.LogIndex))

		want = append(want, p)
	}

	var (
		m     marks
		found store.Replaced
	)

	for more := true; more; {
		var err error
		more, err = b.verifier(&m).Step(t.Context())
		require.NoError(t, err)

		found.Changed = append(found.Changed, m.mended.Changed...)
		require.Empty(t, m.mended.Missing)
		require.Empty(t, m.mended.Extra)
	}

	require.ElementsMatch(t, want, found.Changed)
}

// What is not covered is not proved.
func TestVerifierWaitsForHistory(t *testing.T) {
	b := setup(t, devnet.Config{})

	var m marks

	more, err := b.verifier(&m).Step(t.Context())
	require.NoError(t, err)
	require.False(t, more)

	_, ok, err := b.store.Verified(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
}
