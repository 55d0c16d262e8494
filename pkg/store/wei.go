package store

import (
	"encoding/json"
	"fmt"
	"math/big"
)

// Wei is an exact amount, or an unknown one. Its JSON is a string of digits, because
// a JSON number that long is a float to most readers, or null.
//
//nolint:recvcheck // what fills it takes a pointer, what reads it is a value like any number
type Wei struct{ amount *big.Int }

// NewWei gives a known amount. It keeps no reference to x.
func NewWei(x *big.Int) Wei { return Wei{new(big.Int).Set(x)} }

// Known reports whether there is an amount.
func (w Wei) Known() bool { return w.amount != nil }

// Big is the amount, nil when it is unknown. The caller may change it.
func (w Wei) Big() *big.Int {
	if w.amount == nil {
		return nil
	}

	return new(big.Int).Set(w.amount)
}

// Tokens is the amount divided by 1e18, 0 when it is unknown.
func (w Wei) Tokens() float64 {
	if w.amount == nil {
		return 0
	}

	f, _ := new(big.Rat).SetFrac(w.amount, weiPerToken).Float64()

	return f
}

var weiPerToken = new(big.Int).Exp(big.NewInt(10), big.NewInt(18), nil)

// String is the amount in wei, or "unknown".
func (w Wei) String() string {
	if w.amount == nil {
		return "unknown"
	}

	return w.amount.String()
}

// MarshalJSON implements json.Marshaler.
func (w Wei) MarshalJSON() ([]byte, error) {
	if w.amount == nil {
		return []byte("null"), nil
	}

	return json.Marshal(w.amount.String())
}

// UnmarshalJSON implements json.Unmarshaler.
func (w *Wei) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("read an amount in wei: %w", err)
	}

	if text == nil {
		*w = Wei{}

		return nil
	}

	return w.parse(*text)
}

// Scan implements sql.Scanner for the decimal text of an amount, Nullable or not:
// clickhouse-go hands wide integers to a *big.Int only.
func (w *Wei) Scan(src any) error {
	switch text := src.(type) {
	case nil:
		*w = Wei{}

		return nil
	case string:
		return w.parse(text)
	default:
		return fmt.Errorf("read an amount in wei from a %T", src)
	}
}

func (w *Wei) parse(text string) error {
	x, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return fmt.Errorf("read an amount in wei: %q is no whole number", text)
	}

	*w = Wei{x}

	return nil
}
