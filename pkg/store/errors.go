package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Codes of ClickHouse's errors that this package tells apart.
const (
	codeAuthFailed       = 516
	codeWrongPassword    = 193
	codeRequiredPassword = 194
	codeUnknownUser      = 192
	codeAccessDenied     = 497
	codeReadonly         = 164
	codeUnknownTable     = 60
	codeNotEnoughSpace   = 243
	codeCannotWrite      = 75
)

// retryableCodes are the errors of a server that is busy, short of something, or
// going up or down: the same statement may work a moment later.
var retryableCodes = []int32{
	3,  // UNEXPECTED_END_OF_FILE: the connection broke in the middle of the data
	32, // ATTEMPT_TO_READ_AFTER_EOF
	codeCannotWrite,
	76,  // CANNOT_OPEN_FILE: out of descriptors
	159, // TIMEOUT_EXCEEDED
	202, // TOO_MANY_SIMULTANEOUS_QUERIES
	203, // NO_FREE_CONNECTION
	209, // SOCKET_TIMEOUT
	210, // NETWORK_ERROR
	225, // NO_ZOOKEEPER
	236, // ABORTED
	241, // MEMORY_LIMIT_EXCEEDED
	242, // TABLE_IS_READ_ONLY: a replica that lost its keeper
	codeNotEnoughSpace,
	252, // TOO_MANY_PARTS
	285, // TOO_FEW_LIVE_REPLICAS
	286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
	319, // UNKNOWN_STATUS_OF_INSERT
	394, // QUERY_WAS_CANCELLED
	439, // CANNOT_SCHEDULE_TASK
	473, // DEADLOCK_AVOIDED
	999, // KEEPER_EXCEPTION
}

// Retryable reports whether the operation that gave the error may succeed when it is
// simply repeated: the network, a timeout, or a server that is busy, out of memory,
// full or restarting. It is false for what repetition cannot mend (syntax, a missing
// table, a type, a refused user), and for a context that has ended.
func Retryable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}

	if _, overtaken := errors.AsType[*OvertakenError](err); overtaken {
		return true
	}

	if code := codeOf(err); code != 0 {
		return slices.Contains(retryableCodes, code)
	}

	if answered, ok := errors.AsType[*clickhouse.HTTPError](err); ok {
		return answered.StatusCode >= http.StatusInternalServerError ||
			answered.StatusCode == http.StatusTooManyRequests || answered.StatusCode == http.StatusRequestTimeout
	}

	_, network := errors.AsType[net.Error](err)

	return network ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.Is(err, clickhouse.ErrAcquireConnTimeout) || errors.Is(err, clickhouse.ErrConnectionClosed)
}

// advise adds what to do to an error that goes away only when somebody does it. Until
// then it is one to retry.
func advise(err error) error {
	switch codeOf(err) {
	case codeNotEnoughSpace, codeCannotWrite:
		return fmt.Errorf("the disk of the ClickHouse server is full, or it cannot write there; "+
			"free some space, nothing that counts as covered is lost: %w", err)
	default:
		return err
	}
}

// codeOf is the code of the server's error, 0 where there is none.
func codeOf(err error) int32 {
	if exception, ok := errors.AsType[*clickhouse.Exception](err); ok {
		return exception.Code
	}

	return 0
}
