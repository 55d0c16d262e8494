package decode

// commonLayouts are the events that any of the contracts can have: those of
// OpenZeppelin's and Solmate's ownership, roles, proxies, pausing and ERC-20.
func commonLayouts() []layout {
	role := param{name: "role", kind: typeBytes32, indexed: true, arg: "role"}
	sender := addressArg("sender", counterpartyColumn)

	return []layout{
		{
			name: "Approval", kind: KindApproval,
			params: []param{
				addressArg("owner", accountColumn), addressArg("spender", counterpartyColumn),
				newValue("value", typeUint256),
			},
		},
		{
			name: "Upgraded", kind: KindUpgraded,
			params: []param{{name: "implementation", kind: typeAddress, indexed: true, into: accountColumn, arg: argValue}},
		},
		{
			name: "BeaconUpgraded", kind: KindBeaconUpgraded,
			params: []param{{name: "beacon", kind: typeAddress, indexed: true, into: accountColumn, arg: argValue}},
		},
		{name: "AdminChanged", kind: KindAdminChanged, params: handover("previousAdmin", "newAdmin", false)},
		{name: "Initialized", kind: KindInitialized, params: []param{newValue("version", typeUint64)}},
		{name: "Initialized", kind: KindInitialized, params: []param{newValue("version", typeUint8)}},
		{name: "OwnershipTransferred", kind: KindOwnershipTransferred, params: handover("previousOwner", "newOwner", true)},
		{name: "OwnerUpdated", kind: KindOwnershipTransferred, params: handover("user", "newOwner", true)},
		{name: "OwnershipTransferStarted", kind: KindOwnershipTransferStarted, params: handover("previousOwner", "newOwner", true)},
		{name: "Paused", kind: KindPaused, params: []param{{name: "account", kind: typeAddress, into: accountColumn}}},
		{name: "Unpaused", kind: KindUnpaused, params: []param{{name: "account", kind: typeAddress, into: accountColumn}}},
		{name: "RoleGranted", kind: KindRoleGranted, params: []param{role, addressArg("account", accountColumn), sender}},
		{name: "RoleRevoked", kind: KindRoleRevoked, params: []param{role, addressArg("account", accountColumn), sender}},
		{
			name: "RoleAdminChanged", kind: KindRoleAdminChanged,
			params: []param{
				role,
				{name: "previousAdminRole", kind: typeBytes32, indexed: true, arg: argPrevious},
				{name: "newAdminRole", kind: typeBytes32, indexed: true, arg: argValue},
			},
		},
	}
}

// handover is a change from one address to another.
func handover(previous, next string, indexed bool) []param {
	return []param{
		{name: previous, kind: typeAddress, indexed: indexed, into: accountColumn, arg: argPrevious},
		{name: next, kind: typeAddress, indexed: indexed, into: counterpartyColumn, arg: argValue},
	}
}
