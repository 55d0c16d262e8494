package canned

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
)

// entryPoint is what every transaction calls: ERC-4337's, which acts for the users.
var entryPoint = common.HexToAddress("0x0000000071727De22E5E9d8BAf0edAc6f37da032")

// tip is what a transaction pays above the base fee.
const tip = 1

// bundler sends every transaction. Its signatures hold, but keep no secret: all have the
// nonce 1, whose point is the generator itself, so that signing is one addition and a
// million transactions are signed in seconds.
type bundler struct {
	address common.Address
	signer  types.Signer
	// x is that of the generator, product x times the key.
	x, product, order, half *big.Int
}

func newBundler(chainID uint64) *bundler {
	curve := crypto.S256().Params()
	secret := crypto.Keccak256([]byte("the bundler of the canned chain"))

	key, err := crypto.ToECDSA(secret)
	if err != nil {
		panic(err) // of a constant
	}

	return &bundler{
		address: crypto.PubkeyToAddress(key.PublicKey), signer: types.NewLondonSigner(new(big.Int).SetUint64(chainID)),
		x: curve.Gx, product: new(big.Int).Mul(curve.Gx, new(big.Int).SetBytes(secret)), order: curve.N, half: new(big.Int).Rsh(curve.N, 1),
	}
}

// transaction is a signed one.
func (b *bundler) transaction(nonce uint64, data []byte) *types.Transaction {
	made := &types.DynamicFeeTx{
		ChainID: b.signer.ChainID(), Nonce: nonce, GasTipCap: big.NewInt(tip), GasFeeCap: big.NewInt(2 * baseFee),
		Gas: gasUsed, To: &entryPoint, Value: new(big.Int), Data: data,
	}

	made.R, made.V = b.x, new(big.Int)
	made.S = b.signer.Hash(types.NewTx(made)).Big()
	made.S.Add(made.S, b.product).Mod(made.S, b.order)

	if made.S.Cmp(b.half) > 0 { // Of the two that hold only the low one counts.
		made.S.Sub(b.order, made.S)
		made.V.SetUint64(1)
	}

	return types.NewTx(made)
}

// appendTransaction writes a transaction of a block as go-ethereum does.
func (b *bundler) appendTransaction(out []byte, tx *types.Transaction, number uint64, hash common.Hash, index int) []byte {
	v, r, s := tx.RawSignatureValues()

	out = append(out, '{')
	out = appendHex(out, "blockHash", hash[:])
	out = appendQuantity(out, "blockNumber", number)
	out = appendHex(out, "from", b.address[:])
	out = appendQuantity(out, "gas", tx.Gas())
	out = appendQuantity(out, "gasPrice", baseFee+tip)
	out = appendQuantity(out, "maxFeePerGas", tx.GasFeeCap().Uint64())
	out = appendQuantity(out, "maxPriorityFeePerGas", tx.GasTipCap().Uint64())
	out = appendHex(out, "hash", tx.Hash().Bytes())
	out = appendHex(out, "input", tx.Data())
	out = appendQuantity(out, "nonce", tx.Nonce())
	out = appendHex(out, "to", tx.To()[:])
	out = appendQuantity(out, "transactionIndex", uint64(index))
	out = appendQuantity(out, "value", tx.Value().Uint64())
	out = appendQuantity(out, "type", uint64(tx.Type()))
	out = append(out, `"accessList":[],`...)
	out = appendQuantity(out, "chainId", tx.ChainId().Uint64())
	out = appendQuantity(out, "v", v.Uint64())
	out = appendQuantity(out, "yParity", v.Uint64())
	out = append(append(append(out, `"r":"0x`...), r.Text(16)...), `",`...)
	out = append(append(append(out, `"s":"0x`...), s.Text(16)...), `"}`...)

	return out
}
