package follow

import (
	"context"
	"sync"

	"diemhouse/pkg/chain"
)

// readAhead is how many blocks are read at a time while the loop catches up. Their
// order, and that each is the child of the one before, is checked afterwards.
const readAhead = 8

// ahead reads headers and their logs up to a height before they are asked for. It
// serves one walk, from its goroutine.
type ahead struct {
	chain.HeaderSource

	source HeadSource
	filter chain.FilterSet
	from   uint64 // the first height that is read ahead
	to     uint64 // the last one
	next   uint64 // the first height whose reading has not begun

	ctx     context.Context //nolint:containedctx // lives as long as one walk
	cancel  context.CancelFunc
	readers sync.WaitGroup
	reads   map[uint64]*read
}

// read is one block under way.
type read struct {
	headed, logged chan struct{} // closed when the header, and then the logs, are there

	header    chain.Header
	headerErr error
	logs      chain.BlockLogs
	logsErr   error
}

func newAhead(ctx context.Context, source HeadSource, filter chain.FilterSet, from, to uint64) *ahead {
	ctx, cancel := context.WithCancel(ctx)

	return &ahead{
		HeaderSource: source, source: source, filter: filter, from: from, to: to, next: from,
		ctx: ctx, cancel: cancel, reads: make(map[uint64]*read),
	}
}

// HeaderByNumber gives a header. Heights above from come from what was read ahead.
func (a *ahead) HeaderByNumber(ctx context.Context, number uint64) (chain.Header, error) {
	if number < a.from {
		return a.source.HeaderByNumber(ctx, number)
	}

	for ; a.next <= a.to && a.next < number+readAhead; a.next++ {
		r := &read{headed: make(chan struct{}), logged: make(chan struct{})}
		a.reads[a.next] = r
		at := a.next

		a.readers.Go(func() { a.read(r, at) })
	}

	r := a.reads[number]
	<-r.headed

	return r.header, r.headerErr
}

func (a *ahead) read(r *read, number uint64) {
	defer close(r.logged)

	r.header, r.headerErr = a.source.HeaderByNumber(a.ctx, number)
	close(r.headed)

	if r.headerErr == nil {
		r.logs, r.logsErr = a.source.LogsByBlock(a.ctx, r.header, a.filter)
	}
}

// logs gives the logs of a block whose header was given.
func (a *ahead) logs(header chain.Header) (chain.BlockLogs, error) {
	r := a.reads[header.Number.Uint64()]
	<-r.logged
	delete(a.reads, header.Number.Uint64())

	return r.logs, r.logsErr
}

// stop ends what is still being read, and waits for it.
func (a *ahead) stop() {
	a.cancel()
	a.readers.Wait()
}
