package chain

import (
	"fmt"

	"github.com/ethereum/go-ethereum/common"
)

// seams are the places between two blocks where what was verified so far ends, by the
// number of the block before: its hash as one side or the other says. A seam whose two
// sides are known is closed and forgotten, so that there are no more than pieces.
type seams map[uint64]seam

type seam struct {
	hash common.Hash
	// before is true when the hash is that of the block before itself, false when it
	// is what the block after has for its parent.
	before bool
}

// join adds a verified range. It fails, and adds nothing, when a range beside it says
// otherwise.
func (s seams) join(r Range, a rangeAnswer) error {
	if r.From > 0 {
		if known, ok := s[r.From-1]; ok && known.before && known.hash != a.parent {
			return fmt.Errorf("block %d has parent %s, the block before is %s", r.From, a.parent, known.hash)
		}
	}

	if known, ok := s[r.To]; ok && !known.before && known.hash != a.last {
		return fmt.Errorf("block %d is %s, the block after has parent %s", r.To, a.last, known.hash)
	}

	if r.From > 0 {
		s.side(r.From-1, seam{hash: a.parent})
	}

	s.side(r.To, seam{hash: a.last, before: true})

	return nil
}

func (s seams) side(number uint64, side seam) {
	if known, ok := s[number]; ok && known.before != side.before {
		delete(s, number)
	} else {
		s[number] = side
	}
}

// link checks that a verified answer fits those delivered beside it.
func (s *scan) link(f *flight, a rangeAnswer) error {
	if s.cfg.Verify == VerifyNone {
		return nil
	}

	s.mu.Lock()
	defer s.mu.Unlock()

	if err := s.seams.join(f.Range, a); err != nil {
		return f.endpoint.refusal(Untrue, methodHeader, err)
	}

	return nil
}
