package venice

import "github.com/ethereum/go-ethereum/common"

// Deployment says where the contracts are and from which block each can have logs.
// [Base] is the real one; everything can be overridden ([ParseDeployment]).
type Deployment struct {
	// ChainID is the chain's id: 8453 for Base.
	ChainID uint64
	// VVV is the base token, Staking the staking proxy that is the sVVV token too,
	// DIEM the DIEM token, Airdrop the contract that paid the airdrop out.
	VVV, Staking, DIEM, Airdrop common.Address
	// Treasury is the Safe that receives Venice's share of emissions.
	Treasury common.Address
	// BuybackSafe sends bought-back VVV to 0x0 about once a month.
	BuybackSafe common.Address
	// Pools are the liquidity pools: a VVV transfer from one of them to 0x0 is a
	// programmatic burn.
	Pools []common.Address
	// FirstBlock is the first block at which VVV or staking can have logs,
	// FirstDIEMBlock the first at which the DIEM token can.
	FirstBlock, FirstDIEMBlock uint64
	// UpgradeBlock is the block at which staking learned DIEM (V2).
	UpgradeBlock uint64
}
