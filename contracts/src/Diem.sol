// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

/// DIEM. Its own staking lives on the token: staked DIEM is held by this
/// contract, and leaves it after a cooldown.
contract Diem is ERC20, AccessControl {
    struct StakedInfo {
        uint256 amountStaked; // wei
        uint256 coolDownEnd; // unix seconds
        uint256 coolDownAmount; // wei
    }

    event Staked(address indexed user, uint256 amount);
    event UnstakeInitiated(address indexed user, uint256 amount);
    event Unstaked(address indexed user, uint256 amount);
    event CooldownDurationUpdated(uint256 newCooldownDuration);

    error NothingPending();
    error CooldownNotOver(uint256 availableAt);

    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");

    uint256 public totalStaked;
    uint256 public cooldownDuration = 1 days;
    mapping(address => StakedInfo) public stakedInfos;

    constructor(address admin) ERC20("Diem", "DIEM") {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    function mint(address to, uint256 value) external onlyRole(MINTER_ROLE) {
        _mint(to, value);
    }

    function burn(address from, uint256 value) external onlyRole(MINTER_ROLE) {
        _burn(from, value);
    }

    function setCooldownDuration(uint256 cooldown) external onlyRole(DEFAULT_ADMIN_ROLE) {
        cooldownDuration = cooldown;
        emit CooldownDurationUpdated(cooldown);
    }

    function stake(uint256 amount) external {
        _transfer(msg.sender, address(this), amount);
        stakedInfos[msg.sender].amountStaked += amount;
        totalStaked += amount;
        emit Staked(msg.sender, amount);
    }

    /// A second request adds to the first and starts the clock again.
    function initiateUnstake(uint256 amount) external {
        StakedInfo storage info = stakedInfos[msg.sender];
        info.amountStaked -= amount;
        info.coolDownAmount += amount;
        info.coolDownEnd = block.timestamp + cooldownDuration;
        totalStaked -= amount;
        emit UnstakeInitiated(msg.sender, amount);
    }

    function unstake() external {
        StakedInfo storage info = stakedInfos[msg.sender];
        uint256 amount = info.coolDownAmount;
        if (amount == 0) revert NothingPending();
        if (block.timestamp < info.coolDownEnd) revert CooldownNotOver(info.coolDownEnd);
        info.coolDownAmount = 0;
        info.coolDownEnd = 0;
        _transfer(address(this), msg.sender, amount);
        emit Unstaked(msg.sender, amount);
    }
}
