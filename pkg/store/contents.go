package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"diemhouse/pkg/decode"
)

// Compare tells what is wrong with a range, given all events of the filter that the
// chain has there. It writes nothing.
func (s *Store) Compare(ctx context.Context, filter string, r Range, events []decode.Event) (Replaced, error) {
	have, err := s.contents(ctx, filter, r)
	if err != nil {
		return Replaced{}, fmt.Errorf("compare blocks %s: %w", r, err)
	}

	return compare(have, events), nil
}

// contents reads what the warehouse has of the filter in a range, every column.
func (s *Store) contents(ctx context.Context, filter string, r Range) (map[Place]decode.Event, error) {
	have := make(map[Place]decode.Event)

	err := s.each(ctx, func(read func(...any) error) error {
		e, _, err := readEvent(read)
		if err != nil {
			return err
		}

		have[Place{e.BlockNumber, e.LogIndex}] = e

		return nil
	}, "SELECT "+storedEvent+` FROM events FINAL
		WHERE block_number BETWEEN ? AND ? AND (? OR kind != ?)`,
		r.From, r.To, filter == FilterAll, string(decode.KindVVVTransfer))
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}

	return have, nil
}

func compare(have map[Place]decode.Event, want []decode.Event) Replaced {
	var done Replaced

	wanted := make(map[Place]bool, len(want))

	for i := range want {
		place := Place{want[i].BlockNumber, want[i].LogIndex}
		wanted[place] = true

		stored, there := have[place]

		switch {
		case !there:
			done.Missing = append(done.Missing, place)
		case !sameEvent(&stored, &want[i]):
			done.Changed = append(done.Changed, place)
		}
	}

	for place := range have {
		if !wanted[place] {
			done.Extra = append(done.Extra, place)
		}
	}

	slices.SortFunc(done.Extra, comparePlaces)

	return done
}

func comparePlaces(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.LogIndex, b.LogIndex))
}

func sameEvent(a, b *decode.Event) bool {
	return a.BlockTime == b.BlockTime && a.BlockHash == b.BlockHash && a.TxHash == b.TxHash && a.TxIndex == b.TxIndex &&
		a.Address == b.Address && a.Contract == b.Contract && a.Name == b.Name && a.Kind == b.Kind &&
		a.Account == b.Account && a.Counterparty == b.Counterparty && a.VVVWei == b.VVVWei && a.DIEMWei == b.DIEMWei &&
		a.Args == b.Args && a.Problem == b.Problem && slices.Equal(a.Topics, b.Topics) && string(a.Data) == string(b.Data)
}
