package replay

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/rpc"

	"diemhouse/pkg/venice"
)

// ethAPI is the eth_ namespace of a capture.
type ethAPI struct {
	capture    *Capture
	rangeLimit uint64
}

// ChainId is eth_chainId: Base's.
func (a *ethAPI) ChainId() hexutil.Uint64 {
	return hexutil.Uint64(venice.Base().ChainID)
}

// BlockNumber is eth_blockNumber.
func (a *ethAPI) BlockNumber() hexutil.Uint64 { return hexutil.Uint64(a.capture.head.number) }

// Syncing is eth_syncing: no.
func (a *ethAPI) Syncing() bool { return false }

// GetBlockByNumber is eth_getBlockByNumber.
func (a *ethAPI) GetBlockByNumber(tag rpc.BlockNumber, _ *bool) (json.RawMessage, error) {
	if tag == rpc.PendingBlockNumber {
		return nil, nil
	}
	number, err := a.capture.resolve(tag)
	if err != nil || number > a.capture.head.number {
		return nil, err
	}
	b, err := a.capture.known(number)
	if err != nil {
		return nil, err
	}
	return b.answer()
}

// GetBlockByHash is eth_getBlockByHash.
func (a *ethAPI) GetBlockByHash(hash common.Hash, _ *bool) (json.RawMessage, error) {
	b := a.capture.byHash[hash]
	if b == nil {
		return nil, nil
	}
	b, err := a.capture.known(b.number)
	if err != nil {
		return nil, err
	}
	return b.answer()
}

// GetLogs is eth_getLogs.
func (a *ethAPI) GetLogs(q filters.FilterCriteria) ([]types.Log, error) {
	return a.capture.query(q, a.rangeLimit)
}

// GetTransactionReceipt is eth_getTransactionReceipt, null for what was not captured.
func (a *ethAPI) GetTransactionReceipt(tx common.Hash) json.RawMessage {
	return a.capture.receipts[tx]
}

// GetBlockReceipts is eth_getBlockReceipts.
func (a *ethAPI) GetBlockReceipts(id rpc.BlockNumberOrHash) ([]json.RawMessage, error) {
	b, err := a.block(id)
	if err != nil || b == nil {
		return nil, err
	}
	return b.allReceipts()
}

// GetCode is eth_getCode: the shortest code there is for Venice's contracts and for
// whatever emitted a captured log, none for everybody else.
func (a *ethAPI) GetCode(address common.Address, _ rpc.BlockNumberOrHash) hexutil.Bytes {
	d := venice.Base()
	const invalid = 0xfe
	switch address {
	case d.VVV, d.Staking, d.DIEM, d.Airdrop:
		return hexutil.Bytes{invalid}
	}
	if a.capture.emitters[address] {
		return hexutil.Bytes{invalid}
	}
	return hexutil.Bytes{}
}

// Call is eth_call, which needs a state.
func (a *ethAPI) Call(_ map[string]any, _ *rpc.BlockNumberOrHash, _, _ *map[string]any) (hexutil.Bytes, error) {
	return nil, refuse(codeUnsupported, "the method eth_call is not supported by a replay: it holds captured logs only")
}

// NewHeads is eth_subscribe("newHeads"): the head never moves, so nothing comes.
func (a *ethAPI) NewHeads(ctx context.Context) (*rpc.Subscription, error) { return quiet(ctx) }

// Logs is eth_subscribe("logs"): nothing comes.
func (a *ethAPI) Logs(ctx context.Context, _ *filters.FilterCriteria) (*rpc.Subscription, error) {
	return quiet(ctx)
}

func (a *ethAPI) block(id rpc.BlockNumberOrHash) (*block, error) {
	if hash, named := id.Hash(); named {
		return a.capture.byHash[hash], nil
	}
	tag, _ := id.Number()
	number, err := a.capture.resolve(tag)
	if err != nil || number > a.capture.head.number {
		return nil, err
	}
	return a.capture.known(number)
}

func quiet(ctx context.Context) (*rpc.Subscription, error) {
	notifier, supported := rpc.NotifierFromContext(ctx)
	if !supported {
		return nil, rpc.ErrNotificationsUnsupported
	}
	return notifier.CreateSubscription(), nil
}

// known gives the block of a number where there is a header to give.
func (c *Capture) known(number uint64) (*block, error) {
	b := c.blocks[number]
	if b == nil {
		return nil, refuse(codeNotFound, "block %d not found: it was not captured; read this history without verification (--verify none)", number)
	}
	if b.header == nil {
		return nil, refuse(codeNotFound, "header of block %d not found: only its logs were captured; read this history without verification (--verify none)", number)
	}
	return b, nil
}

// allReceipts gives the receipts of the block where all of them were captured: none
// is missing from the first on, and the last one's gas is the block's.
func (b *block) allReceipts() ([]json.RawMessage, error) {
	raws := make([]json.RawMessage, len(b.receipts))
	var gas uint64
	whole := b.header != nil && (len(b.receipts) > 0 || len(b.logs) == 0)
	for i, r := range b.receipts {
		whole = whole && r.index == uint64(i)
		raws[i], gas = r.raw, r.cumulativeGas
	}
	if !whole || gas != b.header.GasUsed {
		return nil, refuse(codeNotFound, "receipts of block %d not found: not all of them were captured", b.number)
	}
	return raws, nil
}

// netAPI is the net_ namespace.
type netAPI struct{}

// Version is net_version: the chain id in decimal.
func (netAPI) Version() string { return strconv.FormatUint(venice.Base().ChainID, 10) }

// web3API is the web3_ namespace.
type web3API struct{}

// ClientVersion is web3_clientVersion.
func (web3API) ClientVersion() string { return "diemhouse-replay" }
