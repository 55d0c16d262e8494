package contract

import (
	"context"
	"fmt"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"

	"diemhouse/pkg/chain"
)

// Wallet is what the contracts say of one account, in wei. Nil means unknown: the
// view is not there at that block.
type Wallet struct {
	// Staked is its sVVV, Locked the part of it that is locked for the DIEM Minted,
	// which it has outstanding (lockedStakes).
	Staked, Locked, Minted *uint256.Int
	// DIEM is its balance of the token, without what it has staked.
	DIEM *uint256.Int
}

// Wallets reads accounts at a block, in the order given.
func (r *Reader) Wallets(ctx context.Context, at chain.At, accounts []common.Address) ([]Wallet, error) {
	const perWallet = 3

	views := make([]view, 0, perWallet*len(accounts))

	for _, account := range accounts {
		arg := []common.Hash{common.BytesToHash(account[:])}
		views = append(views,
			view{r.deployment.Staking, "balanceOf(address)", arg},
			view{r.deployment.Staking, "lockedStakes(address)", arg},
			view{r.deployment.DIEM, "balanceOf(address)", arg})
	}

	answers, err := r.answers(ctx, at, views)
	if err != nil {
		return nil, fmt.Errorf("read %d wallets: %w", len(accounts), err)
	}

	wallets := make([]Wallet, len(accounts))
	for i := range wallets {
		wallets[i] = Wallet{Staked: single(answers[perWallet*i]), DIEM: single(answers[perWallet*i+2])}
		wallets[i].Locked, wallets[i].Minted = lock(answers[perWallet*i+1])
	}

	return wallets, nil
}

// DIEMBalances reads what accounts hold of DIEM at a block, in the order given. Nil
// means unknown.
func (r *Reader) DIEMBalances(ctx context.Context, at chain.At, accounts []common.Address) ([]*uint256.Int, error) {
	views := make([]view, len(accounts))
	for i, account := range accounts {
		views[i] = view{r.deployment.DIEM, "balanceOf(address)", []common.Hash{common.BytesToHash(account[:])}}
	}

	balances, err := r.words(ctx, at, views)
	if err != nil {
		return nil, fmt.Errorf("read %d balances of DIEM: %w", len(accounts), err)
	}

	return balances, nil
}

func single(answer []uint256.Int) *uint256.Int {
	if len(answer) != 1 {
		return nil
	}

	return &answer[0]
}

// lock tells the two words of lockedStakes apart. Their order on Base is inferred, so
// it does not count here: no DIEM was ever minted for less than 90 sVVV, and the lock
// is always the larger of the two.
func lock(answer []uint256.Int) (locked, minted *uint256.Int) {
	const words = 2

	if len(answer) != words {
		return nil, nil
	}

	if answer[0].Lt(&answer[1]) {
		return &answer[1], &answer[0]
	}

	return &answer[0], &answer[1]
}
