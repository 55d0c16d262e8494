package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"diemhouse/pkg/chain/rpcjson"
)

var (
	errNoBlock = errors.New("no such block")
	errPending = errors.New("header states no hash: it is the pending block")
)

// Ref names one block.
type Ref struct {
	Number uint64
	Hash   common.Hash
}

// String gives "number (hash)".
func (r Ref) String() string { return fmt.Sprintf("%d (%s)", r.Number, r.Hash) }

// Header is a block header whose hash was recomputed here, unless
// [Config.TrustHeaderHash] says not to.
type Header struct {
	*types.Header

	// Hash is the block's hash.
	Hash common.Hash
	// Endpoint is the name of the endpoint that gave the header.
	Endpoint string
}

// Ref gives the header's number and hash.
func (h Header) Ref() Ref { return Ref{Number: h.Number.Uint64(), Hash: h.Hash} }

// Parent gives the reference of the header's parent. Of block 0 it is meaningless.
func (h Header) Parent() Ref { return Ref{Number: h.Number.Uint64() - 1, Hash: h.ParentHash} }

// HashMismatchError says that a header's recomputed hash is not the one it states. It
// comes inside a [*Refusal] of kind Untrue.
type HashMismatchError struct {
	// Number is the stated block number.
	Number uint64
	// Stated and Computed are the two hashes.
	Stated, Computed common.Hash
	// UnknownFields are fields of the header that this program does not know and
	// that may be hashed: the chain has probably been upgraded past it.
	UnknownFields []string
}

// Error implements error.
func (e *HashMismatchError) Error() string {
	msg := fmt.Sprintf("header %d states hash %s but hashes to %s", e.Number, e.Stated, e.Computed)
	if len(e.UnknownFields) > 0 {
		msg += fmt.Sprintf("; it has fields unknown to this program %v: the chain may have been upgraded, "+
			"update the program or switch the header check off", e.UnknownFields)
	}

	return msg
}

// decodeHeader reads a header and recomputes its hash. A null answer is errNoBlock,
// a header without a hash (the pending block) errPending.
func decodeHeader(raw json.RawMessage, trust bool) (Header, error) {
	if isNull(raw) {
		return Header{}, errNoBlock
	}

	h, stated, err := rpcjson.Header(raw)
	if err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}

	if stated == (common.Hash{}) {
		return Header{}, errPending
	}

	if !h.Number.IsUint64() {
		return Header{}, fmt.Errorf("header: number %s is too great", h.Number)
	}

	if !trust {
		if computed := h.Hash(); computed != stated {
			return Header{}, &HashMismatchError{
				Number: h.Number.Uint64(), Stated: stated, Computed: computed, UnknownFields: unknownFields(raw),
			}
		}
	}

	return Header{Header: h, Hash: stated}, nil
}

// knownFields are the fields of a block answer: those that types.Header hashes and
// those that are known not to be hashed.
var knownFields = map[string]bool{
	"parentHash": true, "sha3Uncles": true, "miner": true, "stateRoot": true, "transactionsRoot": true,
	"receiptsRoot": true, "logsBloom": true, "difficulty": true, "number": true, "gasLimit": true,
	"gasUsed": true, "timestamp": true, "extraData": true, "mixHash": true, "nonce": true,
	"baseFeePerGas": true, "withdrawalsRoot": true, "blobGasUsed": true, "excessBlobGas": true,
	"parentBeaconBlockRoot": true, "requestsHash": true, "blockAccessListHash": true, "slotNumber": true,
	"hash": true, "size": true, "totalDifficulty": true, "transactions": true, "uncles": true,
	"withdrawals": true,
}

func unknownFields(raw json.RawMessage) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}

	var unknown []string

	for name := range fields {
		if !knownFields[name] {
			unknown = append(unknown, name)
		}
	}

	slices.Sort(unknown)

	return unknown
}

func isNull(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)

	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}
