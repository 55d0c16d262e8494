package chain

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()

	d, err := shared()
	if err == nil {
		err = d.Close()
	}

	if err == nil {
		// What go-ethereum starts once a process and never stops.
		err = goleak.Find(
			goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core.(*txSenderCacher).cache"),
			goleak.IgnoreTopFunction("github.com/ethereum/go-ethereum/core/txpool.(*TxPool).loop"),
			goleak.IgnoreTopFunction("github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain"))
	}

	if err != nil {
		fmt.Fprintln(os.Stderr, err)

		code = max(code, 1)
	}

	os.Exit(code)
}

// contracts are Venice's on Base.
var contracts = Contracts{
	VVV:     common.HexToAddress("0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf"),
	Staking: common.HexToAddress("0x321b7ff75154472B18EDb199033fF4D116F340Ff"),
	DIEM:    common.HexToAddress("0xF4d97F2da56e8c3098f3a8D538DB630A2606a024"),
	Airdrop: common.HexToAddress("0xf4940c7dEE63D885C8Fb20123e9C8e5c49a3Ef41"),
}

func filterSet(tb testing.TB, name string) FilterSet {
	tb.Helper()

	f, err := NewFilterSet(name, contracts)
	require.NoError(tb, err)

	return f
}

// newPool makes a pool that is closed at the end of the test.
func newPool(tb testing.TB, cfg Config) *Pool {
	tb.Helper()

	p, err := NewPool(cfg)
	require.NoError(tb, err)
	tb.Cleanup(p.Close)

	return p
}

// quick is a config for tests: a pool of these endpoints that does not wait long.
func quick(urls ...string) Config {
	return Config{URLs: urls, CallTimeout: 20 * time.Second, Rounds: 2, PollInterval: 20 * time.Millisecond}
}

// readJSON reads a file of testdata.
func readJSON(tb testing.TB, name string, into any) {
	tb.Helper()

	file, err := os.ReadFile("testdata/" + name)
	require.NoError(tb, err)
	require.NoError(tb, json.Unmarshal(file, into))
}
