package canned

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
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
	case "eth_getBlockByNumber", "eth_getHeaderByNumber", "eth_getBlockByHash", "eth_getHeaderByHash":
		return c.blockAnswer(b, params, c.appendBlock)
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

func (c *Chain) appendBlock(b []byte, number uint64) []byte {
	made := &c.blocks[number-c.first()]

	return appendHeader(b, c.header(number, made), made.hash[:])
}

func (c *Chain) appendReceipts(b []byte, number uint64) []byte {
	made := &c.blocks[number-c.first()]
	if made.bloom == nil {
		return append(b, "[]"...)
	}

	b = append(b, '[')

	for _, r := range receiptsOf(c.mix.block(number, c.first())) {
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

// filter is what eth_getLogs is asked for.
//
//nolint:tagliatelle // JSON-RPC names them so
type filter struct {
	FromBlock json.RawMessage   `json:"fromBlock"`
	ToBlock   json.RawMessage   `json:"toBlock"`
	BlockHash json.RawMessage   `json:"blockHash"`
	Address   json.RawMessage   `json:"address"`
	Topics    []json.RawMessage `json:"topics"`
}

// wants are the classes of logs that a filter asks for. It knows the filters that an
// indexer of this deployment has, and no others.
func (c *Chain) wants(f *filter) (wants [classes]bool, r *refusal) {
	vvv := bytes.Contains(bytes.ToLower(f.Address), []byte(strings.ToLower(c.cfg.Deployment.VVV.Hex())))
	staking := bytes.Contains(bytes.ToLower(f.Address), []byte(strings.ToLower(c.cfg.Deployment.Staking.Hex())))
	zero := []byte(common.Hash{}.Hex())

	switch {
	case vvv && staking && len(f.Topics) == 0:
		wants = [classes]bool{protocol: true, minted: true, burned: true, plain: true}
	case staking && len(f.Topics) == 0:
		wants[protocol] = true
	case vvv && len(f.Topics) == 2 && bytes.Contains(f.Topics[1], zero):
		wants[minted] = true
	case vvv && len(f.Topics) == 3 && bytes.Contains(f.Topics[2], zero):
		wants[burned] = true
	default:
		return wants, refuse(-32602, "no answer is canned for this filter")
	}

	return wants, nil
}

func (c *Chain) logsAnswer(b []byte, limits Limits, params []json.RawMessage) ([]byte, *refusal) {
	var f filter
	if len(params) == 0 || json.Unmarshal(params[0], &f) != nil {
		return b, refuse(-32602, "invalid filter")
	}

	wants, refused := c.wants(&f)
	if refused != nil {
		return b, refused
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

	return c.logs(b, limits, wants, first, last)
}

// logs copies the wanted ones of a stretch of logs.
func (c *Chain) logs(b []byte, limits Limits, wants [classes]bool, first, last int) ([]byte, *refusal) {
	begin, found := len(b), 0
	b = append(b, '[')

	for i := first; i < last; i++ {
		if !wants[c.class[i]] {
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
