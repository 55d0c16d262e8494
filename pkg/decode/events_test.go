package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/holiman/uint256"
	"github.com/stretchr/testify/require"

	"diemhouse/pkg/venice"
)

// TestEveryEvent has one log of each event and layout beside the transfers, with what
// its columns and args must be.
func TestEveryEvent(t *testing.T) {
	t.Parallel()

	role := common.HexToHash("0x9f2df0fed2c77648de5860a4cc508cd0818c85b8b8a1ab4ceeef8d981c8956a6")
	other := common.HexToHash("0x01")

	type columns struct {
		account, counterparty common.Address
		vvv, diem             uint64
		args, problem         string
	}

	for _, test := range []struct {
		contract     Contract
		signature    string
		topics, data []common.Hash
		kind         Kind
		want         columns
	}{
		{ContractStaking, "Staked(address,uint256)", words(alice), words(7), KindStake, columns{account: alice, vvv: 7}},
		{ContractStaking, "Claimed(address,uint256)", words(alice), words(7), KindClaim, columns{account: alice, vvv: 7}},
		{ContractStaking, "UnstakeInitiated(address,uint256)", words(alice), words(7), KindUnstakeInitiated, columns{account: alice, vvv: 7}},
		{ContractStaking, "UnstakeFinalized(address,uint256)", words(alice), words(7), KindUnstakeFinalized, columns{account: alice, vvv: 7}},
		{ContractStaking, "DiemMinted(uint256,uint256)", nil, words(500, 1), KindDIEMMint, columns{vvv: 500, diem: 1, problem: "missing_partner"}},
		{ContractStaking, "DiemBurned(uint256,uint256)", nil, words(500, 1), KindDIEMBurn, columns{vvv: 500, diem: 1, problem: "missing_partner"}},
		{ContractDIEM, "Staked(address,uint256)", words(alice), words(7), KindDIEMStake, columns{account: alice, diem: 7}},
		{ContractDIEM, "UnstakeInitiated(address,uint256)", words(alice), words(7), KindDIEMUnstakeInitiated, columns{account: alice, diem: 7}},
		{ContractDIEM, "Unstaked(address,uint256)", words(alice), words(7), KindDIEMUnstake, columns{account: alice, diem: 7}},
		{
			ContractAirdrop, "Claimed(uint256,address,uint256,uint256,uint256)", words(alice), words(39540, 10, 8, 2),
			KindAirdropClaim, columns{account: alice, vvv: 10, args: `{"index":"39540","arg3":"8","arg4":"2"}`},
		},

		{ContractStaking, "EmissionRateUpdated(uint256)", nil, words(9), KindEmissionRateUpdated, columns{args: `{"value":"9"}`}},
		{ContractStaking, "EmissionRateUpdated(uint256)", words(9), nil, KindEmissionRateUpdated, columns{args: `{"value":"9"}`}},
		{ContractStaking, "EmissionRateUpdated(uint256,uint256)", nil, words(8, 9), KindEmissionRateUpdated, columns{args: `{"previous":"8","value":"9"}`}},
		{ContractStaking, "CooldownDurationUpdated(uint256)", nil, words(604800), KindCooldownUpdated, columns{args: `{"value":"604800"}`}},
		{ContractDIEM, "CooldownDurationUpdated(uint256)", nil, words(86400), KindCooldownUpdated, columns{args: `{"value":"86400"}`}},
		{
			ContractStaking, "TreasuryUpdated(address)", nil, words(alice),
			KindTreasuryUpdated, columns{account: alice, args: `{"value":"0xa11ce00000000000000000000000000000000001"}`},
		},
		{
			ContractStaking, "TreasuryUpdated(address)", words(alice), nil,
			KindTreasuryUpdated, columns{account: alice, args: `{"value":"0xa11ce00000000000000000000000000000000001"}`},
		},
		{ContractStaking, "VeniceEmissionsPercentageUpdated(uint256)", nil, words(3), KindVenicePercentageUpdated, columns{args: `{"value":"3"}`}},
		{
			ContractStaking, "VeniceEmissionsPercentageWhenLockedUpdated(uint256)", nil, words(200000000000000000),
			KindVenicePercentageLockedUpdated, columns{args: `{"value":"200000000000000000"}`},
		},

		{ContractDIEM, "Approval(address,address,uint256)", words(alice, bob), words(7), KindApproval, columns{account: alice, counterparty: bob, args: `{"value":"7"}`}},
		{ContractStaking, "Approval(address,address,uint256)", words(alice, bob), words(7), KindApproval, columns{account: alice, counterparty: bob, args: `{"value":"7"}`}},
		{
			ContractStaking, "Upgraded(address)", words(alice), nil,
			KindUpgraded, columns{account: alice, args: `{"value":"0xa11ce00000000000000000000000000000000001"}`},
		},
		{
			ContractStaking, "BeaconUpgraded(address)", words(alice), nil,
			KindBeaconUpgraded, columns{account: alice, args: `{"value":"0xa11ce00000000000000000000000000000000001"}`},
		},
		{
			ContractStaking, "AdminChanged(address,address)", nil, words(alice, bob), KindAdminChanged,
			columns{alice, bob, 0, 0, `{"previous":"0xa11ce00000000000000000000000000000000001","value":"0xb0b0000000000000000000000000000000000002"}`, ""},
		},
		{ContractStaking, "Initialized(uint64)", nil, words(2), KindInitialized, columns{args: `{"value":"2"}`}},
		{ContractStaking, "Initialized(uint8)", nil, words(1), KindInitialized, columns{args: `{"value":"1"}`}},
		{
			ContractVVV, "OwnershipTransferred(address,address)", words(alice, bob), nil, KindOwnershipTransferred,
			columns{alice, bob, 0, 0, `{"previous":"0xa11ce00000000000000000000000000000000001","value":"0xb0b0000000000000000000000000000000000002"}`, ""},
		},
		{
			ContractVVV, "OwnerUpdated(address,address)", words(alice, bob), nil, KindOwnershipTransferred,
			columns{alice, bob, 0, 0, `{"previous":"0xa11ce00000000000000000000000000000000001","value":"0xb0b0000000000000000000000000000000000002"}`, ""},
		},
		{
			ContractStaking, "OwnershipTransferStarted(address,address)", words(alice, bob), nil, KindOwnershipTransferStarted,
			columns{alice, bob, 0, 0, `{"previous":"0xa11ce00000000000000000000000000000000001","value":"0xb0b0000000000000000000000000000000000002"}`, ""},
		},
		{ContractStaking, "Paused(address)", nil, words(alice), KindPaused, columns{account: alice}},
		{ContractStaking, "Unpaused(address)", nil, words(alice), KindUnpaused, columns{account: alice}},
		{
			ContractDIEM, "RoleGranted(bytes32,address,address)", words(role, alice, bob), nil, KindRoleGranted,
			columns{account: alice, counterparty: bob, args: `{"role":"` + role.Hex() + `"}`},
		},
		{
			ContractDIEM, "RoleRevoked(bytes32,address,address)", words(role, alice, bob), nil, KindRoleRevoked,
			columns{account: alice, counterparty: bob, args: `{"role":"` + role.Hex() + `"}`},
		},
		{
			ContractDIEM, "RoleAdminChanged(bytes32,bytes32,bytes32)", words(role, common.Hash{}, other), nil, KindRoleAdminChanged,
			columns{args: `{"role":"` + role.Hex() + `","previous":"` + common.Hash{}.Hex() + `","value":"` + other.Hex() + `"}`},
		},
	} {
		t.Run(string(test.contract)+" "+test.signature, func(t *testing.T) {
			t.Parallel()

			l := logOf(test.contract, test.signature, test.topics, test.data)
			e := decodeOne(t, newDecoder(t, nil), l)
			requireSound(t, &l, &e)
			require.Equal(t, test.kind, e.Kind)
			require.Equal(t, test.contract, e.Contract)
			require.Contains(t, test.signature, e.Name+"(")
			require.Equal(t, test.want, columns{
				e.Account, e.Counterparty, e.VVVWei.Uint64(), e.DIEMWei.Uint64(), e.Args, e.Problem,
			})
		})
	}
}

