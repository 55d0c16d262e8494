import { parseAbi } from "viem";

// The events that the chain of the benchmark has. Ponder asks for events by name; one
// that is not listed here is not read.

export const transferAbi = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 value)",
]);

export const stakingAbi = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Staked(address indexed user, uint256 amount)",
  "event Claimed(address indexed user, uint256 amount)",
  "event UnstakeInitiated(address indexed user, uint256 amount)",
  "event UnstakeFinalized(address indexed user, uint256 amount)",
  "event DiemMinted(uint256 sVVVLocked, uint256 diemMinted)",
  "event DiemBurned(uint256 sVVVUnlocked, uint256 diemBurned)",
  "event DiemMintRatesUpdated(uint256[256] diemSupply, uint256[256] diemMintRates)",
  "event EmissionRateUpdated(uint256 newEmissionRate)",
]);

export const diemAbi = parseAbi([
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Staked(address indexed user, uint256 amount)",
  "event UnstakeInitiated(address indexed user, uint256 amount)",
  "event Unstaked(address indexed user, uint256 amount)",
]);

export const airdropAbi = parseAbi([
  "event Claimed(uint256 index, address indexed account, uint256 amount, uint256 arg3, uint256 arg4)",
]);
