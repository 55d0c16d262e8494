package chain

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

var someone = common.BytesToHash(common.HexToAddress("0x1234").Bytes())

func transfer(of common.Address, from, to common.Hash) types.Log {
	return types.Log{Address: of, Topics: []common.Hash{topicTransfer, from, to}}
}

func bloomOf(logs ...types.Log) types.Bloom {
	var b types.Bloom

	for i := range logs {
		b.Add(logs[i].Address.Bytes())

		for _, topic := range logs[i].Topics {
			b.Add(topic.Bytes())
		}
	}

	return b
}

func TestFilterSetsWantWhatTheyPromise(t *testing.T) {
	t.Parallel()

	stranger := common.HexToAddress("0x99")
	zero := common.Hash{}

	for name, c := range map[string]struct {
		log       types.Log
		core, all bool
	}{
		"VVV mint":                   {transfer(contracts.VVV, zero, someone), true, true},
		"VVV burn":                   {transfer(contracts.VVV, someone, zero), true, true},
		"VVV transfer":               {transfer(contracts.VVV, someone, someone), false, true},
		"VVV approval":               {types.Log{Address: contracts.VVV, Topics: []common.Hash{{1}, zero, zero}}, false, true},
		"VVV short":                  {types.Log{Address: contracts.VVV, Topics: []common.Hash{topicTransfer}}, false, true},
		"DIEM transfer":              {transfer(contracts.DIEM, someone, someone), true, true},
		"staking, unknown":           {types.Log{Address: contracts.Staking, Topics: []common.Hash{{7}}}, true, true},
		"staking, anonymous":         {types.Log{Address: contracts.Staking}, true, true},
		"airdrop":                    {types.Log{Address: contracts.Airdrop, Topics: []common.Hash{{7}}}, true, true},
		"a mint of another token":    {transfer(stranger, zero, someone), false, false},
		"another contract's nothing": {types.Log{Address: stranger}, false, false},
	} {
		for set, want := range map[string]bool{FilterCore: c.core, FilterAll: c.all} {
			f := filterSet(t, set)
			require.Equal(t, want, f.Wanted(&c.log), "%s, %s", name, set)

			if want {
				require.True(t, f.InBloom(bloomOf(c.log)), "%s, %s: a wanted log is in the bloom", name, set)
			}
		}
	}

	require.ElementsMatch(t, []common.Address{contracts.VVV, contracts.Staking, contracts.DIEM, contracts.Airdrop},
		filterSet(t, FilterCore).Addresses())
	require.Equal(t, "core", filterSet(t, FilterCore).Name())
	require.Len(t, filterSet(t, FilterAll).queries, 1, "one request where the filter permits")
}

func TestABloomProvesAbsence(t *testing.T) {
	t.Parallel()

	core, all := filterSet(t, FilterCore), filterSet(t, FilterAll)
	plain := bloomOf(transfer(contracts.VVV, someone, someone))

	require.False(t, core.InBloom(types.Bloom{}))
	require.False(t, core.InBloom(plain), "neither mint nor burn")
	require.True(t, all.InBloom(plain))
	require.False(t, core.InBloom(bloomOf(transfer(common.HexToAddress("0x99"), common.Hash{}, someone))))
}

func TestFilterSetRefusesWhatMatchesNothing(t *testing.T) {
	t.Parallel()

	for _, name := range []string{FilterCore, FilterAll} {
		_, err := NewFilterSet(name, Contracts{})
		require.ErrorContains(t, err, "no contract address")

		f, err := NewFilterSet(name, Contracts{DIEM: contracts.DIEM})
		require.NoError(t, err)
		require.Equal(t, []common.Address{contracts.DIEM}, f.Addresses())
	}

	_, err := NewFilterSet("more", contracts)
	require.ErrorContains(t, err, `"more"`)

	l := transfer(contracts.VVV, common.Hash{}, someone)
	require.False(t, FilterSet{}.Wanted(&l))
	require.False(t, FilterSet{}.InBloom(bloomOf(l)))
}

func TestQueryParams(t *testing.T) {
	t.Parallel()

	q := query{
		addresses: []common.Address{contracts.VVV},
		topics:    [][]common.Hash{{topicTransfer}, nil, {{}, {1}}},
	}
	require.Equal(t, map[string]any{
		"address": []common.Address{contracts.VVV},
		"topics":  []any{topicTransfer, nil, []common.Hash{{}, {1}}},
	}, q.params())
}
