package canned

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// Limits are those of an endpoint. Zero: none.
type Limits struct {
	// Range is the greatest number of blocks an eth_getLogs.
	Range uint64
	// Results is the greatest number of logs in an answer.
	Results int
}

type refusal struct {
	code    int
	message string
}

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, message: fmt.Sprintf(format, args...)}
}

// answer appends the result of a call to b.
func (c *Chain) answer(b []byte, limits Limits, method string, params []json.RawMessage) ([]byte, *refusal) {
	switch method {
	case "eth_chainId":
		return fmt.Appendf(b, `"0x%x"`, c.cfg.Deployment.ChainID), nil
	case "eth_blockNumber":
		return fmt.Appendf(b, `"0x%x"`, c.Head()), nil
	case "eth_getCode":
		return append(b, `"0x00"`...), nil
	case "eth_getHeaderByNumber", "eth_getHeaderByHash":
		return c.blockAnswer(b, params, c.appendHeader)
	case "eth_getBlockByNumber", "eth_getBlockByHash":
		full := len(params) > 1 && string(params[1]) == "true"

		return c.blockAnswer(b, params, func(b []byte, number uint64) []byte { return c.appendBlock(b, number, full) })
	case "eth_getBlockReceipts":
		return c.blockAnswer(b, params, c.appendReceipts)
	case "eth_getLogs":
		return c.logsAnswer(b, limits, params)
	default:
		return b, refuse(-32601, "the method %s does not exist/is not available", method)
	}
}

// at gives the block that a parameter names: a number, a tag or a hash.
func (c *Chain) at(param json.RawMessage) (number uint64, known bool) {
	text := strings.Trim(string(param), `"`)
	head := c.first() + uint64(len(c.blocks)) - 1

	switch {
	case text == "latest" || text == "safe" || text == "finalized" || text == "pending":
		return head, true
	case len(text) == 66:
		hash := common.HexToHash(text)

		for i, b := range slices.Backward(c.blocks) { // asked near the head only
			if b.hash == hash {
				return c.first() + uint64(i), true
			}
		}

		return 0, false
	default:
		number, err := hexutil.DecodeUint64(text)

		return number, err == nil && number >= c.first() && number <= head
	}
}

// blockAnswer appends what is asked of the block that the first parameter names, null
// where there is none.
func (c *Chain) blockAnswer(b []byte, params []json.RawMessage, write func(b []byte, number uint64) []byte) ([]byte, *refusal) {
	if len(params) == 0 {
		return b, refuse(-32602, "missing block")
	}

	c.mu.RLock()
	defer c.mu.RUnlock()

	number, known := c.at(params[0])
	if !known {
		return append(b, "null"...), nil
	}

	return write(b, number), nil
}

func (c *Chain) appendHeader(b []byte, number uint64) []byte {
	return append(b, c.blocks[number-c.first()].header...)
}

// appendBlock appends a block with its transactions, or their hashes alone.
func (c *Chain) appendBlock(b []byte, number uint64, full bool) []byte {
	made := &c.blocks[number-c.first()]
	header := c.header(number, made)
	body := types.Body{Withdrawals: []*types.Withdrawal{}}

	if made.bloom != nil {
		_, body.Transactions = c.mix.block(number, c.first())
	}

	b = append(b, made.header...)
	b[len(b)-1] = ','
	b = appendQuantity(b, "size", types.NewBlockWithHeader(header).WithBody(body).Size())
	b = append(b, `"uncles":[],"withdrawals":[],"transactions":[`...)

	for i, tx := range body.Transactions {
		if i > 0 {
			b = append(b, ',')
		}

		if full {
			b = c.mix.bundler.appendTransaction(b, tx, number, made.hash, i)
		} else {
			b = append(append(append(b, '"'), tx.Hash().Hex()...), '"')
		}
	}

	return append(b, "]}"...)
}

func (c *Chain) appendReceipts(b []byte, number uint64) []byte {
	made := &c.blocks[number-c.first()]
	if made.bloom == nil {
		return append(b, "[]"...)
	}

	b = append(b, '[')
	logs, _ := c.mix.block(number, c.first())

	for _, r := range receiptsOf(logs) {
		b = append(b, '{')
		b = appendHex(b, "blockHash", made.hash[:])
		b = appendQuantity(b, "blockNumber", number)
		b = appendQuantity(b, "type", uint64(r.Type))
		b = appendQuantity(b, "status", r.Status)
		b = appendQuantity(b, "cumulativeGasUsed", r.CumulativeGasUsed)
		b = appendHex(b, "logsBloom", r.Bloom[:])
		b = appendHex(b, "transactionHash", r.TxHash[:])
		b = appendQuantity(b, "transactionIndex", uint64(r.TransactionIndex))
		b = append(b, `"logs":[`...)

		for i, l := range r.Logs {
			if i > 0 {
				b = append(b, ',')
			}

			l.BlockHash, l.BlockTimestamp = made.hash, blockTime(number)
			b = appendLog(b, l)
		}

		b = append(b, "]},"...)
	}

	b[len(b)-1] = ']'

	return b
}

// wants says for every shape of logs whether a filter asks for it.
func (c *Chain) wants(f *filter) []bool {
	wants := make([]bool, len(c.shapes))
	for i, s := range c.shapes {
		wants[i] = f.matches(s)
	}

	return wants
}

func (c *Chain) logsAnswer(b []byte, limits Limits, params []json.RawMessage) ([]byte, *refusal) {
	var f filter
	if len(params) == 0 || json.Unmarshal(params[0], &f) != nil {
		return b, refuse(-32602, "invalid filter")
	}

	if !f.answerable() {
		return b, refuse(-32602, "no answer is canned for this filter")
	}

	if f.BlockHash != nil {
		f.FromBlock, f.ToBlock = f.BlockHash, f.BlockHash
	}

	c.mu.RLock()
	defer c.mu.RUnlock()

	from, known := c.at(f.FromBlock)
	to, knownTo := c.at(f.ToBlock)

	switch {
	case f.BlockHash != nil && !known:
		return b, refuse(-32000, "unknown block")
	case !known || !knownTo || from > to:
		return b, refuse(-32602, "block range extends beyond current head block")
	case limits.Range > 0 && to-from+1 > limits.Range:
		return b, refuse(-32701, "exceed maximum block range: %d", limits.Range)
	}

	first, last := 0, c.blocks[to-c.first()].to
	if from > c.first() {
		first = c.blocks[from-c.first()-1].to
	}

	return c.logs(b, limits, c.wants(&f), first, last)
}

// logs copies the wanted ones of a stretch of logs.
func (c *Chain) logs(b []byte, limits Limits, wants []bool, first, last int) ([]byte, *refusal) {
	begin, found := len(b), 0
	b = append(b, '[')

	for i := first; i < last; i++ {
		if !wants[c.shape[i]] {
			continue
		}

		if found++; limits.Results > 0 && found > limits.Results {
			return b[:begin], refuse(-32602, "query exceeds max results %d", limits.Results)
		}

		start := 0
		if i > 0 {
			start = c.ends[i-1]
		}

		b = append(b, c.text[start:c.ends[i]]...)
	}

	if found > 0 {
		b = b[:len(b)-1] // the comma after the last
	}

	return append(b, ']'), nil
}
