package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/common"

	"diemhouse/internal/config"
	"diemhouse/pkg/chain"
	"diemhouse/pkg/decode"
	"diemhouse/pkg/venice"
)

// Chain is an open connection to the chain with what is watched on it.
type Chain struct {
	Pool       *chain.Pool
	Deployment venice.Deployment
	Decoder    *decode.Decoder
	Filter     chain.FilterSet
}

// OpenChain connects to the endpoints and refuses what would only fail later: a
// wrong chain, addresses without code.
func OpenChain(ctx context.Context, cfg config.Chain, observe func(chain.Request)) (*Chain, error) {
	urls, err := cfg.Endpoints()
	if err != nil {
		return nil, err
	}

	deployment, err := cfg.Addresses()
	if err != nil {
		return nil, err
	}

	decoder, err := cfg.Decoder(deployment)
	if err != nil {
		return nil, err
	}

	filter, err := Filter(cfg, deployment)
	if err != nil {
		return nil, err
	}

	pool, err := chain.NewPool(chain.Config{
		URLs: urls, ChainID: deployment.ChainID, CallTimeout: cfg.RPCTimeout, MaxRate: cfg.RPCRate, Observe: observe,
	})
	if err != nil {
		return nil, err
	}

	c := &Chain{Pool: pool, Deployment: deployment, Decoder: decoder, Filter: filter}
	if err := c.check(ctx); err != nil {
		pool.Close()

		return nil, err
	}

	return c, nil
}

// Filter is the set of logs that the flags ask for.
func Filter(cfg config.Chain, d venice.Deployment) (chain.FilterSet, error) {
	name := chain.FilterCore
	if cfg.AllTransfers {
		name = chain.FilterAll
	}

	return chain.NewFilterSet(name, chain.Contracts{VVV: d.VVV, Staking: d.Staking, DIEM: d.DIEM, Airdrop: d.Airdrop})
}

// Verification is the level that a flag names; its enum has refused anything else.
func Verification(flag string) chain.Verification {
	level, err := chain.ParseVerification(flag)
	if err != nil {
		return chain.VerifyNone
	}

	return level
}

// Close ends the connections.
func (c *Chain) Close() { c.Pool.Close() }

func (c *Chain) check(ctx context.Context) error {
	if err := c.Pool.CheckChain(ctx); err != nil {
		return fmt.Errorf("check the chain id (want %d; --deployment sets another): %w", c.Deployment.ChainID, err)
	}

	for name, address := range map[string]common.Address{
		"VVV": c.Deployment.VVV, "staking": c.Deployment.Staking, "DIEM": c.Deployment.DIEM,
	} {
		code, err := c.Pool.CodeAt(ctx, address, chain.Latest())

		var refused *chain.Refusal

		switch {
		case errors.As(err, &refused):
			// An endpoint that serves logs but no state is good enough for logs.
			continue
		case err != nil:
			return fmt.Errorf("read the code of %s at %s: %w", name, address, err)
		case len(code) == 0:
			return fmt.Errorf("there is no contract at %s, the address of %s: "+
				"the endpoint serves another chain, or --deployment is wrong", address, name)
		}
	}

	return nil
}
