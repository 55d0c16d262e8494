package rpcjson

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/stretchr/testify/require"
)

// manyLogs is an answer of 10,000 logs in go-ethereum's style: each in a transaction
// of its own, four to a block, three topics, one word of data.
func manyLogs() []byte {
	const logs = 10_000

	parts := make([]string, logs)
	for i := range parts {
		parts[i] = fmt.Sprintf(`{"address":"0xacfe6019ed1a7dc6f7b508c02d1b04ec88cc21bf","topics":[`+
			`"0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",`+
			`"0x%064x","0x%064x"],"data":"0x%064x","blockNumber":"0x%x","transactionHash":"0x%064x",`+
			`"transactionIndex":"0x%x","blockHash":"0x%064x","blockTimestamp":"0x%x","logIndex":"0x%x","removed":false}`,
			i*7919, i*104729, i*1299709, 25_000_000+i/4, i*15485863, i%200, (i/4)*32452843, 1686789347+i/2, i%500)
	}

	return []byte("[" + strings.Join(parts, ",") + "]")
}

// BenchmarkDecode compares the readers on one answer; the figure that counts is
// ns/log.
func BenchmarkLogs(b *testing.B) {
	raw := manyLogs()

	run := func(name string, decode func([]byte) (int, error)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()

			logs := 0

			for b.Loop() {
				n, err := decode(raw)
				require.NoError(b, err)

				logs += n
			}

			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(logs), "ns/log")
		})
	}

	run("fast", func(raw []byte) (int, error) {
		logs, err := Logs(raw)

		return len(logs), err
	})
	run("standard", func(raw []byte) (int, error) {
		logs, err := standardLogs(raw, true)

		return len(logs), err
	})
	run("go-ethereum", func(raw []byte) (int, error) {
		var logs []types.Log
		err := json.Unmarshal(raw, &logs)

		return len(logs), err
	})
}
