package decode

import (
	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
)

// Contract says which watched contract emitted a log.
type Contract string

// The watched contracts.
const (
	ContractVVV     Contract = "vvv"
	ContractStaking Contract = "staking"
	ContractDIEM    Contract = "diem"
	ContractAirdrop Contract = "airdrop"
	ContractOther   Contract = "other"
)

// Contracts are the contracts a user-supplied ABI can be given for.
func Contracts() []Contract {
	return []Contract{ContractVVV, ContractStaking, ContractDIEM, ContractAirdrop}
}

// Kind is what an event means. The ledger is keyed on it.
type Kind string

// The kinds. docs/ARCHITECTURE.md says which log becomes which.
const (
	KindVVVGenesis           Kind = "vvv_genesis"
	KindVVVEmissionTreasury  Kind = "vvv_emission_treasury"
	KindVVVEmissionStakers   Kind = "vvv_emission_stakers"
	KindVVVMintOther         Kind = "vvv_mint_other"
	KindVVVBurnProgrammatic  Kind = "vvv_burn_programmatic"
	KindVVVBurnBuyback       Kind = "vvv_burn_buyback"
	KindVVVBurnAirdrop       Kind = "vvv_burn_airdrop"
	KindVVVBurnOther         Kind = "vvv_burn_other"
	KindVVVTransfer          Kind = "vvv_transfer"
	KindSVVVMint             Kind = "svvv_mint"
	KindSVVVBurn             Kind = "svvv_burn"
	KindSVVVTransfer         Kind = "svvv_transfer"
	KindDIEMTransferMint     Kind = "diem_transfer_mint"
	KindDIEMTransferBurn     Kind = "diem_transfer_burn"
	KindDIEMTransfer         Kind = "diem_transfer"
	KindStake                Kind = "stake"
	KindUnstakeInitiated     Kind = "unstake_initiated"
	KindUnstakeFinalized     Kind = "unstake_finalized"
	KindClaim                Kind = "claim"
	KindDIEMMint             Kind = "diem_mint"
	KindDIEMBurn             Kind = "diem_burn"
	KindDIEMStake            Kind = "diem_stake"
	KindDIEMUnstakeInitiated Kind = "diem_unstake_initiated"
	KindDIEMUnstake          Kind = "diem_unstake"
	KindAirdropClaim         Kind = "airdrop_claim"

	KindEmissionRateUpdated           Kind = "emission_rate_updated"
	KindCooldownUpdated               Kind = "cooldown_updated"
	KindTreasuryUpdated               Kind = "treasury_updated"
	KindVenicePercentageUpdated       Kind = "venice_percentage_updated"
	KindVenicePercentageLockedUpdated Kind = "venice_percentage_locked_updated"
	KindCurveUpdated                  Kind = "curve_updated"
	KindUpgraded                      Kind = "upgraded"
	KindInitialized                   Kind = "initialized"
	KindOwnershipTransferred          Kind = "ownership_transferred"
	KindOwnershipTransferStarted      Kind = "ownership_transfer_started"
	KindAdminChanged                  Kind = "admin_changed"
	KindBeaconUpgraded                Kind = "beacon_upgraded"
	KindPaused                        Kind = "paused"
	KindUnpaused                      Kind = "unpaused"
	KindApproval                      Kind = "approval"
	KindRoleGranted                   Kind = "role_granted"
	KindRoleRevoked                   Kind = "role_revoked"
	KindRoleAdminChanged              Kind = "role_admin_changed"

	// KindCustom is an event that only a user-supplied ABI decodes.
	KindCustom Kind = "custom"
	// KindUnknown is a log that nothing decodes, or that is malformed. It is kept raw.
	KindUnknown Kind = "unknown"
)

// Event is one log with its meaning. Its identity is its place: BlockNumber and
// LogIndex.
type Event struct {
	BlockNumber uint64
	LogIndex    uint32
	// BlockTime is unix seconds.
	BlockTime uint64
	BlockHash common.Hash
	TxHash    common.Hash
	TxIndex   uint32
	// Address is the contract that emitted the log, Contract which one that is.
	Address  common.Address
	Contract Contract
	// Name is the event's name in the ABI, empty when nothing knows it.
	Name string
	Kind Kind
	// Account is whom the event is about, Counterparty the other side; zero where
	// there is none.
	Account, Counterparty common.Address
	// VVVWei is the amount of VVV or sVVV in wei, DIEMWei that of DIEM.
	VVVWei, DIEMWei uint256.Int
	// Args is a JSON object of the further arguments: numbers as decimal strings,
	// addresses and bytes as 0x lower-case text. Empty when there are none.
	Args string
	// Problem is empty, or says what is wrong with the event.
	Problem string
	// Topics and Data are kept for KindUnknown only.
	Topics []common.Hash
	Data   []byte
}
