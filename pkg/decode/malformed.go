package decode

import (
	"fmt"

	"github.com/ethereum/go-ethereum/core/types"
)

// MalformedError says why a log with a known topic is not the event of that topic.
type MalformedError struct {
	// BlockNumber and LogIndex are the log's place.
	BlockNumber uint64
	LogIndex    uint32
	// Event is the name that the topic stands for.
	Event string
	// Field is what is wrong: topics, data, or the name of an argument.
	Field string
	// Reason says how.
	Reason string
}

// Error names the place, then the problem.
func (e *MalformedError) Error() string {
	return fmt.Sprintf("log %d of block %d: %s", e.LogIndex, e.BlockNumber, e.Problem())
}

// Problem is the error without the place, as [Event] has it.
func (e *MalformedError) Problem() string {
	return fmt.Sprintf("malformed: %s: %s: %s", e.Event, e.Field, e.Reason)
}

func malformed(l *types.Log, event, field, reason string) *MalformedError {
	return &MalformedError{
		BlockNumber: l.BlockNumber, LogIndex: uint32(l.Index), Event: event, Field: field, Reason: reason,
	}
}
