package chain

import (
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"
)

var (
	totalSupply = Call{To: contracts.VVV, Data: hexutil.MustDecode("0x18160ddd")}
	// pastTheEnd is diemSupply(256), which reverts.
	pastTheEnd = Call{To: contracts.Staking, Data: append(hexutil.MustDecode("0xb4f70f72"), common.LeftPadBytes([]byte{1, 0}, 32)...)}
	nobody     = Call{To: common.HexToAddress("0x1234567890"), Data: hexutil.MustDecode("0x18160ddd")}
)

func TestStateIsRead(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)
	head := node.Head().Number.Uint64()
	p := newPool(t, quick(node.HTTPURL()))

	client, err := ethclient.DialContext(t.Context(), node.HTTPURL())
	require.NoError(t, err)

	defer client.Close()

	for _, block := range []uint64{head - 100, head} {
		want, err := client.CallContract(t.Context(), ethereum.CallMsg{To: &totalSupply.To, Data: totalSupply.Data},
			new(big.Int).SetUint64(block))
		require.NoError(t, err)
		require.NotZero(t, new(big.Int).SetBytes(want))

		for _, at := range []At{AtBlock(block), AtHash(node.Header(block).Hash())} {
			data, err := p.Call(t.Context(), totalSupply, at)
			require.NoError(t, err)
			require.Equal(t, want, data)
		}
	}

	_, err = p.Call(t.Context(), pastTheEnd, Latest())
	kind, _ := KindOf(err)
	require.Equal(t, Reverted, kind, "%v", err)

	code, err := p.CodeAt(t.Context(), contracts.DIEM, Latest())
	require.NoError(t, err)
	require.NotEmpty(t, code)

	code, err = p.CodeAt(t.Context(), nobody.To, AtBlock(head))
	require.NoError(t, err)
	require.Empty(t, code)
}

// Many calls give each its own outcome, through Multicall3 (which is there on both
// nodes or not) and without it, on a node that takes batches and one that does not.
func TestManyCallsGiveEachItsOutcome(t *testing.T) {
	t.Parallel()

	geth, other := sharedNode(t), ownAnvil(t, 2)
	noBatch := newFront(t, geth.HTTPURL(), func(calls []frontCall, _ bool) *reply {
		if len(calls) > 1 {
			return &reply{status: 400, body: `{"error":{"code":-32600,"message":"batch requests are disabled"}}`}
		}

		return nil
	})

	for name, url := range map[string]string{"geth": geth.HTTPURL(), "anvil": other.HTTPURL(), "no batches": noBatch.URL} {
		for _, without := range []bool{false, true} {
			p := newPool(t, quick(url))
			p.endpoints[0].noMulticall.Store(without)

			results, err := p.Calls(t.Context(), []Call{totalSupply, pastTheEnd, nobody, totalSupply}, Latest())
			require.NoError(t, err, name)
			require.Len(t, results, 4)
			require.NoError(t, results[0].Err)
			require.Len(t, results[0].Data, 32)

			kind, _ := KindOf(results[1].Err)
			require.Equal(t, Reverted, kind, "%s: %v", name, results[1].Err)
			require.NoError(t, results[2].Err)
			require.Empty(t, results[2].Data)
			require.Equal(t, results[0], results[3])
		}
	}

	results, err := newPool(t, quick(geth.HTTPURL())).Calls(t.Context(), nil, Latest())
	require.NoError(t, err)
	require.Empty(t, results)
}

// State that nobody keeps is unknown, which is no failure of the endpoint.
func TestStateThatNobodyKeepsIsUnknown(t *testing.T) {
	t.Parallel()

	node := sharedNode(t)

	for id, unknown := range map[string]bool{
		"geth-missing-state": true, "publicnode-archive": true, "base-no-blockreceipts": true, "ankr-no-key": true,
		"base-no-backend": false,
	} {
		c := capturedNamed(t, id)
		p := newPool(t, quick(newFront(t, node.HTTPURL(), always(c.Status, c.Body)).URL))

		_, err := p.Call(t.Context(), totalSupply, AtBlock(3))
		require.Equal(t, unknown, IsNoState(err), "%s: %v", id, err)

		_, err = p.Calls(t.Context(), []Call{totalSupply, nobody}, AtBlock(3))
		require.Equal(t, unknown, IsNoState(err), "%s: %v", id, err)

		_, err = p.CodeAt(t.Context(), contracts.VVV, AtBlock(3))
		require.Equal(t, unknown, IsNoState(err), "%s: %v", id, err)
	}

	for _, result := range []string{`null`, `"xyz"`, `1`} {
		p := newPool(t, quick(newFront(t, "", func(calls []frontCall, batch bool) *reply {
			return answers(calls, batch, func(frontCall) string { return result })
		}).URL))

		_, err := p.Call(t.Context(), totalSupply, Latest())
		kind, _ := KindOf(err)
		require.Equal(t, Malformed, kind, result)
	}
}
