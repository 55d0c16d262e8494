package canned

import (
	"encoding/hex"
	"strconv"

	"github.com/ethereum/go-ethereum/core/types"
)

func appendHex(b []byte, name string, value []byte) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":"0x`...)
	b = hex.AppendEncode(b, value)

	return append(b, `",`...)
}

func appendQuantity(b []byte, name string, n uint64) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, `":"0x`...)
	b = strconv.AppendUint(b, n, 16)

	return append(b, `",`...)
}

// appendLog writes a log as go-ethereum does.
func appendLog(b []byte, l *types.Log) []byte {
	b = append(b, '{')
	b = appendHex(b, "address", l.Address[:])
	b = append(b, `"topics":[`...)

	for i, t := range l.Topics {
		if i > 0 {
			b = append(b, ',')
		}

		b = append(b, `"0x`...)
		b = hex.AppendEncode(b, t[:])
		b = append(b, '"')
	}

	b = append(b, "],"...)
	b = appendHex(b, "data", l.Data)
	b = appendQuantity(b, "blockNumber", l.BlockNumber)
	b = appendHex(b, "transactionHash", l.TxHash[:])
	b = appendQuantity(b, "transactionIndex", uint64(l.TxIndex))
	b = appendHex(b, "blockHash", l.BlockHash[:])
	b = appendQuantity(b, "blockTimestamp", l.BlockTimestamp)
	b = appendQuantity(b, "logIndex", uint64(l.Index))

	return append(b, `"removed":false}`...)
}

// appendHeader writes a header as go-ethereum does.
func appendHeader(b []byte, h *types.Header, hash []byte) []byte {
	b = append(b, '{')
	b = appendHex(b, "parentHash", h.ParentHash[:])
	b = appendHex(b, "sha3Uncles", h.UncleHash[:])
	b = appendHex(b, "miner", h.Coinbase[:])
	b = appendHex(b, "stateRoot", h.Root[:])
	b = appendHex(b, "transactionsRoot", h.TxHash[:])
	b = appendHex(b, "receiptsRoot", h.ReceiptHash[:])
	b = appendHex(b, "logsBloom", h.Bloom[:])
	b = appendQuantity(b, "difficulty", h.Difficulty.Uint64())
	b = appendQuantity(b, "number", h.Number.Uint64())
	b = appendQuantity(b, "gasLimit", h.GasLimit)
	b = appendQuantity(b, "gasUsed", h.GasUsed)
	b = appendQuantity(b, "timestamp", h.Time)
	b = appendHex(b, "extraData", h.Extra)
	b = appendHex(b, "mixHash", h.MixDigest[:])
	b = appendHex(b, "nonce", h.Nonce[:])
	b = appendQuantity(b, "baseFeePerGas", h.BaseFee.Uint64())
	b = appendHex(b, "withdrawalsRoot", h.WithdrawalsHash[:])
	b = appendQuantity(b, "blobGasUsed", *h.BlobGasUsed)
	b = appendQuantity(b, "excessBlobGas", *h.ExcessBlobGas)
	b = appendHex(b, "parentBeaconBlockRoot", h.ParentBeaconRoot[:])
	b = appendHex(b, "requestsHash", h.RequestsHash[:])
	b = appendHex(b, "hash", hash)
	b[len(b)-1] = '}'

	return b
}
