package chain

import (
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
)

// fake is a chain of blocks full of logs, for what takes more of them than a real
// node makes in a test's time. Its headers do not exist.
type fake struct {
	blocks   uint64
	perBlock int
}

func newFake(blocks uint64, perBlock int) *fake { return &fake{blocks: blocks, perBlock: perBlock} }

func (f *fake) log(block uint64, index int) string {
	return fmt.Sprintf(`{"address":"%s","topics":["%s","%s","%s"],"data":"0x%064x","blockNumber":"0x%x",`+
		`"transactionHash":"0x%064x","transactionIndex":"0x%x","blockHash":"0x%064x","blockTimestamp":"0x%x",`+
		`"logIndex":"0x%x","removed":false}`,
		contracts.VVV.Hex(), topicTransfer.Hex(), common.Hash{}.Hex(), someone.Hex(), index, block,
		block<<32|uint64(index), index, block, 1000+2*block, index)
}

// logs gives the list of logs of the blocks, at most so many.
func (f *fake) logs(r Range, most int) string {
	var parts []string

	for n := max(r.From, 1); n <= min(r.To, f.blocks); n++ {
		for i := range f.perBlock {
			if len(parts) < most {
				parts = append(parts, f.log(n, i))
			}
		}
	}

	return "[" + strings.Join(parts, ",") + "]"
}

func (f *fake) answer(calls []frontCall, batch bool) *reply {
	return f.cappedAt(1<<30)(calls, batch)
}

// cappedAt answers with no more than so many logs, and says nothing about it.
func (f *fake) cappedAt(most int) func([]frontCall, bool) *reply {
	return func(calls []frontCall, batch bool) *reply {
		return answers(calls, batch, func(c frontCall) string {
			if r, ok := asked(c); ok {
				return f.logs(r, most)
			}

			return fmt.Sprintf(`"0x%x"`, f.blocks+lagWindow+1)
		})
	}
}
