package devnet

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/contracts"
)

//nolint:gochecknoglobals // Read-only, parsed once.
var (
	vvvContract       = contracts.MustLoad("VVV")
	stakingV1Contract = contracts.MustLoad("StakingV1")
	stakingV2Contract = contracts.MustLoad("StakingV2")
	diemContract      = contracts.MustLoad("Diem")
	proxyContract     = contracts.MustLoad("StakingProxy")
	executorContract  = contracts.MustLoad("Executor")
	poolContract      = contracts.MustLoad("Pool")
	airdropContract   = contracts.MustLoad("Airdrop")
	multicallContract = contracts.MustLoad("Multicall3")
)

// call is one call inside a contract wallet's transaction.
type call struct {
	Target common.Address
	Data   []byte
}

func packExecute(calls ...call) ([]byte, error) {
	return pack(executorContract, "execute", calls)
}

func pack(artifact contracts.Artifact, method string, args ...any) ([]byte, error) {
	data, err := artifact.ABI.Pack(method, args...)
	if err != nil {
		return nil, fmt.Errorf("pack %s.%s: %w", artifact.Name, method, err)
	}
	return data, nil
}

// must packs a call whose shape is fixed in this package.
func must(artifact contracts.Artifact, method string, args ...any) []byte {
	data, err := pack(artifact, method, args...)
	if err != nil {
		panic(err)
	}
	return data
}

// word returns the i-th 32-byte word of a view's answer.
func word(data []byte, i int) *uint256.Int {
	return new(uint256.Int).SetBytes(data[i*32 : (i+1)*32])
}

func tokens(n uint64) *uint256.Int {
	return new(uint256.Int).Mul(uint256.NewInt(n), uint256.NewInt(1e18))
}

func toBig(v *uint256.Int) *big.Int { return v.ToBig() }
