package chain

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
)

// lagWindow is how far below an endpoint's head its backends may differ: within it an
// answer must show, in the same request, that whoever gave it has the range's end.
const lagWindow = 2000

// roundAnswer: an answer of exactly a multiple of so many logs smells of a silent
// cap. It is asked again in halves, which costs little when it was an accident.
const roundAnswer = 1000

// readRange reads the wanted logs of a range, checked as far as the job says and
// complete (block hash and time). Its error is a *Refusal or the context's error.
func (e *endpoint) readRange(ctx context.Context, job rangeJob) (rangeAnswer, error) {
	answers, err := e.queryRange(ctx, job.filter, job.Range)
	if err != nil {
		return rangeAnswer{}, err
	}

	job.progress()

	if job.verify == VerifyNone {
		if err := e.complete(ctx, answers); err != nil {
			return rangeAnswer{}, err
		}
	}

	var answer rangeAnswer

	if answer.logs, err = mergeAnswers(answers); err != nil {
		return rangeAnswer{}, e.refusal(Untrue, methodLogs, err)
	}

	if job.verify != VerifyNone {
		if err := e.verifyHeaders(ctx, job, &answer); err != nil {
			return rangeAnswer{}, err
		}
	}

	if err := verifyMerged(answer.logs); err != nil {
		return rangeAnswer{}, e.refusal(Untrue, methodLogs, err)
	}

	return answer, nil
}

// queryRange asks for the logs of a range, and gives the answer to each query of the
// filter set.
func (e *endpoint) queryRange(ctx context.Context, f FilterSet, r Range) ([][]types.Log, error) {
	// A node that has not seen the range yet may answer with what it has.
	if r.To > e.head.Load() {
		head, err := e.headNumber(ctx)
		if err != nil {
			return nil, err
		}

		if r.To > head {
			return nil, e.refusal(BeyondHead, methodLogs, fmt.Errorf("its head is block %d", head))
		}
	}

	filters := make([]map[string]any, len(f.queries))

	for i := range f.queries {
		filters[i] = f.queries[i].params()
		filters[i]["fromBlock"], filters[i]["toBlock"] = hexutil.Uint64(r.From), hexutil.Uint64(r.To)
	}

	var further []rpcCall
	if r.To+lagWindow > e.head.Load() {
		further = append(further, rpcCall{method: methodByNumber, args: []any{hexutil.Uint64(r.To), false}})
	}

	results, err := e.readLogs(ctx, filters, further...)
	if err != nil {
		return nil, err
	}

	// What it says of the logs comes first: a refused batch may refuse the header with
	// them, for no reason of its own.
	for i := range f.queries {
		if results[i].err != nil {
			return nil, results[i].err
		}
	}

	if len(results) > len(f.queries) {
		if err := e.hasEnd(results[len(f.queries)], r.To); err != nil {
			return nil, err
		}
	}

	answers := make([][]types.Log, len(f.queries))

	for i := range answers {
		answers[i], err = results[i].logList()
		if err != nil {
			return nil, e.refusal(Malformed, methodLogs, err)
		}

		if n := len(answers[i]); n >= roundAnswer && n%roundAnswer == 0 && r.Len() > 1 {
			return nil, e.refusal(TooLarge, methodLogs, fmt.Errorf("exactly %d logs: the answer may be cut off", n))
		}

		if err := verifyAnswer(answers[i], &f.queries[i], r); err != nil {
			return nil, e.refusal(Untrue, methodLogs, err)
		}
	}

	return answers, nil
}

// hasEnd checks that a header, read beside the logs, is the one of the range's end.
func (e *endpoint) hasEnd(result rpcResult, end uint64) error {
	if result.err != nil {
		return result.err
	}

	if isNull(result.data) {
		return e.refusal(BeyondHead, methodLogs, fmt.Errorf("it does not have block %d yet", end))
	}

	_, err := e.numberedHeader(result.data, end)

	return err
}

// complete fills block hash and block time from the headers where the endpoint
// leaves them out.
func (e *endpoint) complete(ctx context.Context, answers [][]types.Log) error {
	var numbers []uint64

	for _, logs := range answers {
		for i := range logs {
			if incomplete(&logs[i]) {
				numbers = append(numbers, logs[i].BlockNumber)
			}
		}
	}

	if len(numbers) == 0 {
		return nil
	}

	slices.Sort(numbers)
	numbers = slices.Compact(numbers)

	headers, err := e.headersOf(ctx, numbers)
	if err != nil {
		return err
	}

	for _, logs := range answers {
		for i := range logs {
			l := &logs[i]
			if !incomplete(l) {
				continue
			}

			at, _ := slices.BinarySearch(numbers, l.BlockNumber)
			h := headers[at]

			if l.BlockHash != (common.Hash{}) && l.BlockHash != h.Hash {
				return e.refusal(Untrue, methodLogs, violation(l, "has block hash %s, the header %s", l.BlockHash, h.Hash))
			}

			l.BlockHash, l.BlockTimestamp = h.Hash, h.Time
		}
	}

	return nil
}

func incomplete(l *types.Log) bool {
	return l.BlockTimestamp == 0 || l.BlockHash == (common.Hash{})
}
