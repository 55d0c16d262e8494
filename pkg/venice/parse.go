package venice

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
)

// ParseDeployment reads a JSON object that overrides fields of base:
//
//	{
//	  "chain_id": 8453,
//	  "vvv": "0x…", "staking": "0x…", "diem": "0x…", "airdrop": "0x…",
//	  "treasury": "0x…", "buyback_safe": "0x…", "pools": ["0x…"],
//	  "first_block": 25000000, "first_diem_block": 34000000, "upgrade_block": 34455271
//	}
//
// Every key may be left out. An unknown key, a malformed address and a deployment
// that [Deployment.Validate] refuses are errors that wrap [ErrDeployment]. The zero
// address turns the watching of a contract off.
func ParseDeployment(r io.Reader, base Deployment) (Deployment, error) {
	var object map[string]json.RawMessage

	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&object); err != nil {
		return Deployment{}, fmt.Errorf("%w: want one JSON object: %w", ErrDeployment, err)
	}

	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Deployment{}, fmt.Errorf("%w: text after the JSON object", ErrDeployment)
	}

	d := base
	d.Pools = slices.Clone(base.Pools)

	fields := fieldsOf(&d)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		set, known := fields[key]
		if !known {
			return Deployment{}, fmt.Errorf("%w: unknown key %q, want one of %s",
				ErrDeployment, key, strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}

		if err := set(object[key]); err != nil {
			return Deployment{}, fmt.Errorf("%w: %s: %w", ErrDeployment, key, err)
		}
	}

	return d, d.Validate()
}

// fieldsOf gives the setter of each JSON key.
func fieldsOf(d *Deployment) map[string]func(json.RawMessage) error {
	return map[string]func(json.RawMessage) error{
		"chain_id":         number(&d.ChainID),
		"vvv":              address(&d.VVV),
		"staking":          address(&d.Staking),
		"diem":             address(&d.DIEM),
		"airdrop":          address(&d.Airdrop),
		"treasury":         address(&d.Treasury),
		"buyback_safe":     address(&d.BuybackSafe),
		"pools":            addresses(&d.Pools),
		"first_block":      number(&d.FirstBlock),
		"first_diem_block": number(&d.FirstDIEMBlock),
		"upgrade_block":    number(&d.UpgradeBlock),
	}
}

func number(into *uint64) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		var n *uint64
		if err := json.Unmarshal(raw, &n); err != nil || n == nil {
			return fmt.Errorf("want a whole number, got %s", raw)
		}

		*into = *n

		return nil
	}
}

func address(into *common.Address) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		var text *string
		if err := json.Unmarshal(raw, &text); err != nil || text == nil {
			return fmt.Errorf("want an address as text, got %s", raw)
		}

		a, err := parseAddress(*text)
		if err != nil {
			return err
		}

		*into = a

		return nil
	}
}

func addresses(into *[]common.Address) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil || list == nil {
			return fmt.Errorf("want a list of addresses, got %s", raw)
		}

		parsed := make([]common.Address, len(list))
		for i := range list {
			if err := address(&parsed[i])(list[i]); err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
		}

		*into = parsed

		return nil
	}
}

// parseAddress reads 0x and 40 hex digits of any case.
func parseAddress(text string) (common.Address, error) {
	digits, prefixed := strings.CutPrefix(text, "0x")

	raw, err := hex.DecodeString(digits)
	if !prefixed || err != nil || len(raw) != common.AddressLength {
		return common.Address{}, fmt.Errorf("want 0x and 40 hex digits, got %q", text)
	}

	return common.BytesToAddress(raw), nil
}
