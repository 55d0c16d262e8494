// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StakingV1} from "./StakingV1.sol";
import {Diem} from "./Diem.sol";

/// Adds DIEM: locking sVVV mints it along a table of 256 buckets, burning it
/// releases the lock at the user's own average rate.
contract StakingV2 is StakingV1 {
    event DiemMinted(uint256 sVVVLocked, uint256 diemMinted);
    event DiemBurned(uint256 sVVVUnlocked, uint256 diemBurned);
    event DiemMintRatesUpdated(uint256[256] diemSupply, uint256[256] diemMintRates);
    event VeniceEmissionsPercentageWhenLockedUpdated(uint256 newPercentage);

    error CurveNotAscending(uint256 index);
    error CurveExhausted();
    error TooLittleDiem(uint256 amountOut);
    error NotMinted(uint256 outstanding);

    uint256 internal constant BUCKETS = 256;
    uint256 internal constant DIEM_UNIT = 1e18;

    Diem public diem;
    uint256[256] public diemSupply; // upper bound of each bucket, wei of DIEM
    uint256[256] public diemMintRates; // wei of sVVV for 1e18 wei of DIEM in it

    function initializeV2(Diem diem_, uint256 percentageWhenLocked) external reinitializer(2) onlyOwner {
        _updateRewards();
        diem = diem_;
        _setPercentage(0);
        _setPercentageWhenLocked(percentageWhenLocked);
    }

    // --- views

    function totalLockedStakedVVV() external view returns (uint256) {
        return _totalLocked;
    }

    function veniceEmissionsPercentageWhenLocked() external view returns (uint256) {
        return _percentageWhenLocked;
    }

    function lockedStakes(address user) external view returns (uint256 sVVVLocked, uint256 diemMinted) {
        Lock storage lock = _locks[user];
        return (lock.sVVVLocked, lock.diemMinted);
    }

    /// DIEM for `sVVVAmount`, from the current supply upward. A bucket that is
    /// filled takes its price rounded up; in the last one the DIEM is rounded down.
    function getDiemAmountOut(uint256 sVVVAmount) public view returns (uint256 out) {
        uint256 supply = diem.totalSupply();
        uint256 i = _bucket(supply);
        while (true) {
            if (i == BUCKETS) revert CurveExhausted();
            uint256 bound = diemSupply[i];
            uint256 rate = diemMintRates[i];
            uint256 room = bound - supply;
            uint256 cost = (rate * room + DIEM_UNIT - 1) / DIEM_UNIT;
            if (sVVVAmount <= cost) {
                uint256 last = (sVVVAmount * DIEM_UNIT) / rate;
                return out + (last < room ? last : room);
            }
            sVVVAmount -= cost;
            out += room;
            supply = bound;
            i++;
        }
    }

    /// The first bucket whose bound lies above `supply`; 256 when there is none.
    function _bucket(uint256 supply) internal view returns (uint256 low) {
        uint256 high = BUCKETS;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (supply < diemSupply[middle]) high = middle;
            else low = middle + 1;
        }
    }

    // --- users

    function mintDiem(uint256 sVVVAmountToLock, uint256 minDiemAmountOut) external returns (uint256 out) {
        _updateRewards();
        _settle(msg.sender, true);
        Lock storage lock = _locks[msg.sender];
        uint256 available = balanceOf[msg.sender] - lock.sVVVLocked;
        if (sVVVAmountToLock > available) revert InsufficientUnlockedStake(available);
        out = getDiemAmountOut(sVVVAmountToLock);
        if (out == 0 || out < minDiemAmountOut) revert TooLittleDiem(out);
        lock.sVVVLocked += sVVVAmountToLock;
        lock.diemMinted += out;
        _totalLocked += sVVVAmountToLock;
        diem.mint(msg.sender, out);
        emit DiemMinted(sVVVAmountToLock, out);
    }

    function burnDiem(uint256 amount) external {
        _updateRewards();
        _settle(msg.sender, true);
        Lock storage lock = _locks[msg.sender];
        if (amount == 0 || amount > lock.diemMinted) revert NotMinted(lock.diemMinted);
        uint256 unlocked = (lock.sVVVLocked * amount) / lock.diemMinted;
        lock.sVVVLocked -= unlocked;
        lock.diemMinted -= amount;
        _totalLocked -= unlocked;
        diem.burn(msg.sender, amount);
        emit DiemBurned(unlocked, amount);
    }

    // --- the owner

    function setDiemMintCurve(uint256[256] calldata supply, uint256[256] calldata rates) external onlyOwner {
        _updateRewards();
        for (uint256 i = 0; i < BUCKETS; i++) {
            if (rates[i] == 0 || (i != 0 && supply[i] <= supply[i - 1])) revert CurveNotAscending(i);
            diemSupply[i] = supply[i];
            diemMintRates[i] = rates[i];
        }
        emit DiemMintRatesUpdated(supply, rates);
    }

    function setVeniceEmissionsPercentageWhenLocked(uint256 percentage) external onlyOwner {
        _updateRewards();
        _setPercentageWhenLocked(percentage);
    }

    function _setPercentageWhenLocked(uint256 percentage) internal {
        _percentageWhenLocked = percentage;
        emit VeniceEmissionsPercentageWhenLockedUpdated(percentage);
    }
}
