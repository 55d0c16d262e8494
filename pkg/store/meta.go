package store

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"diemhouse/pkg/venice"
)

// The keys of the table meta.
const (
	metaChainID    = "chain_id"
	metaDeployment = "deployment"
	metaNames      = "names"
	metaFirstBlock = "first_block"
	metaRewriting  = "rewriting"
)

// OtherWarehouseError says that the warehouse holds something else than what is to be
// put into it.
type OtherWarehouseError struct {
	// What differs: chain_id, deployment or names.
	What string
	// Holds is the warehouse's value, Given the program's.
	Holds, Given string
}

// Error implements error.
func (e *OtherWarehouseError) Error() string {
	what := map[string]string{
		metaChainID:    "the warehouse holds another chain",
		metaDeployment: "the warehouse holds other contracts",
		metaNames:      "the warehouse was filled with other names of treasury, buyback Safe and pools, by which burns are told apart",
	}[e.What]

	return fmt.Sprintf("%s: it has %s, this program was given %s; use another database (or --data-dir), or the settings it was filled with",
		what, e.Holds, e.Given)
}

// Bind makes sure that the warehouse holds this deployment's events and no other's: an
// empty one is marked as its, another's is refused with [*OtherWarehouseError].
func (s *Store) Bind(ctx context.Context, d venice.Deployment) error {
	want := map[string]string{
		metaChainID:    strconv.FormatUint(d.ChainID, 10),
		metaDeployment: d.Identity(),
		metaNames:      namesOf(d),
	}

	if err := s.compare(ctx, want); err != nil {
		return err
	}

	if err := s.putMissing(ctx, want); err != nil {
		return err
	}

	// Another process may have bound the same empty warehouse at this moment.
	return s.compare(ctx, want)
}

// namesOf are the addresses that an event's kind depends on, beside the contracts.
func namesOf(d venice.Deployment) string {
	pools := make([]string, len(d.Pools))
	for i, pool := range d.Pools {
		pools[i] = pool.Hex()
	}

	sort.Strings(pools)

	return strings.ToLower(fmt.Sprintf("treasury %s buyback %s pools %s", d.Treasury, d.BuybackSafe, strings.Join(pools, " ")))
}

func (s *Store) compare(ctx context.Context, want map[string]string) error {
	have, err := s.meta(ctx)
	if err != nil {
		return err
	}

	for _, key := range []string{metaChainID, metaDeployment, metaNames} {
		for _, value := range have[key] {
			if value != want[key] {
				return &OtherWarehouseError{What: key, Holds: value, Given: want[key]}
			}
		}
	}

	return nil
}

// meta reads every value that was ever written, newest first: two processes that bind
// at once must see each other.
func (s *Store) meta(ctx context.Context) (map[string][]string, error) {
	have := make(map[string][]string)

	err := s.each(ctx, func(read func(...any) error) error {
		var key, value string
		if err := read(&key, &value); err != nil {
			return err
		}

		have[key] = append(have[key], value)

		return nil
	}, "SELECT key, value FROM meta ORDER BY key, version DESC")
	if err != nil {
		return nil, fmt.Errorf("read what the warehouse holds: %w", err)
	}

	return have, nil
}

func (s *Store) putMissing(ctx context.Context, want map[string]string) error {
	have, err := s.meta(ctx)
	if err != nil {
		return err
	}

	for key, value := range want {
		if len(have[key]) > 0 {
			continue
		}

		if err := s.putMeta(ctx, key, value); err != nil {
			return err
		}
	}

	return nil
}

func (s *Store) putMeta(ctx context.Context, key, value string) error {
	version, err := s.tick(ctx)
	if err == nil {
		err = s.insert(ctx, "meta", []string{"key", "value", "version"}, []string{key}, []string{value}, []uint64{version})
	}

	if err != nil {
		return fmt.Errorf("store %s of the warehouse: %w", key, err)
	}

	return nil
}

// SetFirstBlock stores from which block on the warehouse is meant to be complete.
func (s *Store) SetFirstBlock(ctx context.Context, block uint64) error {
	return s.putMeta(ctx, metaFirstBlock, strconv.FormatUint(block, 10))
}
