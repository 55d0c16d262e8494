package devnet

import (
	"crypto/ecdsa"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
)

// Account is somebody on the chain.
type Account struct {
	// Address holds the tokens. Of a vault it is a contract's.
	Address common.Address
	// Key signs: of Address itself, or of the vault's owner.
	Key *ecdsa.PrivateKey
	// Vault says that Address is a contract which the key's own address drives,
	// so that a transaction's sender is not the user.
	Vault bool

	sender common.Address
}

// Sender is the address that signs and pays for gas.
func (a Account) Sender() common.Address { return a.sender }

// sign makes a transaction of the account. A vault's call goes through the vault.
func (a Account) sign(signer types.Signer, nonce uint64, to common.Address, data []byte, gas uint64) (*types.Transaction, error) {
	if a.Vault {
		wrapped, err := packExecute(call{to, data})
		if err != nil {
			return nil, err
		}
		to, data = a.Address, wrapped
	}
	tx, err := types.SignNewTx(a.Key, signer, &types.DynamicFeeTx{
		ChainID:   big.NewInt(ChainID),
		Nonce:     nonce,
		GasTipCap: big.NewInt(params.GWei / 1000),
		GasFeeCap: big.NewInt(100 * params.GWei),
		Gas:       gas,
		To:        &to,
		Data:      data,
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return tx, nil
}

func newAccount(key *ecdsa.PrivateKey) Account {
	address := crypto.PubkeyToAddress(key.PublicKey)
	return Account{Address: address, Key: key, sender: address}
}

// vaultEvery makes every so-many-th actor a contract.
const vaultEvery = 25

// deriveKey returns a key that is the same on every devnet. It protects nothing.
func deriveKey(role string, index int) *ecdsa.PrivateKey {
	digest := crypto.Keccak256(fmt.Appendf(nil, "diemhouse devnet %s %d", role, index))
	key, err := crypto.ToECDSA(digest)
	if err != nil {
		// One digest in 2^128 is no key; none of ours is that one.
		panic(err)
	}
	return key
}

// newActors derives n wallets.
func newActors(n int) []Account {
	actors := make([]Account, n)
	for i := range actors {
		actors[i] = newAccount(deriveKey("actor", i))
		if i%vaultEvery == vaultEvery-1 {
			actors[i].Vault = true
			actors[i].Address = common.BytesToAddress(crypto.Keccak256(fmt.Appendf(nil, "diemhouse devnet vault %d", i)))
		}
	}
	return actors
}
