package chain

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/stretchr/testify/require"
)

const (
	cannedBlocks = 100  // a request
	cannedLogs   = 7900 // as many as the scan has in an answer
	cannedRanges = 8
)

// canned answers eth_getLogs for ranges of cannedBlocks with cannedLogs logs that were
// written before, packed or not as the client likes.
type canned struct {
	plain, packed [cannedRanges][]byte
}

func newCanned(tb testing.TB) (*canned, string) {
	tb.Helper()

	c := &canned{}

	for i := range cannedRanges {
		// Hashes, addresses and amounts as random as they are on a chain.
		var b strings.Builder

		chain := &fake{blocks: 1 << 30, perBlock: cannedLogs / cannedBlocks}

		b.WriteString(`,"result":[`)

		for n := range uint64(cannedBlocks) {
			for j := range chain.perBlock {
				if b.Len() > 20 {
					b.WriteByte(',')
				}

				b.WriteString(randomLog(uint64(i*cannedBlocks)+n+1, uint64(j)))
			}
		}

		b.WriteString(`]}`)
		c.plain[i] = []byte(b.String())

		var packed bytes.Buffer

		w := gzip.NewWriter(&packed)
		_, err := w.Write(c.plain[i])
		require.NoError(tb, err)
		require.NoError(tb, w.Close())
		c.packed[i] = packed.Bytes()
	}

	server := httptest.NewServer(c)
	tb.Cleanup(server.Close)

	return c, server.URL
}

// randomLog is a log in go-ethereum's style whose hashes do not repeat.
func randomLog(block, index uint64) string {
	digits := func(seed uint64) string {
		x := (block<<20|seed)*0x9E3779B97F4A7C15 + 1

		var out strings.Builder

		for range 4 {
			x ^= x >> 31
			x *= 0xBF58476D1CE4E5B9

			fmt.Fprintf(&out, "%016x", x)
		}

		return out.String()
	}

	return fmt.Sprintf(`{"address":"%s","topics":["%s","0x000000000000000000000000%s","0x000000000000000000000000%s"],`+
		`"data":"0x%064x","blockNumber":"0x%x","transactionHash":"0x%s","transactionIndex":"0x%x","blockHash":"0x%s",`+
		`"blockTimestamp":"0x%x","logIndex":"0x%x","removed":false}`,
		strings.ToLower(contracts.VVV.Hex()), topicTransfer.Hex(), digits(index<<4 | 1)[:40], digits(index<<4 | 2)[:40],
		index*1e15, block, digits(index<<4|3), index, digits(0)[:48]+fmt.Sprintf("%016x", block), 1000+2*block, index)
}

func (c *canned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)

	_, id, _ := strings.Cut(string(body), `"id":`)
	id, _, _ = strings.Cut(id, ",")
	head := `{"jsonrpc":"2.0","id":` + strings.TrimSuffix(strings.TrimSpace(id), "}")

	_, from, isLogs := strings.Cut(string(body), `"fromBlock":"0x`)
	if !isLogs {
		_, _ = io.WriteString(w, head+`,"result":"0xfffffff"}`)

		return
	}

	var block uint64

	_, _ = fmt.Sscanf(from, "%x", &block)

	i := (block - 1) / cannedBlocks

	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")

		// Two gzip members in a row are one stream.
		pack := gzip.NewWriter(w)
		_, _ = io.WriteString(pack, head)
		_ = pack.Close()
		_, _ = w.Write(c.packed[i])

		return
	}

	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(c.plain[i])))
	_, _ = io.WriteString(w, head)
	_, _ = w.Write(c.plain[i])
}

// BenchmarkRead reads 63,200 logs in 8 requests from a canned endpoint on the same
// machine, one request at a time, and compares with the floor (the body read and
// thrown away), with an answer that comes packed, and with go-ethereum's client.
func BenchmarkRead(b *testing.B) {
	server, url := newCanned(b)
	size := int64(0)

	for i := range server.plain {
		size += int64(len(server.plain[i]))
	}

	run := func(name string, read func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)

			for b.Loop() {
				read()
			}

			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(cannedRanges*cannedLogs), "ns/log")
		})
	}
	scan := func(p *Pool, workers int) {
		logs := 0

		require.NoError(b, p.Scan(b.Context(), ScanConfig{
			Filter: filterSet(b, FilterAll), Ranges: []Range{{From: 1, To: cannedRanges * cannedBlocks}},
			FirstRange: cannedBlocks, MaxRange: cannedBlocks, Workers: workers,
		}, func(c Chunk) error {
			logs += len(c.Logs)

			return nil
		}))
		require.Equal(b, cannedRanges*cannedLogs, logs)
	}

	run("scan", func() { scan(newPool(b, Config{URLs: []string{url}}), 1) })
	run("scan, 4 workers", func() { scan(newPool(b, Config{URLs: []string{url}}), 4) })
	run("scan, packed", func() {
		p := newPool(b, Config{URLs: []string{url}})

		if wire, ok := p.endpoints[0].wire.(*httpWire); ok {
			wire.transport.DisableCompression = false
		}

		scan(p, 1)
	})
	run("floor", func() {
		for i := range cannedRanges {
			resp, err := http.Post(url, "application/json", strings.NewReader(
				fmt.Sprintf(`{"id":1,"params":[{"fromBlock":"0x%x"}]}`, i*cannedBlocks+1)))
			require.NoError(b, err)
			_, err = io.Copy(io.Discard, resp.Body)
			require.NoError(b, err)
			require.NoError(b, resp.Body.Close())
		}
	})
	run("go-ethereum's client", func() {
		client, err := ethclient.DialContext(context.Background(), url)
		require.NoError(b, err)

		defer client.Close()

		for i := range int64(cannedRanges) {
			logs, err := client.FilterLogs(b.Context(), ethereum.FilterQuery{
				FromBlock: big.NewInt(i*cannedBlocks + 1), ToBlock: big.NewInt((i + 1) * cannedBlocks),
				Addresses: []common.Address{contracts.VVV},
			})
			require.NoError(b, err)
			require.Len(b, logs, cannedLogs)
		}
	})
}
