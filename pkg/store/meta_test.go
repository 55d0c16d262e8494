package store_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"

	"diemhouse/internal/testenv"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

func deployment() venice.Deployment {
	return venice.Deployment{
		ChainID: 8453, VVV: common.Address{1}, Staking: common.Address{2}, DIEM: common.Address{3}, Airdrop: common.Address{4},
		Treasury: common.Address{5}, BuybackSafe: common.Address{6}, Pools: []common.Address{{7}, {8}}, FirstBlock: 10,
	}
}

func TestWarehouseHoldsOneDeployment(t *testing.T) {
	t.Parallel()

	dsn := testenv.DSN(t)
	s := open(t, dsn)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.Bind(t.Context(), deployment()))
	require.NoError(t, s.Bind(t.Context(), deployment()), "the same again is welcome")

	same := deployment()
	same.FirstBlock, same.Pools = 99, []common.Address{{8}, {7}}
	require.NoError(t, open(t, dsn).Bind(t.Context(), same), "first block and order of the pools are no part of it")

	for what, change := range map[string]func(*venice.Deployment){
		"chain_id":   func(d *venice.Deployment) { d.ChainID = 1 },
		"deployment": func(d *venice.Deployment) { d.Staking = common.Address{9} },
		"names":      func(d *venice.Deployment) { d.Pools = d.Pools[:1] },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()

			other := deployment()
			change(&other)

			err := open(t, dsn).Bind(t.Context(), other)

			var refused *store.OtherWarehouseError

			require.ErrorAs(t, err, &refused)
			require.Equal(t, what, refused.What)
			require.NotEqual(t, refused.Holds, refused.Given)
			require.ErrorContains(t, err, refused.Holds)
			require.ErrorContains(t, err, refused.Given)
			require.ErrorContains(t, err, "another database")
			require.False(t, store.Retryable(err))
		})
	}
}

func TestFirstBlockIsKept(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	_, ok, err := s.FirstBlock(t.Context())
	require.NoError(t, err)
	require.False(t, ok)

	for _, block := range []uint64{25_000_000, 24_000_000} {
		require.NoError(t, s.SetFirstBlock(t.Context(), block))

		have, ok, err := s.FirstBlock(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, block, have)
	}
}

func TestHeadsAreTheLastSeen(t *testing.T) {
	t.Parallel()

	s := testenv.Open(t)

	_, ok, err := s.Heads(t.Context())
	require.NoError(t, err)
	require.False(t, ok)

	for _, want := range []store.Heads{
		{Head: 100, HeadTime: 1_700_000_000, Safe: 90, Finalized: 80},
		{Head: 95, HeadTime: 1_700_000_010}, // the head can fall
	} {
		require.NoError(t, s.SetHeads(t.Context(), want))

		have, ok, err := s.Heads(t.Context())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, want, have)
	}
}
