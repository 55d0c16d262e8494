// Package contracts holds the Solidity of the local Venice and its compiled
// artifacts. Go code needs no compiler: the artifacts are committed.
//
// The contracts are this project's own. They behave as Venice's do where the
// warehouse can see it (events, their order, views, arithmetic) and make no
// claim beyond that; never deploy them anywhere that matters.
package contracts

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common/hexutil"
)

//go:generate npm ci --no-audit --no-fund
//go:generate npm run build

//go:embed artifacts/*.json
var artifacts embed.FS

// Artifact is one compiled contract.
type Artifact struct {
	// Name is the contract's name in the source.
	Name string
	// ABI is the parsed interface.
	ABI abi.ABI
	// ABIJSON is the interface as the compiler wrote it.
	ABIJSON []byte
	// Bytecode is the creation code, without constructor arguments.
	Bytecode []byte
	// DeployedBytecode is the code at the address. Immutable values are zero in
	// it: whoever needs them right runs Bytecode instead.
	DeployedBytecode []byte
}

// Load returns the artifact of one contract: "VVV", "StakingV1", "StakingV2",
// "Diem", "StakingProxy", "Executor", "Pool", "Airdrop" or "Multicall3".
func Load(name string) (Artifact, error) {
	raw, err := artifacts.ReadFile("artifacts/" + name + ".json")
	if err != nil {
		return Artifact{}, fmt.Errorf("contract %s: %w", name, err)
	}
	var file struct {
		ABI              json.RawMessage `json:"abi"`
		Bytecode         hexutil.Bytes   `json:"bytecode"`
		DeployedBytecode hexutil.Bytes   `json:"deployed_bytecode"`
	}
	err = json.Unmarshal(raw, &file)
	if err != nil {
		return Artifact{}, fmt.Errorf("artifact of contract %s: %w", name, err)
	}
	parsed, err := abi.JSON(bytes.NewReader(file.ABI))
	if err != nil {
		return Artifact{}, fmt.Errorf("ABI of contract %s: %w", name, err)
	}
	return Artifact{
		Name: name, ABI: parsed, ABIJSON: file.ABI,
		Bytecode: file.Bytecode, DeployedBytecode: file.DeployedBytecode,
	}, nil
}

// MustLoad is Load for the names this package is known to hold; it panics on
// any other, which is a mistake of the program.
func MustLoad(name string) Artifact {
	artifact, err := Load(name)
	if err != nil {
		panic(err)
	}
	return artifact
}
