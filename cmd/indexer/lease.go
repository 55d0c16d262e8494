package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"diemhouse/pkg/store"
)

// lease takes the right to follow the head. It waits for another process that has it,
// and for a warehouse that does not answer.
func (d *daemon) lease(ctx context.Context) (*store.Lease, error) {
	cfg := d.leaseConfig()
	silent := false

	return backoff.Retry(ctx, func() (*store.Lease, error) {
		lease, err := d.store.Lease(ctx, cfg)
		if err != nil && !store.Retryable(err) {
			return nil, backoff.Permanent(err)
		}

		return lease, err
	}, backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) {
		if !silent {
			d.env.Log.Warn().Err(err).Msg("the warehouse does not answer; waiting for it")
		}

		silent = true
	}))
}

// release gives the lease back, also after ctx has ended. One that was lost runs out
// by itself.
func (d *daemon) release(ctx context.Context, lease *store.Lease) error {
	parting, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingTime)
	defer cancel()

	err := lease.Release(parting)

	select {
	case <-lease.Lost():
		return nil
	default:
		return err
	}
}

func (d *daemon) leaseConfig() store.LeaseConfig {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}

	waited := false

	return store.LeaseConfig{
		Holder: fmt.Sprintf("%s, process %d", host, os.Getpid()),
		Waiting: func(held *store.HeldError) {
			level := zerolog.DebugLevel
			if !waited {
				level, waited = zerolog.WarnLevel, true
			}

			d.env.Log.WithLevel(level).Str("held_by", held.By).
				Msg("another indexer follows the head into this warehouse; waiting until it ends")
		},
	}
}

func lost(ctx context.Context, lease *store.Lease) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-lease.Lost():
		return store.ErrLeaseLost
	}
}
