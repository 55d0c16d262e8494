// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TokenBase} from "./TokenBase.sol";

/// The VVV token: its owner mints, anyone may send to the zero address.
contract VVV is TokenBase {
    event OwnershipTransferred(address indexed user, address indexed newOwner);

    string public constant name = "Venice Token";
    string public constant symbol = "VVV";

    address public owner;

    error NotOwner();

    constructor(address owner_) {
        owner = owner_;
    }

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function transferOwnership(address newOwner) external onlyOwner {
        owner = newOwner;
        emit OwnershipTransferred(msg.sender, newOwner);
    }
}
