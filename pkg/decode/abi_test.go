package decode

import (
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

func parseABI(tb testing.TB, text string) abi.ABI {
	tb.Helper()

	a, err := ParseABI("staking", strings.NewReader(text))
	require.NoError(tb, err)

	return a
}

func TestParseABIReadsArraysAndArtifacts(t *testing.T) {
	t.Parallel()

	const events = `[
		{"type": "event", "name": "Noted", "inputs": [{"name": "who", "type": "address", "indexed": true}]},
		{"type": "event", "name": "Noted", "inputs": [{"name": "what", "type": "string"}]},
		{"type": "function", "name": "note", "inputs": [], "outputs": [], "stateMutability": "view"},
		{"type": "error", "name": "NotOwner", "inputs": []},
		{"type": "constructor", "inputs": []},
		{"type": "event", "anonymous": true, "name": "Hidden", "inputs": []}
	]`

	for name, text := range map[string]string{
		"array":    events,
		"artifact": "\n {\"contractName\": \"Staking\", \"abi\": " + events + `, "bytecode": "0x00"}`,
	} {
		a := parseABI(t, text)
		require.Len(t, a.Events, 3, name)

		raw := map[string]int{}
		for _, event := range a.Events {
			raw[event.RawName]++
		}

		require.Equal(t, map[string]int{"Noted": 2, "Hidden": 1}, raw)
	}
}

func TestParseABISaysWhatIsWrong(t *testing.T) {
	t.Parallel()

	event := func(inputs string) string {
		return `[{"type": "event", "name": "E", "inputs": [` + inputs + `]}]`
	}

	for text, want := range map[string]string{
		``:                "ABI of staking: the file is empty",
		`  `:              "ABI of staking: the file is empty",
		`null`:            "ABI of staking: it has no events",
		`[]`:              "ABI of staking: it has no events",
		`{}`:              `ABI of staking: the JSON object has no "abi"`,
		`{"abi": []}`:     "ABI of staking: it has no events",
		`{"abi": {}}`:     "ABI of staking: json: cannot unmarshal object",
		`{"abi": `:        "ABI of staking: unexpected end of JSON input",
		`[{"type": "x"}]`: "ABI of staking: abi: could not recognize type x",
		`[] []`:           "ABI of staking: invalid character '[' after top-level value",
		`[{"type": "function", "name": "f", "inputs": []}]`:                                                            "ABI of staking: it has no events",
		event(`{"name": "a", "type": "uint7"}`):                                                                        "ABI of staking: event E(uint7): a: uint7 is no type of the ABI",
		event(`{"name": "a", "type": "int12"}`):                                                                        "int12 is no type of the ABI",
		event(`{"name": "a", "type": "uint264"}`):                                                                      "uint264 is no type of the ABI",
		event(`{"name": "a", "type": "uint256foo"}`):                                                                   "uint256foo is no type of the ABI",
		event(`{"name": "a", "type": "nonsense"}`):                                                                     "unsupported arg type: nonsense",
		event(`{"name": "a", "type": "fixed128x18"}`):                                                                  "128x18",
		event(`{"name": "a", "type": "uint256[0]"}`):                                                                   "an array of 0",
		event(`{"name": "a", "type": "uint256[65537]"}`):                                                               "an array of 65537",
		event(`{"name": "a", "type": "uint256[999][999]"}`):                                                            "uint256[999][999] is longer than any log",
		event(`{"name": "a", "type": "tuple", "components": []}`):                                                      "a tuple of nothing",
		event(`{"name": "a", "type": "tuple", "components": [{"name": "b", "type": "uint256[9223372036854775807]"}]}`): "a type that cannot be held",
		event(strings.Repeat(`{"name": "a", "type": "bool", "indexed": true},`, 3) + `{"name": "b", "type": "bool", "indexed": true}`): "4 indexed arguments, a log has room for 3",
	} {
		_, err := ParseABI("staking", strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}

	_, err := ParseABI("stakin", strings.NewReader(`[]`))
	require.ErrorContains(t, err, `ABI of "stakin": no such contract, want one of vvv, staking, diem, airdrop`)
}

func TestNewRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()

	_, err := New(Config{})
	require.ErrorIs(t, err, venice.ErrDeployment)

	without := base
	without.Airdrop = zero
	noted := parseABI(t, `[{"type": "event", "name": "E", "inputs": []}]`)

	_, err = New(Config{Deployment: without, ABIs: map[Contract][]abi.ABI{ContractAirdrop: {noted}}})
	require.ErrorContains(t, err, "ABI of airdrop: the deployment has no such contract")

	_, err = New(Config{Deployment: base, ABIs: map[Contract][]abi.ABI{ContractOther: {noted}}})
	require.ErrorContains(t, err, "ABI of other: the deployment has no such contract")

	odd, err := abi.JSON(strings.NewReader(`[{"type": "event", "name": "E", "inputs": [{"name": "a", "type": "uint7"}]}]`))
	require.NoError(t, err, "go-ethereum lets it pass")

	_, err = New(Config{Deployment: base, ABIs: map[Contract][]abi.ABI{ContractDIEM: {odd}}})
	require.ErrorContains(t, err, "ABI of diem: event E(uint7): a: uint7 is no type of the ABI")
}
