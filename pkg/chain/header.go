package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
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

// HashMismatch says that a header's recomputed hash is not the one it states. It
// comes inside a [*Refusal] of kind Untrue.
type HashMismatch struct {
	// Number is the stated block number.
	Number uint64
	// Stated and Computed are the two hashes.
	Stated, Computed common.Hash
	// UnknownFields are fields of the header that this program does not know and
	// that may be hashed: the chain has probably been upgraded past it.
	UnknownFields []string
}

// Error implements error.
func (e *HashMismatch) Error() string {
	msg := fmt.Sprintf("header %d states hash %s but hashes to %s", e.Number, e.Stated, e.Computed)
	if len(e.UnknownFields) > 0 {
		msg += fmt.Sprintf("; it has fields unknown to this program %v: the chain may have been upgraded, "+
			"update the program or switch the header check off", e.UnknownFields)
	}

	return msg
}
