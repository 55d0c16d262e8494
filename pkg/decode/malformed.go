package decode

import "fmt"

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

// Problem is the error without the place, as an event's Problem has it.
func (e *MalformedError) Problem() string {
	return fmt.Sprintf("malformed: %s: %s: %s", e.Event, e.Field, e.Reason)
}
