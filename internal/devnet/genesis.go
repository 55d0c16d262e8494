package devnet

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/triedb"

	"diemhouse/contracts"
)

// Addresses of the two implementations behind the staking proxy.
var (
	implementationV1 = common.HexToAddress("0x00000000000000000000000000000000000051a1")
	implementationV2 = common.HexToAddress("0x00000000000000000000000000000000000051a2")
)

// chainConfig is Ethereum's up to Prague under Base's chain id. Later forks cap
// a transaction's gas below what storing a whole curve costs.
func chainConfig() *params.ChainConfig {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = big.NewInt(ChainID)
	config.OsakaTime = nil
	config.BogotaTime = nil
	return &config
}

// newGenesis puts every contract at its place, and ether into every account.
func newGenesis(p places, admin Account, actors []Account, time uint64) (*core.Genesis, error) {
	e, err := newEtcher(admin.Address)
	if err != nil {
		return nil, err
	}
	e.put(p.VVV, vvvContract, admin.Address)
	e.put(p.Diem, diemContract, admin.Address)
	e.put(implementationV1, stakingV1Contract)
	e.put(implementationV2, stakingV2Contract)
	e.put(p.Staking, proxyContract, implementationV1)
	e.put(p.Treasury, executorContract, admin.Address)
	e.put(p.Buyback, executorContract, admin.Address)
	e.put(p.Airdrop, airdropContract, p.VVV, admin.Address)
	e.put(p.WETHPool, poolContract, p.VVV)
	e.put(p.DiemPool, poolContract, p.VVV)
	e.put(p.Multicall3, multicallContract)
	for _, actor := range actors {
		if actor.Vault {
			e.put(actor.Address, executorContract, actor.Sender())
		}
	}
	if e.err != nil {
		return nil, e.err
	}

	alloc := core.SystemContractAllocs()
	for address, account := range e.alloc {
		account.Balance = new(big.Int)
		account.Nonce = 1
		alloc[address] = *account
	}
	ether := new(big.Int).Mul(big.NewInt(1_000_000), big.NewInt(params.Ether))
	for _, account := range append([]Account{admin}, actors...) {
		alloc[account.Sender()] = types.Account{Balance: ether}
	}
	return &core.Genesis{
		Config: chainConfig(), Timestamp: time, GasLimit: blockGasLimit,
		Difficulty: new(big.Int), Alloc: alloc,
	}, nil
}

// etcher runs constructors at chosen addresses, which no transaction could.
// The first error sticks.
type etcher struct {
	evm   *vm.EVM
	state *state.StateDB
	alloc map[common.Address]*types.Account
	from  common.Address
	err   error
}

func newEtcher(from common.Address) (*etcher, error) {
	db := state.NewDatabase(triedb.NewDatabase(rawdb.NewMemoryDatabase(), triedb.HashDefaults), nil)
	statedb, err := state.New(types.EmptyRootHash, db)
	if err != nil {
		return nil, fmt.Errorf("empty state: %w", err)
	}
	e := &etcher{state: statedb, alloc: make(map[common.Address]*types.Account), from: from}
	hooked := state.NewHookedState(statedb, &tracing.Hooks{OnStorageChange: e.stored})
	random := common.Hash{}
	e.evm = vm.NewEVM(vm.BlockContext{
		CanTransfer: core.CanTransfer, Transfer: core.Transfer,
		GasLimit: blockGasLimit, BlockNumber: new(big.Int), Difficulty: new(big.Int),
		BaseFee: new(big.Int), BlobBaseFee: new(big.Int), Random: &random,
	}, hooked, chainConfig(), vm.Config{})
	return e, nil
}

func (e *etcher) stored(address common.Address, slot, _, value common.Hash) {
	e.account(address).Storage[slot] = value
}

func (e *etcher) account(address common.Address) *types.Account {
	account, found := e.alloc[address]
	if !found {
		account = &types.Account{Storage: make(map[common.Hash]common.Hash)}
		e.alloc[address] = account
	}
	return account
}

// put runs the constructor as code of the address itself: what it returns is
// the code, what it stores is the storage. Its logs are lost.
func (e *etcher) put(at common.Address, artifact contracts.Artifact, args ...any) {
	if e.err != nil {
		return
	}
	packed, err := artifact.ABI.Pack("", args...)
	if err != nil {
		e.err = fmt.Errorf("constructor of %s: %w", artifact.Name, err)
		return
	}
	init := append(append([]byte{}, artifact.Bytecode...), packed...)
	e.state.SetCode(at, init, tracing.CodeChangeUnspecified)
	code, _, err := e.evm.Call(e.from, at, nil, vm.NewGasBudget(blockGasLimit, 0), common.U2560)
	if err != nil {
		e.err = fmt.Errorf("construct %s: %w", artifact.Name, err)
		return
	}
	e.state.SetCode(at, code, tracing.CodeChangeUnspecified)
	e.account(at).Code = code
}
