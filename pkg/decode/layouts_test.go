package decode

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/stretchr/testify/require"
)

// TestTopicsAreTheOnesSeenOnChain has the topics as they were published, so that a
// misspelt signature shows.
func TestTopicsAreTheOnesSeenOnChain(t *testing.T) {
	t.Parallel()

	const (
		transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
		staked   = "0x9e71bc8eea02a63969f509818f2dafb9254532904319f9dbda79b67bd34a5f3d"
		unstake  = "0xc606a9f55fc42cd3159fcfc8ddcd749dd21c4574cca0b68a5a65d5f984b6c42c"
		cooldown = "0x3b919acbae27b7c60197957a5423655702d842fcc85c19c7631dc1c777f478f5"
	)

	d := newDecoder(t, nil)

	for _, test := range []struct {
		contract Contract
		topic    string
		kind     Kind
		layouts  int
	}{
		{ContractVVV, transfer, KindVVVTransfer, 1},
		{ContractStaking, transfer, KindSVVVTransfer, 1},
		{ContractDIEM, transfer, KindDIEMTransfer, 1},
		{ContractStaking, staked, KindStake, 1},
		{ContractDIEM, staked, KindDIEMStake, 1},
		{ContractStaking, "0xd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a", KindClaim, 1},
		{ContractStaking, "0xd081a649ef2f9530490e16b4ff4d6e1f46460e01107d1ecf7c576cca3cf9d357", KindDIEMMint, 1},
		{ContractStaking, "0x77e8c1608e07b1a4395fc907407d6244a50b86eead919f3ee61d8ce99e204bd6", KindDIEMBurn, 1},
		{ContractStaking, unstake, KindUnstakeInitiated, 1},
		{ContractDIEM, unstake, KindDIEMUnstakeInitiated, 1},
		{ContractAirdrop, "0x528937b330082d892a98d4e428ab2dcca7844b51d227a1c0ae67f0b5261acbd9", KindAirdropClaim, 1},
		{ContractStaking, "0xc819022d26707b1e41f61d9adc9481024e27272d949e34a1dfec4d7abf168a33", KindUnstakeFinalized, 1},
		{ContractStaking, "0xffcc630bf88a67ba7c8b27440787c31777ae923aee1e9bbd0127feea56da2cd0", KindEmissionRateUpdated, 2},
		{ContractStaking, "0x144d30c57e277deb14c5d686b95cf61cfea257d9d551cef4288b2f7db418f87a", KindEmissionRateUpdated, 1},
		{ContractStaking, cooldown, KindCooldownUpdated, 2},
		{ContractDIEM, cooldown, KindCooldownUpdated, 2},
		{ContractStaking, "0x7dae230f18360d76a040c81f050aa14eb9d6dc7901b20fc5d855e2a20fe814d1", KindTreasuryUpdated, 2},
		{ContractStaking, "0x3fa751adc7d77b89491ef674a701215e6998cd5d3d73b083cc69e15c85f0790d", KindVenicePercentageUpdated, 2},
		{ContractStaking, "0x38a604e8a36592c14768cd04d016e8f0be9e11c140f1643cd8d4266f9e28e9e4", KindVenicePercentageLockedUpdated, 2},
		{ContractDIEM, "0x0f5bb82176feb1b5e747e28471aa92156a04d9f3ab9f45f28e2d704232b93f75", KindDIEMUnstake, 1},
		{ContractStaking, "0xbc7cd75a20ee27fd9adebab32041f755214dbc6bffa90cc0225b39da2e5c2d3b", KindUpgraded, 1},
		{ContractStaking, "0xc7f505b2f371ae2175ee4913f4499e1f2633a7b5936321eed1cdaeb6115181d2", KindInitialized, 1},
		{ContractStaking, "0x7f26b83ff96e1f2b6a682f133852f6798a09c465da95921460cefb3847402498", KindInitialized, 1},
		{ContractStaking, "0x8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0", KindOwnershipTransferred, 1},
		{ContractVVV, "0x8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0", KindOwnershipTransferred, 1},
		{ContractStaking, "0x38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e22700", KindOwnershipTransferStarted, 1},
		{ContractStaking, "0x7e644d79422f17c01e4894b5f4f588d331ebfa28653d42ae832dc59e38c9798f", KindAdminChanged, 1},
		{ContractStaking, "0x1cf3b03a6cf19fa2baba4df148e9dcabedea7f8a5c07840e207e5c089be95d3e", KindBeaconUpgraded, 1},
		{ContractStaking, "0x62e78cea01bee320cd4e420270b5ea74000d11b0c9f74754ebdbfc544b05a258", KindPaused, 1},
		{ContractStaking, "0x5db9ee0a495bf2e6ff9c91a7834c1ba4fdd244a5e8aa4e537bd38aeae4b073aa", KindUnpaused, 1},
		{ContractDIEM, "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925", KindApproval, 1},
		{ContractDIEM, "0x2f8788117e7eff1d82e926ec794901d17c78024a50270940304540a733656f0d", KindRoleGranted, 1},
		{ContractDIEM, "0xf6391f5c32d9c69d2a47ea670b442974b53935d1edc7fd64eb21e047a839171b", KindRoleRevoked, 1},
		{ContractDIEM, "0xbd79b86ffe0ab8e8776151514217cd7cacd52c909f66475c3af44e129f0b00ff", KindRoleAdminChanged, 1},
		{ContractStaking, "0xa17dd66150b8ad4ee99c4d23c5cdbb44eaa4076e6e1d854c3005aa021511da5a", KindCurveUpdated, 1},
		{ContractStaking, "0x5b60375c9ea04946bbe5977a9aea1b9487b6339c5059563e141823a6f94ba548", KindCurveUpdated, 1},
	} {
		c := d.watchedAs(test.contract).events[common.HexToHash(test.topic)]
		require.NotNil(t, c, "%s %s", test.contract, test.kind)
		require.Len(t, c.layouts, test.layouts, "%s %s", test.contract, test.kind)

		for _, y := range c.layouts {
			require.Equal(t, test.kind, y.kind)
		}
	}
}
