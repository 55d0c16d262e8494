package venice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
)

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

// Base is Venice on Base mainnet. The first blocks are round numbers below the
// launch (2025-01-27, about block 25.6M) and below DIEM's deployment; the upgrade is
// of 2025-08-20.
func Base() Deployment {
	return Deployment{
		ChainID:     8453,
		VVV:         common.HexToAddress("0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf"),
		Staking:     common.HexToAddress("0x321b7ff75154472B18EDb199033fF4D116F340Ff"),
		DIEM:        common.HexToAddress("0xF4d97F2da56e8c3098f3a8D538DB630A2606a024"),
		Airdrop:     common.HexToAddress("0xf4940c7dEE63d885C8Fb20123e9C8e5c49a3Ef41"),
		Treasury:    common.HexToAddress("0x2D8CB8DC596daD0e1E34E2042E7ae6Df93B11524"),
		BuybackSafe: common.HexToAddress("0x35Fb3b67C57849Bf57EB24b061EEF0B5E560dc57"),
		Pools: []common.Address{
			common.HexToAddress("0x01784ef301D79e4B2DF3a21ad9a536d4cF09A5Ce"), // WETH/VVV, Aerodrome volatile
			common.HexToAddress("0xbB345D35450BF9Ee76F3D2cE214E8e7AC5e1071d"), // VVV/DIEM, Aerodrome volatile
			common.HexToAddress("0x67A11022B7B6ed66f81233F6C8Ed6e48F7826530"), // VVV/USDC, Uniswap V3, 0.3 %
			common.HexToAddress("0x80d995189ecc593672aD4703b250a5e82672EB1D"), // WETH/DIEM, Uniswap V3, 1 %
		},
		FirstBlock:     25_000_000,
		FirstDIEMBlock: 34_000_000,
		UpgradeBlock:   34_455_271,
	}
}

// Identity says in one line what a warehouse of this deployment holds: the chain and
// the watched contracts. Two deployments with equal identities yield logs of the same
// contracts; treasury, pools and first blocks are not part of it.
func (d Deployment) Identity() string {
	return strings.ToLower(fmt.Sprintf("chain %d vvv %s staking %s diem %s airdrop %s",
		d.ChainID, d.VVV, d.Staking, d.DIEM, d.Airdrop))
}

// Validate refuses a deployment that cannot be watched: no chain id, no contract at
// all, or two roles at one address.
func (d Deployment) Validate() error {
	if d.ChainID == 0 {
		return fmt.Errorf("%w: chain_id is 0", ErrDeployment)
	}

	roles := []struct {
		key     string
		address common.Address
	}{{"vvv", d.VVV}, {"staking", d.Staking}, {"diem", d.DIEM}, {"airdrop", d.Airdrop}}

	seen := make(map[common.Address]string, len(roles))

	for _, role := range roles {
		if role.address == (common.Address{}) {
			continue
		}

		if other, taken := seen[role.address]; taken {
			return fmt.Errorf("%w: %s and %s are both %s", ErrDeployment, other, role.key, role.address)
		}

		seen[role.address] = role.key
	}

	if len(seen) == 0 {
		return fmt.Errorf("%w: none of vvv, staking, diem, airdrop has an address", ErrDeployment)
	}

	if slices.Contains(d.Pools, common.Address{}) {
		return fmt.Errorf("%w: pools holds the zero address", ErrDeployment)
	}

	return nil
}
