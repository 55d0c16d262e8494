package decode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
)

// ParseABI reads the ABI of a contract (one of [Contracts]): the JSON array that
// compilers and explorers give, or a build artifact's object that holds it under
// "abi". An ABI without events is an error, because it decodes nothing.
func ParseABI(contract string, r io.Reader) (abi.ABI, error) {
	if !slices.Contains(Contracts(), Contract(contract)) {
		return abi.ABI{}, fmt.Errorf("ABI of %q: no such contract, want one of %s", contract, contractNames())
	}

	text, err := io.ReadAll(r)
	if err != nil {
		return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
	}

	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return abi.ABI{}, fmt.Errorf("ABI of %s: the file is empty", contract)
	}

	if text[0] == '{' {
		var artifact struct {
			ABI json.RawMessage `json:"abi"`
		}

		if err := json.Unmarshal(text, &artifact); err != nil {
			return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
		}

		if artifact.ABI == nil {
			return abi.ABI{}, fmt.Errorf(`ABI of %s: the JSON object has no "abi"; want that of a build artifact, or an array`, contract)
		}

		text = artifact.ABI
	}

	parsed, err := parseJSON(text)
	if err != nil {
		return abi.ABI{}, fmt.Errorf("ABI of %s: %w", contract, err)
	}

	if len(parsed.Events) == 0 {
		return abi.ABI{}, fmt.Errorf("ABI of %s: it has no events", contract)
	}

	for _, event := range parsed.Events {
		if err := checkEvent(&event); err != nil {
			return abi.ABI{}, fmt.Errorf("ABI of %s: event %s: %w", contract, event.Sig, err)
		}
	}

	return parsed, nil
}

func contractNames() string {
	names := make([]string, len(Contracts()))
	for i, contract := range Contracts() {
		names[i] = string(contract)
	}

	return strings.Join(names, ", ")
}

// parseJSON reads an ABI array. go-ethereum's parser panics on types that Go cannot
// hold, such as an array longer than memory; that is the file's fault like any other.
func parseJSON(text []byte) (parsed abi.ABI, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("a type that cannot be held: %v", fault)
		}
	}()

	err = json.Unmarshal(text, &parsed)

	return parsed, err
}
