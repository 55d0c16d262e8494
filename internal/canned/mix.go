package canned

import (
	"math/rand/v2"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/holiman/uint256"

	"diemhouse/pkg/venice"
)

const (
	// users is how many wallets act.
	users = 20_000
	// most is more than the transactions of any block: nonces are counted by it.
	most = 16
)

var (
	topicTransfer         = topic("Transfer(address,address,uint256)")
	topicStaked           = topic("Staked(address,uint256)")
	topicClaimed          = topic("Claimed(address,uint256)")
	topicUnstakeInitiated = topic("UnstakeInitiated(address,uint256)")
	topicUnstakeFinalized = topic("UnstakeFinalized(address,uint256)")
	topicDIEMMinted       = topic("DiemMinted(uint256,uint256)")
	topicDIEMBurned       = topic("DiemBurned(uint256,uint256)")
	topicCurve            = topic("DiemMintRatesUpdated(uint256[256],uint256[256])")
	topicEmissionRate     = topic("EmissionRateUpdated(uint256)")
)

func topic(signature string) common.Hash { return crypto.Keccak256Hash([]byte(signature)) }

// mix writes the logs of blocks in the proportions of Base: about a third are the two
// mints of a reward update, a quarter burns of the pools, the rest what people do.
type mix struct {
	seed    uint64
	d       venice.Deployment
	bundler *bundler
}

// act is a transaction and how often a block has it.
type act struct {
	chance float64
	write  func(*tx)
}

var acts = []act{
	{0.6, func(t *tx) {
		t.update()
		t.pay(t.d.Staking, t.user(), t.vvv())
		t.staking(topicClaimed, t.user(), t.vvv())
	}},
	{0.9, func(t *tx) { t.burn() }},
	{0.7, func(t *tx) { t.burn() }},
	{0.4, func(t *tx) { t.burn() }},
	{0.25, func(t *tx) {
		t.update()
		t.transfer(t.d.Staking, common.Address{}, t.user(), t.vvv())
		t.pay(t.user(), t.d.Staking, t.vvv())
		t.staking(topicStaked, t.user(), t.vvv())
	}},
	{0.1, func(t *tx) {
		t.update()
		t.transfer(t.d.Staking, t.user(), common.Address{}, t.vvv())
		t.staking(topicUnstakeInitiated, t.user(), t.vvv())
	}},
	{0.1, func(t *tx) {
		t.pay(t.d.Staking, t.user(), t.vvv())
		t.staking(topicUnstakeFinalized, t.user(), t.vvv())
	}},
	{0.15, func(t *tx) {
		t.update()
		t.transfer(t.d.DIEM, common.Address{}, t.user(), t.diem())
		t.log(t.d.Staking, []common.Hash{topicDIEMMinted}, t.locked(), t.diem())
	}},
	{0.05, func(t *tx) {
		t.update()
		t.transfer(t.d.DIEM, t.user(), common.Address{}, t.diem())
		t.log(t.d.Staking, []common.Hash{topicDIEMBurned}, t.locked(), t.diem())
	}},
	{0.5, func(t *tx) { t.transfer(t.d.DIEM, t.user(), t.other(), t.diem()) }},
	{0.2, func(t *tx) {
		t.transfer(t.d.DIEM, t.user(), t.d.DIEM, t.diem())
		t.log(t.d.DIEM, []common.Hash{topicStaked, word(t.user())}, t.diem())
	}},
	{0.1, func(t *tx) { t.log(t.d.DIEM, []common.Hash{topicUnstakeInitiated, word(t.user())}, t.diem()) }},
}

// block gives the logs of a block without block hash, transaction by transaction, and the
// transactions.
func (m mix) block(number, first uint64) ([]*types.Log, types.Transactions) {
	random := rand.New(rand.NewPCG(m.seed, number)) //nolint:gosec // a seed is to give the same chain

	var (
		logs []*types.Log
		txs  types.Transactions
	)

	run := func(write func(*tx)) {
		t := &tx{mix: m, random: random, logs: logs, number: number, index: uint(len(txs))}
		txs = append(txs, t.draw((number-first)*most+uint64(t.index)))
		write(t)

		logs = t.logs
	}

	if number == first {
		run(func(t *tx) { t.settings() })
	}

	for _, a := range acts {
		if random.Float64() < a.chance {
			run(a.write)
		}
	}

	return logs, txs
}

