package venice

import "github.com/holiman/uint256"

// Buckets is the length of the mint-rate table (the staking contract's
// uint256[256] diemSupply and diemMintRates).
const Buckets = 256

// Curve is the on-chain mint-rate table: inside bucket i, whose upper bound is
// Bounds[i] of DIEM supply (wei), 1e18 wei of DIEM cost Rates[i] wei of sVVV. The
// zero value is no curve. Curves compare with ==.
type Curve struct {
	Bounds, Rates [Buckets]uint256.Int
}
