// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {TokenBase} from "./TokenBase.sol";
import {VVV} from "./VVV.sol";

/// Staking as it was at launch: stake, claim, unstake after a cooldown. The
/// contract is itself the sVVV token, which cannot be transferred.
///
/// The locked figures live here, although only StakingV2 ever changes them, so
/// that one reward arithmetic serves both versions.
contract StakingV1 is Initializable, UUPSUpgradeable, TokenBase {
    struct Lock {
        uint256 sVVVLocked; // wei of sVVV held by outstanding DIEM
        uint256 diemMinted; // wei of DIEM still to be burned for it
    }

    struct Unstaking {
        uint256 amount; // wei of VVV
        uint256 availableAt; // unix seconds
    }

    event Staked(address indexed user, uint256 amount);
    event Claimed(address indexed user, uint256 amount);
    event UnstakeInitiated(address indexed user, uint256 amount);
    event UnstakeFinalized(address indexed user, uint256 amount);
    event EmissionRateUpdated(uint256 newEmissionRate);
    event CooldownDurationUpdated(uint256 newCooldownDuration);
    event TreasuryUpdated(address newTreasury);
    event VeniceEmissionsPercentageUpdated(uint256 newPercentage);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
    /// No decoder of the warehouse knows this event: it stands for whatever an
    /// upgrade may add.
    event GuardianNoticed(address indexed guardian, bytes32 indexed reason, uint256 level, string note);

    error NotOwner();
    error NotTransferable();
    error NothingStaked();
    error UnstakePending();
    error NothingPending();
    error CooldownNotOver(uint256 availableAt);
    error InsufficientUnlockedStake(uint256 available);

    uint256 internal constant SHARE_PRECISION = 1e36;
    uint256 internal constant PERCENT_PRECISION = 1e18;

    string public constant name = "Staked Venice Token";
    string public constant symbol = "sVVV";

    address public owner;
    VVV public vvv;
    address public treasury;
    uint256 public emissionRatePerSecond; // wei of VVV
    uint256 public lastRewardTimestamp; // unix seconds
    uint256 public veniceEmissionsPercentage; // 1e18 = all
    uint256 public cooldownDuration; // seconds
    mapping(address => Unstaking) public unstakings;

    uint256 internal _totalLocked;
    uint256 internal _percentageWhenLocked;
    mapping(address => Lock) internal _locks;

    uint256 internal _shareUnlocked; // rewards of one wei of unlocked stake, times 1e36
    uint256 internal _shareLocked; // the same of locked stake
    mapping(address => uint256) internal _paidUnlocked;
    mapping(address => uint256) internal _paidLocked;

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    constructor() {
        _disableInitializers();
    }

    function initialize(VVV vvv_, address owner_, address treasury_, uint256 rate, uint256 percentage, uint256 cooldown)
        external
        initializer
    {
        vvv = vvv_;
        owner = owner_;
        emit OwnershipTransferred(address(0), owner_);
        treasury = treasury_;
        lastRewardTimestamp = block.timestamp;
        _setEmissionRate(rate);
        _setPercentage(percentage);
        _setCooldown(cooldown);
    }

    // --- users

    /// Stakes the caller's VVV for `recipient`, who is paid what is pending.
    function stake(address recipient, uint256 amount) external {
        _updateRewards();
        _settle(recipient, true);
        _mint(recipient, amount);
        vvv.transferFrom(msg.sender, address(this), amount);
        emit Staked(recipient, amount);
    }

    function claim() external {
        _updateRewards();
        _settle(msg.sender, true);
    }

    /// The pending rewards become stake without leaving the contract.
    function claimAndStake() external {
        _updateRewards();
        uint256 amount = _settle(msg.sender, false);
        if (amount == 0) return;
        _mint(msg.sender, amount);
        emit Staked(msg.sender, amount);
    }

    /// Burns the sVVV at once; the VVV follows after the cooldown. One pending
    /// request a user.
    function initiateUnstake(uint256 amount) external {
        if (unstakings[msg.sender].amount != 0) revert UnstakePending();
        if (amount == 0) revert NothingStaked();
        _updateRewards();
        _settle(msg.sender, true);
        uint256 available = balanceOf[msg.sender] - _locks[msg.sender].sVVVLocked;
        if (amount > available) revert InsufficientUnlockedStake(available);
        _burn(msg.sender, amount);
        unstakings[msg.sender] = Unstaking(amount, block.timestamp + cooldownDuration);
        emit UnstakeInitiated(msg.sender, amount);
    }

    function finalizeUnstake() external {
        Unstaking memory pending = unstakings[msg.sender];
        if (pending.amount == 0) revert NothingPending();
        if (block.timestamp < pending.availableAt) revert CooldownNotOver(pending.availableAt);
        delete unstakings[msg.sender];
        vvv.transfer(msg.sender, pending.amount);
        emit UnstakeFinalized(msg.sender, pending.amount);
    }

    // --- the owner

    function setEmissionRate(uint256 rate) external onlyOwner {
        _updateRewards();
        _setEmissionRate(rate);
    }

    function setVeniceEmissionsPercentage(uint256 percentage) external onlyOwner {
        _updateRewards();
        _setPercentage(percentage);
    }

    function setCooldownDuration(uint256 cooldown) external onlyOwner {
        _updateRewards();
        _setCooldown(cooldown);
    }

    function setTreasury(address treasury_) external onlyOwner {
        _updateRewards();
        treasury = treasury_;
        emit TreasuryUpdated(treasury_);
    }

    function transferOwnership(address newOwner) external onlyOwner {
        emit OwnershipTransferred(owner, newOwner);
        owner = newOwner;
    }

    function noticeGuardian(address guardian, bytes32 reason, uint256 level, string calldata note) external onlyOwner {
        emit GuardianNoticed(guardian, reason, level, note);
    }

    // --- rewards

    /// One reward update: emits what the elapsed seconds are worth, first to the
    /// treasury, then to this contract for the stakers. Nothing happens twice in
    /// one second; while nobody stakes, time passes without emission.
    function _updateRewards() internal {
        uint256 elapsed = block.timestamp - lastRewardTimestamp;
        if (elapsed == 0) return;
        lastRewardTimestamp = block.timestamp;
        uint256 supply = totalSupply;
        if (supply == 0) return;

        uint256 locked = _totalLocked;
        uint256 unlocked = supply - locked;
        uint256 emitted = elapsed * emissionRatePerSecond;
        uint256 toTreasury = (emitted * veniceEmissionsPercentage) / PERCENT_PRECISION;
        uint256 raw = emitted - toTreasury;
        uint256 lockedRaw = (raw * locked) / supply;
        uint256 toStakers;
        if (unlocked != 0) {
            uint256 share = ((raw - lockedRaw) * SHARE_PRECISION) / unlocked;
            _shareUnlocked += share;
            toStakers = (share * unlocked) / SHARE_PRECISION;
        }
        if (locked != 0) {
            uint256 venice = (lockedRaw * _percentageWhenLocked) / PERCENT_PRECISION;
            uint256 share = ((lockedRaw - venice) * SHARE_PRECISION) / locked;
            _shareLocked += share;
            toTreasury += venice;
            toStakers += (share * locked) / SHARE_PRECISION;
        }
        if (toTreasury != 0) vvv.mint(treasury, toTreasury);
        if (toStakers != 0) vvv.mint(address(this), toStakers);
    }

    /// What `user` could claim if the rewards were updated now for the last time.
    function pendingRewards(address user) public view returns (uint256) {
        uint256 locked = _locks[user].sVVVLocked;
        return ((balanceOf[user] - locked) * (_shareUnlocked - _paidUnlocked[user])) / SHARE_PRECISION
            + (locked * (_shareLocked - _paidLocked[user])) / SHARE_PRECISION;
    }

    function _settle(address user, bool pay) internal returns (uint256 amount) {
        amount = pendingRewards(user);
        _paidUnlocked[user] = _shareUnlocked;
        _paidLocked[user] = _shareLocked;
        if (amount == 0) return 0;
        if (pay) vvv.transfer(user, amount);
        emit Claimed(user, amount);
    }

    // --- internals

    function _setEmissionRate(uint256 rate) internal {
        emissionRatePerSecond = rate;
        emit EmissionRateUpdated(rate);
    }

    function _setPercentage(uint256 percentage) internal {
        veniceEmissionsPercentage = percentage;
        emit VeniceEmissionsPercentageUpdated(percentage);
    }

    function _setCooldown(uint256 cooldown) internal {
        cooldownDuration = cooldown;
        emit CooldownDurationUpdated(cooldown);
    }

    function _move(address, address, uint256) internal pure override {
        revert NotTransferable();
    }

    function _authorizeUpgrade(address) internal view override onlyOwner {}
}