// tx writes the logs of one transaction: of one user, one amount.
type tx struct {
	mix

	random *rand.Rand
	logs   []*types.Log
	number uint64
	index  uint
	hash   common.Hash

	who, whom common.Address
	amount    uint64
}

// draw draws who, how much and by which transaction.
func (t *tx) draw(nonce uint64) *types.Transaction {
	seed := [24]byte{}
	for i := range 3 {
		for j, v := 0, t.random.Uint64(); j < 8; j++ {
			seed[8*i+j] = byte(v >> (8 * j))
		}
	}

	made := t.bundler.transaction(nonce, seed[:])
	t.hash = made.Hash()
	t.who, t.whom = t.wallet(), t.wallet()
	t.amount = 1 + t.random.Uint64N(1e17) // 1 wei to 0.1 DIEM

	return made
}

// wallet is a user; few of them do most.
func (t *tx) wallet() common.Address {
	x := t.random.Float64()

	return common.Address(crypto.Keccak256Hash([]byte{1: byte(uint(x*x*x*users) >> 8), 2: byte(uint(x * x * x * users))}).Bytes()[12:])
}

func (t *tx) user() common.Address  { return t.who }
func (t *tx) other() common.Address { return t.whom }

func (t *tx) diem() *uint256.Int { return uint256.NewInt(t.amount) }

// locked is what the DIEM costs at 500 VVV a DIEM.
func (t *tx) locked() *uint256.Int { return new(uint256.Int).Mul(t.diem(), uint256.NewInt(500)) }

func (t *tx) vvv() *uint256.Int { return new(uint256.Int).Mul(t.diem(), uint256.NewInt(3001)) }

func (t *tx) burn() {
	t.transfer(t.d.VVV, t.d.Pools[t.amount%uint64(len(t.d.Pools))], common.Address{}, t.vvv())
}

// update is a reward update: a tenth to the treasury.
func (t *tx) update() {
	t.transfer(t.d.VVV, common.Address{}, t.d.Treasury, uint256.NewInt(79_274_479_959_411_466))
	t.transfer(t.d.VVV, common.Address{}, t.d.Staking, uint256.NewInt(713_470_319_634_703_194))
}

// pay is a VVV transfer that is neither mint nor burn.
func (t *tx) pay(from, to common.Address, amount *uint256.Int) { t.transfer(t.d.VVV, from, to, amount) }

func (t *tx) staking(event common.Hash, user common.Address, amount *uint256.Int) {
	t.log(t.d.Staking, []common.Hash{event, word(user)}, amount)
}

func (t *tx) transfer(token, from, to common.Address, amount *uint256.Int) {
	t.log(token, []common.Hash{topicTransfer, word(from), word(to)}, amount)
}

// settings are the curve and the emission rate in force.
func (t *tx) settings() {
	curve, err := venice.Generate(40_000, 500)
	if err != nil {
		panic(err) // of two constants
	}

	words := make([]*uint256.Int, 0, 2*venice.Buckets)
	for i := range curve.Bounds {
		words = append(words, &curve.Bounds[i])
	}

	for i := range curve.Rates {
		words = append(words, &curve.Rates[i])
	}

	t.log(t.d.Staking, []common.Hash{topicCurve}, words...)
	t.log(t.d.Staking, []common.Hash{topicEmissionRate}, uint256.NewInt(396_372_399_797_057_330))
}

func (t *tx) log(address common.Address, topics []common.Hash, words ...*uint256.Int) {
	data := make([]byte, 0, 32*len(words))

	for _, w := range words {
		b := w.Bytes32()
		data = append(data, b[:]...)
	}

	t.logs = append(t.logs, &types.Log{
		Address: address, Topics: topics, Data: data, BlockNumber: t.number,
		TxHash: t.hash, TxIndex: t.index, Index: uint(len(t.logs)),
	})
}

func word(a common.Address) common.Hash { return common.BytesToHash(a[:]) }
