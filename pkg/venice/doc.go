// Package venice is the Venice protocol on Base, pure: where its contracts are, how
// the mint curve quotes DIEM, and what one reward update emits. It does no I/O.
//
// Amounts are whole wei ([uint256.Int]); rates are sVVV wei for 1e18 wei of DIEM.
package venice
