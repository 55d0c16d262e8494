package devnet

import (
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
)

func curveTable(target, width uint64) (bounds, rates [256]*big.Int) {
	for i := range bounds {
		s := float64(uint64(i+1) * width)
		bounds[i] = toBig(tokens(uint64(i+1) * width))
		f := 90 * math.Exp(2*math.Pow(s/float64(target), 3)) * 1e18
		rates[i], _ = new(big.Float).SetFloat64(f).Int(nil)
	}
	return bounds, rates
}

func basePlaces() places {
	h := common.HexToAddress
	return places{
		VVV: h("0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf"), Staking: h("0x321b7ff75154472B18EDb199033fF4D116F340Ff"),
		Diem: h("0xF4d97F2da56e8c3098f3a8D538DB630A2606a024"), Treasury: h("0x2D8CB8DC596daD0e1E34E2042E7ae6Df93B11524"),
		Airdrop: h("0xf4940c7dEE63D885C8Fb20123e9C8e5c49a3Ef41"), Buyback: h("0x35FB3b67C57849bF57eB24B061EeF0b5e560DC57"),
		WETHPool: h("0x01784ef301D79e4B2DF3a21ad9a536d4cF09A5Ce"), DiemPool: h("0xbB345D35450BF9Ee76F3D2cE214E8e7AC5e1071d"),
		Multicall3: h("0xcA11bde05977b3631167028862bE2a173976CA11"),
	}
}
