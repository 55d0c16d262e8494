package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"golang.org/x/sync/errgroup"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// floor is what could be had at best, or otherwise.
type floor struct {
	Name   string
	Events int
	Wall   time.Duration
	Bytes  int64
}

// Rate is in events a second.
func (f floor) Rate() float64 { return float64(f.Events) / f.Wall.Seconds() }

// floorBlocks are the blocks an eth_getLogs of the floors, about as many as the indexer
// asks for.
const floorBlocks = 1200

// floors measures what history stands beside. The events of the insert alone are in memory
// for it, which is why it comes last: a process that is started counts the memory of the one
// that starts it.
func (r *run) floors(ctx context.Context) error {
	reading, err := r.reading(ctx)
	if err != nil {
		return err
	}

	client, err := r.client(ctx)
	if err != nil {
		return err
	}

	parts, err := r.decoded(ctx)
	if err != nil {
		return err
	}

	var inserted []floor

	for range rounds {
		f, err := r.inserting(ctx, parts)
		if err != nil {
			return err
		}

		inserted = append(inserted, f)
	}

	r.report.Floors = []floor{reading, client, median(inserted)}
	r.report.Inserts = extremesOf(inserted)

	return nil
}

func (r *run) said(f floor) { r.sayf("floor, %s: %.0f events/s", f.Name, f.Rate()) }

// queries are the filters of the indexer's core.
func queries(d venice.Deployment) []ethereum.FilterQuery {
	transfer := []common.Hash{crypto.Keccak256Hash([]byte("Transfer(address,address,uint256)"))}
	zero := []common.Hash{{}}

	return []ethereum.FilterQuery{
		{Addresses: []common.Address{d.Staking, d.DIEM, d.Airdrop}},
		{Addresses: []common.Address{d.VVV}, Topics: [][]common.Hash{transfer, zero}},
		{Addresses: []common.Address{d.VVV}, Topics: [][]common.Hash{transfer, nil, zero}},
	}
}

// reading reads the same answers, two at a time, and throws them away.
func (r *run) reading(ctx context.Context) (floor, error) {
	f := floor{Name: "the same answers read and thrown away", Events: r.endpoint.Core}

	before, err := r.endpoint.served(ctx)
	if err != nil {
		return f, err
	}

	began := time.Now()
	g, gctx := errgroup.WithContext(ctx)

	g.SetLimit(2)

	for from := r.endpoint.First; from <= r.endpoint.Head; from += floorBlocks {
		g.Go(func() error { return discard(gctx, r.endpoint.URL, from, min(from+floorBlocks-1, r.endpoint.Head)) })
	}

	if err := g.Wait(); err != nil {
		return f, err
	}

	f.Wall = time.Since(began)
	r.said(f)

	after, err := r.endpoint.served(ctx)
	f.Bytes = after.Bytes - before.Bytes

	return f, err
}

// discard asks for the logs of a range as the indexer does.
func discard(ctx context.Context, url string, from, to uint64) error {
	var body bytes.Buffer

	for i, q := range queries(venice.Base()) {
		body.WriteString([]string{"[", ",", ","}[i])
		fmt.Fprintf(&body, `{"jsonrpc":"2.0","id":%d,"method":"eth_getLogs","params":[{"fromBlock":"0x%x","toBlock":"0x%x","address":%s,"topics":%s}]}`,
			i, from, to, jsonOf(q.Addresses), jsonOf(q.Topics))
	}

	body.WriteString("]")

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, &body)
	if err != nil {
		return err
	}

	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("read blocks %d to %d: %w", from, to, err)
	}

	_, err = io.Copy(io.Discard, response.Body)

	return errors.Join(err, response.Body.Close())
}

// client reads a tenth of the chain by go-ethereum's client.
func (r *run) client(ctx context.Context) (floor, error) {
	f := floor{Name: "go-ethereum's ethclient.FilterLogs"}

	client, err := ethclient.DialContext(ctx, r.endpoint.URL)
	if err != nil {
		return f, fmt.Errorf("connect to the endpoint: %w", err)
	}
	defer client.Close()

	began := time.Now()

	for from := r.endpoint.First; from < r.endpoint.First+r.Blocks/10; from += floorBlocks {
		for _, q := range queries(venice.Base()) {
			q.FromBlock, q.ToBlock = new(big.Int).SetUint64(from), new(big.Int).SetUint64(min(from+floorBlocks-1, r.endpoint.Head))

			logs, err := client.FilterLogs(ctx, q)
			if err != nil {
				return f, fmt.Errorf("read blocks from %d by ethclient: %w", from, err)
			}

			f.Events += len(logs)
		}
	}

	f.Wall = time.Since(began)
	r.said(f)

	return f, nil
}

// inserting writes all events of the chain, in memory already, into all views: as many as
// history does, since the server merges the more the longer it is written to.
func (r *run) inserting(ctx context.Context, parts []store.Part) (f floor, err error) {
	f = floor{Name: "insert alone, all views"}

	for _, p := range parts {
		f.Events += len(p.Events)
	}

	dsn := r.server.database()
	defer func() { err = errors.Join(err, r.server.drop(ctx, dsn)) }()

	s, err := store.Open(ctx, store.Config{DSN: dsn})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()

	if err := s.Migrate(ctx); err != nil {
		return f, err
	}

	inserts := chunked(parts, s.InsertSize())
	staged := make([]store.Staged, len(inserts))

	g, inserting := errgroup.WithContext(ctx)
	g.SetLimit(2) // as history does

	began := time.Now()

	for i, parts := range inserts {
		g.Go(func() (err error) {
			staged[i], err = s.Stage(inserting, store.FilterCore, slices.Values(parts))

			return err
		})
	}

	if err := g.Wait(); err != nil {
		return f, err
	}

	if err := s.Cover(ctx, staged...); err != nil {
		return f, err
	}

	f.Wall = time.Since(began)
	r.said(f)

	return f, nil
}

// chunked puts the parts together that are one insert, each of so many events at least,
// but the last.
func chunked(parts []store.Part, size int) (inserts [][]store.Part) {
	start, events := 0, 0

	for i, p := range parts {
		events += len(p.Events)

		if events >= size || i == len(parts)-1 {
			inserts = append(inserts, parts[start:i+1])
			start, events = i+1, 0
		}
	}

	return inserts
}

// decoded are events of the chain as the indexer would write them.
func (r *run) decoded(ctx context.Context) (parts []store.Part, err error) {
	base := venice.Base()

	filter, err := chain.NewFilterSet(chain.FilterCore, chain.Contracts{VVV: base.VVV, Staking: base.Staking, DIEM: base.DIEM, Airdrop: base.Airdrop})
	if err != nil {
		return nil, err
	}

	decoder, err := decode.New(decode.Config{Deployment: base})
	if err != nil {
		return nil, err
	}

	pool, err := chain.NewPool(chain.Config{URLs: []string{r.endpoint.URL}, ChainID: base.ChainID})
	if err != nil {
		return nil, err
	}
	defer pool.Close()

	err = pool.Scan(ctx, chain.ScanConfig{Filter: filter, Ranges: []chain.Range{{From: r.endpoint.First, To: r.endpoint.Head}}},
		func(c chain.Chunk) error {
			events, err := decoder.Decode(nil, c.Logs)
			parts = append(parts, store.Part{Events: events, Covered: []store.Range{{From: c.From, To: c.To}}})

			return err
		})

	return parts, err
}
