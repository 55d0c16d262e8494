package sim

import (
	"context"

	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/follow"
	"diemhouse/pkg/store"
	"diemhouse/pkg/venice"
)

// Follower is what a daemon in another process needs to follow a world: it goes through
// JSON.
type Follower struct {
	URL string `json:"url"`
	DSN string `json:"dsn"`
}

// Follower is that of the world, past the endpoints.
func (w *World) Follower() Follower {
	return Follower{URL: w.Net.HTTPURL(), DSN: w.engine.dsn(w.engine.address(), w.db)}
}

// Run follows until ctx ends.
func (f Follower) Run(ctx context.Context, observer follow.Observer) error {
	warehouse, err := store.Open(ctx, store.Config{DSN: f.DSN})
	if err != nil {
		return err
	}
	defer warehouse.Close() //nolint:errcheck // the process ends

	d := venice.Base()

	if err := warehouse.Migrate(ctx); err != nil {
		return err
	}

	if err := warehouse.Bind(ctx, d); err != nil {
		return err
	}

	pool, err := newPool([]string{f.URL})
	if err != nil {
		return err
	}
	defer pool.Close()

	filter, err := chain.NewFilterSet(chain.FilterCore, chain.Contracts{VVV: d.VVV, Staking: d.Staking, DIEM: d.DIEM, Airdrop: d.Airdrop})
	if err != nil {
		return err
	}

	decoder, err := decode.New(decode.Config{Deployment: d})
	if err != nil {
		return err
	}

	history := &follow.History{Source: pool, Decoder: decoder, Warehouse: warehouse, Filter: filter}
	head := &follow.Head{Source: pool, Decoder: decoder, Warehouse: warehouse, Filter: filter, History: history, Observer: observer}

	return (&follow.Daemon{Head: head, History: history}).Run(ctx)
}
