package decode

import "slices"

// Topics of the events that others than their own layout look at.
var topicTransfer = topicOf("Transfer(address,address,uint256)")

// addressArg and amountArg are the arguments that most events have.
func addressArg(name string, into column) param {
	return param{name: name, kind: typeAddress, indexed: true, into: into}
}

func amountArg(name string, into column) param {
	return param{name: name, kind: typeUint256, into: into}
}

// Keys of Event.Args that tell a change.
const (
	argValue    = "value"
	argPrevious = "previous"
)

// newValue is the new setting in an event that tells of one.
func newValue(name string, kind argType) param {
	return param{name: name, kind: kind, arg: argValue}
}

func transfer(amount column, kind Kind, finish func(*Decoder, *Event, neighbours)) layout {
	return layout{
		name: "Transfer", kind: kind, finish: finish,
		params: []param{addressArg("from", accountColumn), addressArg("to", counterpartyColumn), amountArg("value", amount)},
	}
}

// userAmount is an event about one user and one amount.
func userAmount(name string, kind Kind, amount column) layout {
	return layout{name: name, kind: kind, params: []param{addressArg("user", accountColumn), amountArg("amount", amount)}}
}

// setting is an event that tells one new value. Whether it is indexed is not known
// of every contract, so both layouts stand.
func setting(name string, kind Kind, argument param) []layout {
	plain, indexed := argument, argument
	plain.indexed, indexed.indexed = false, true

	return []layout{
		{name: name, kind: kind, params: []param{plain}},
		{name: name, kind: kind, params: []param{indexed}},
	}
}

// curveUpdate is the event that tells a new mint curve. Its name is not certain.
func curveUpdate(name string) layout {
	return layout{
		name: name, kind: KindCurveUpdated,
		params: []param{{name: "diemSupply", kind: typeTable}, {name: "diemMintRates", kind: typeTable}},
	}
}

// layoutsOf lists the events of a contract, those of every contract among them.
func layoutsOf(contract Contract) []layout {
	switch contract {
	case ContractVVV:
		return append(commonLayouts(), transfer(vvvColumn, KindVVVTransfer, (*Decoder).classifyVVV))
	case ContractStaking:
		return append(commonLayouts(), stakingLayouts()...)
	case ContractDIEM:
		return append(commonLayouts(), diemLayouts()...)
	case ContractAirdrop:
		return append(commonLayouts(), airdropClaimed())
	case ContractOther:
	}

	return nil
}

func stakingLayouts() []layout {
	percentage := newValue("newPercentage", typeUint256)
	treasury := param{name: "newTreasury", kind: typeAddress, into: accountColumn, arg: argValue}

	return slices.Concat(
		[]layout{
			transfer(vvvColumn, KindSVVVTransfer, (*Decoder).classifySVVV),
			userAmount("Staked", KindStake, vvvColumn),
			userAmount("Claimed", KindClaim, vvvColumn),
			userAmount("UnstakeInitiated", KindUnstakeInitiated, vvvColumn),
			userAmount("UnstakeFinalized", KindUnstakeFinalized, vvvColumn),
			{
				name: "DiemMinted", kind: KindDIEMMint, finish: (*Decoder).findUser,
				params: []param{amountArg("sVVVLocked", vvvColumn), amountArg("diemMinted", diemColumn)},
			},
			{
				name: "DiemBurned", kind: KindDIEMBurn, finish: (*Decoder).findUser,
				params: []param{amountArg("sVVVUnlocked", vvvColumn), amountArg("diemBurned", diemColumn)},
			},
			curveUpdate("DiemMintRatesUpdated"),
			curveUpdate("DiemMintCurveUpdated"),
			{
				name: "EmissionRateUpdated", kind: KindEmissionRateUpdated,
				params: []param{
					{name: "previousEmissionRate", kind: typeUint256, arg: argPrevious},
					newValue("newEmissionRate", typeUint256),
				},
			},
		},
		setting("EmissionRateUpdated", KindEmissionRateUpdated, newValue("newEmissionRate", typeUint256)),
		setting("CooldownDurationUpdated", KindCooldownUpdated, newValue("newCooldownDuration", typeUint256)),
		setting("TreasuryUpdated", KindTreasuryUpdated, treasury),
		setting("VeniceEmissionsPercentageUpdated", KindVenicePercentageUpdated, percentage),
		setting("VeniceEmissionsPercentageWhenLockedUpdated", KindVenicePercentageLockedUpdated, percentage),
	)
}

func diemLayouts() []layout {
	return slices.Concat(
		[]layout{
			transfer(diemColumn, KindDIEMTransfer, (*Decoder).classifyDIEM),
			userAmount("Staked", KindDIEMStake, diemColumn),
			userAmount("UnstakeInitiated", KindDIEMUnstakeInitiated, diemColumn),
			userAmount("Unstaked", KindDIEMUnstake, diemColumn),
		},
		setting("CooldownDurationUpdated", KindCooldownUpdated, newValue("newCooldownDuration", typeUint256)),
	)
}

// airdropClaimed has two arguments whose names nobody published: args calls them by
// their position, counted from 0.
func airdropClaimed() layout {
	return layout{
		name: "Claimed", kind: KindAirdropClaim,
		params: []param{
			{name: "index", kind: typeUint256, arg: "index"},
			addressArg("account", accountColumn),
			amountArg("amount", vvvColumn),
			{name: "arg3", kind: typeUint256, arg: "arg3"},
			{name: "arg4", kind: typeUint256, arg: "arg4"},
		},
	}
}
