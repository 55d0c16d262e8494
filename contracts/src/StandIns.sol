// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {TokenBase} from "./TokenBase.sol";

/// The upgradeable proxy in front of staking.
contract StakingProxy is ERC1967Proxy {
    constructor(address implementation) ERC1967Proxy(implementation, "") {}

    function _unsafeAllowUninitialized() internal pure override returns (bool) {
        return true;
    }
}

/// An account that is a contract: a Safe, a vault, a smart wallet. Its owner
/// makes it call others, several at a time.
contract Executor {
    struct Call {
        address target;
        bytes data;
    }

    error NotOwner();

    address public owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function execute(Call[] calldata calls) external {
        if (msg.sender != owner) revert NotOwner();
        for (uint256 i = 0; i < calls.length; i++) {
            (bool ok, bytes memory result) = calls[i].target.call(calls[i].data);
            if (!ok) {
                assembly {
                    revert(add(result, 32), mload(result))
                }
            }
        }
    }
}

/// A pool whose swaps name 0x0 as their recipient: each sends VVV there.
contract Pool {
    TokenBase public immutable vvv;

    constructor(TokenBase vvv_) {
        vvv = vvv_;
    }

    function swapToZero(uint256[] calldata amounts) external {
        for (uint256 i = 0; i < amounts.length; i++) {
            vvv.transfer(address(0), amounts[i]);
        }
    }
}

/// The airdrop: each index claims once, the owner burns what is left.
contract Airdrop {
    event Claimed(uint256 index, address indexed account, uint256 amount, uint256 claimed, uint256 left);

    error NotOwner();
    error AlreadyClaimed();

    address public immutable owner;
    TokenBase public immutable vvv;
    mapping(uint256 => bool) public isClaimed;

    constructor(TokenBase vvv_, address owner_) {
        vvv = vvv_;
        owner = owner_;
    }

    function claim(uint256 index, address account, uint256 amount) external {
        if (isClaimed[index]) revert AlreadyClaimed();
        isClaimed[index] = true;
        vvv.transfer(account, amount);
        emit Claimed(index, account, amount, amount, 0);
    }

    function burnRemainder() external {
        if (msg.sender != owner) revert NotOwner();
        vvv.transfer(address(0), vvv.balanceOf(address(this)));
    }
}

/// The part of Multicall3 that readers use.
contract Multicall3 {
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (results[i].success, results[i].returnData) = calls[i].target.call(calls[i].callData);
            require(results[i].success || calls[i].allowFailure, "Multicall3: call failed");
        }
    }

    function getBlockNumber() external view returns (uint256) {
        return block.number;
    }

    function getCurrentBlockTimestamp() external view returns (uint256) {
        return block.timestamp;
    }
}
