package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// abandoned is the age at which the mark of another process is taken for one that was
// killed. A range is replaced in seconds, and Redecode tells the rollups page by page.
const abandoned = time.Hour

// rewriter lets one rewrite of this process at a time note how far it came.
type rewriter struct {
	sync.Mutex

	mark string // the key of meta that is this process's own
}

func newRewriter() *rewriter { return &rewriter{mark: metaRewriting + "/" + rand.Text()} }

// beginRewrite notes the version from which on rows of blocks that count as covered
// are written again. Were the process killed before it has told the rollups, nothing
// else would: what is not covered is read again, but this is. The note is the
// process's own, so that no other that rewrites at the same time ends it.
func (s *Store) beginRewrite(ctx context.Context) error {
	left, err := s.requeueRewritten(ctx)
	if err != nil || slices.Contains(left, s.rewrite.mark) {
		return err // what this process began before has not ended yet
	}

	version, err := s.tick(ctx)
	if err != nil {
		return err
	}

	return s.putMeta(ctx, s.rewrite.mark, strconv.FormatUint(version, 10))
}

// endRewrite says that the rollups know all.
func (s *Store) endRewrite(ctx context.Context) error { return s.putMeta(ctx, s.rewrite.mark, "") }

// requeueRewritten gives the rollups the hours of what rewrites have written that did
// not come to their end, and names the marks of those that still may. The next rewrite
// and every start of the daemon do.
func (s *Store) requeueRewritten(ctx context.Context) (left []string, err error) {
	marks, err := s.unfinished(ctx)
	if err != nil || len(marks) == 0 {
		return nil, err
	}

	first := marks[0].since
	for _, m := range marks {
		first = min(first, m.since)
	}

	err = s.exec(ctx, `INSERT INTO rollup_queue (hour)
		SELECT DISTINCT toStartOfHour(block_time) FROM events WHERE version >= ?`, first)
	if err != nil {
		return nil, fmt.Errorf("queue the hours of an unfinished rewrite: %w", err)
	}

	for _, m := range marks {
		if m.key == s.rewrite.mark || s.clock.wall() < m.since+uint64(abandoned.Microseconds()) {
			left = append(left, m.key)
		} else if err := s.putMeta(ctx, m.key, ""); err != nil {
			return nil, err
		}
	}

	return left, nil
}

// mark says that rows of this version or a greater one may not be in the rollups.
type mark struct {
	key   string
	since uint64
}

// unfinished are the marks of every process whose rewrite has not come to its end.
func (s *Store) unfinished(ctx context.Context) (marks []mark, err error) {
	have, err := s.meta(ctx)
	if err != nil {
		return nil, err
	}

	for key, values := range have {
		if !strings.HasPrefix(key, metaRewriting) || values[0] == "" {
			continue
		}

		since, err := strconv.ParseUint(values[0], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read the mark %s of an unfinished rewrite: %w", key, err)
		}

		marks = append(marks, mark{key, since})
	}

	return marks, nil
}