func TestTheLargestNumberStaysWhole(t *testing.T) {
	t.Parallel()

	const text = "115792089237316195423570985008687907853269984665640564039457584007913129639935"

	d := newDecoder(t, nil)

	e := decodeOne(t, d, logOf(ContractStaking, "Staked(address,uint256)", words(alice), words(largest())))
	require.Equal(t, *largest(), e.VVVWei)

	e = decodeOne(t, d, transferLog(ContractDIEM, alice, bob, largest()))
	require.Equal(t, *largest(), e.DIEMWei)

	e = decodeOne(t, d, logOf(ContractStaking, "EmissionRateUpdated(uint256)", nil, words(largest())))
	require.JSONEq(t, `{"value":"`+text+`"}`, e.Args)
}

func TestTheSameEventOfAnotherContractIsUnknown(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)

	e := decodeOne(t, d, logOf(ContractVVV, "Staked(address,uint256)", words(alice), words(7)))
	require.Equal(t, KindUnknown, e.Kind)
	require.Equal(t, ContractVVV, e.Contract)
	require.Equal(t, ProblemUnknownEvent, e.Problem)

	foreign := transferLog(ContractVVV, alice, bob, uint256.NewInt(1))
	foreign.Address = bob

	e = decodeOne(t, d, foreign)
	require.Equal(t, KindUnknown, e.Kind)
	require.Equal(t, ContractOther, e.Contract)
	require.Equal(t, ProblemUnknownContract, e.Problem)
}

func TestALogOfNothingKnownIsKept(t *testing.T) {
	t.Parallel()

	d := newDecoder(t, nil)
	l := logOf(ContractStaking, "GuardianNoticed(address,bytes32,uint256,string)", words(alice, 1), words(3))

	e := decodeOne(t, d, l)
	requireSound(t, &l, &e)
	require.Equal(t, ProblemUnknownEvent, e.Problem)

	l.Data[0] = 0xff
	l.Topics[0][0]++
	require.NotEqual(t, l.Data, e.Data, "the event shares no memory with the log")
	require.NotEqual(t, l.Topics, e.Topics)

	l.Topics = nil
	e = decodeOne(t, d, l)
	requireSound(t, &l, &e)
	require.Equal(t, ProblemUnknownEvent, e.Problem)
}

func TestTheDecoderKeepsItsOwnConfig(t *testing.T) {
	t.Parallel()

	own := venice.Base()
	pool := own.Pools[0]
	d, err := New(Config{Deployment: own})
	require.NoError(t, err)

	own.Pools[0] = alice

	require.Equal(t, KindVVVBurnProgrammatic, decodeOne(t, d, transferLog(ContractVVV, pool, zero, token(1))).Kind)
}

func TestAContractAtTheZeroAddressIsNotWatched(t *testing.T) {
	t.Parallel()

	without := base
	without.Airdrop = zero

	d, err := New(Config{Deployment: without})
	require.NoError(t, err)

	l := logOf(ContractAirdrop, "Claimed(uint256,address,uint256,uint256,uint256)", words(alice), words(1, 2, 3, 4))
	require.Equal(t, ProblemUnknownContract, decodeOne(t, d, l).Problem)

	l.Address = zero
	require.Equal(t, ProblemUnknownContract, decodeOne(t, d, l).Problem)
}
