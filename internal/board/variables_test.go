package board

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"diemhouse/dashboards/panel"
)

var (
	wallet = panel.Variable{Name: "wallet", Pattern: `^(0x[0-9a-f]{40})?$`}
	kinds  = panel.Variable{Name: "kind", Pattern: `\w+`, Multi: true}
	loose  = panel.Variable{Name: "text", Pattern: `(?s).*`, Default: "a"}
)

func TestVariablesAreCheckedBeforeTheyGoIntoSQL(t *testing.T) {
	t.Parallel()

	address := "0x" + strings.Repeat("ab", 20)

	got, err := parseVariables([]panel.Variable{wallet, kinds, loose}, url.Values{
		"var-wallet": {" " + strings.ToUpper(address[2:4]) + address[4:]},
	})
	require.ErrorContains(t, err, "var-wallet", "no 0x")
	require.Nil(t, got)

	got, err = parseVariables([]panel.Variable{wallet, kinds, loose}, url.Values{
		"var-wallet": {"0x" + strings.ToUpper(address[2:])}, "var-kind": {"stake", "claim"}, "var-nobody": {"'"},
	})
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"wallet": {address}, "kind": {"stake", "claim"}, "text": {"a"}}, got)

	got, err = parseVariables([]panel.Variable{wallet, kinds}, url.Values{})
	require.NoError(t, err)
	require.Equal(t, map[string][]string{"wallet": {""}, "kind": {allValues}}, got)
}

func TestNothingEndsALiteral(t *testing.T) {
	t.Parallel()

	for _, value := range []string{`'`, `a' OR 1=1 --`, `\`, `a\' OR 1=1 --`, "`", `"`, "$__timeFilter(a)", "${wallet}", "a\nb", "a\x00b", strings.Repeat("a", 201)} {
		_, err := parseVariables([]panel.Variable{loose}, url.Values{"var-text": {value}})
		require.Error(t, err, value)
	}

	for name, q := range map[string]url.Values{
		"several of one": {"var-wallet": {"0x" + strings.Repeat("a", 40), "0x" + strings.Repeat("b", 40)}},
		"too many":       {"var-kind": strings.Split(strings.Repeat("a,", 51), ",")},
		"all of a word":  {"var-text": {allValues}},
	} {
		_, err := parseVariables([]panel.Variable{wallet, kinds, loose}, q)
		require.Error(t, err, name)
	}
}

func TestVariableWithoutPatternStopsTheStart(t *testing.T) {
	t.Parallel()

	_, err := Config{Dashboards: []panel.Dashboard{{UID: "d", Variables: []panel.Variable{{Name: "v"}}}}}.withDefaults()
	require.ErrorIs(t, err, errNoPattern)
}
