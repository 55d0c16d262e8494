package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/ethereum/go-ethereum/accounts/abi"
)

// ParseABI reads the ABI of a contract (one of [Contracts]): the JSON array that
// compilers and explorers give, or a build artifact's object that holds it under
// "abi". An ABI without events is an error, because it decodes nothing.
func ParseABI(contract string, r io.Reader) (abi.ABI, error) {
	if !slices.Contains(Contracts(), Contract(contract)) {
		return abi.ABI{}, fmt.Errorf("ABI of %q: no such contract, want one of %v", contract, Contracts())
	}

	text, err := io.ReadAll(r)
	if err != nil {
		return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
	}

	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' {
		var artifact struct {
			ABI json.RawMessage `json:"abi"`
		}

		if err := json.Unmarshal(text, &artifact); err != nil {
			return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
		}

		text = artifact.ABI
	}

	parsed, err := abi.JSON(bytes.NewReader(text))
	if err != nil {
		return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
	}

	if len(parsed.Events) == 0 {
		return abi.ABI{}, fmt.Errorf("ABI of %s: it has no events", contract)
	}

	return parsed, nil
}
