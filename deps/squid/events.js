import { event, indexed } from "@subsquid/evm-abi";
import { address, fixedSizeArray, uint256 } from "@subsquid/evm-codec";

// The events that the chain of the benchmark has, and what a row says of each.

const user = { user: indexed(address), amount: uint256 };
const pair = { vvv: uint256, diem: uint256 };

export const transfer = event("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", "Transfer(address,address,uint256)",
  { from: indexed(address), to: indexed(address), value: uint256 });

const staked = event("0x9e71bc8eea02a63969f509818f2dafb9254532904319f9dbda79b67bd34a5f3d", "Staked(address,uint256)", user);
const claimed = event("0xd8138f8a3f377c5259ca548e70e4c2de94f129f5a11036a15b69513cba2b426a", "Claimed(address,uint256)", user);
const initiated = event("0xc606a9f55fc42cd3159fcfc8ddcd749dd21c4574cca0b68a5a65d5f984b6c42c", "UnstakeInitiated(address,uint256)", user);
const finalized = event("0xc819022d26707b1e41f61d9adc9481024e27272d949e34a1dfec4d7abf168a33", "UnstakeFinalized(address,uint256)", user);
const minted = event("0xd081a649ef2f9530490e16b4ff4d6e1f46460e01107d1ecf7c576cca3cf9d357", "DiemMinted(uint256,uint256)", pair);
const burned = event("0x77e8c1608e07b1a4395fc907407d6244a50b86eead919f3ee61d8ce99e204bd6", "DiemBurned(uint256,uint256)", pair);
const curve = event("0xa17dd66150b8ad4ee99c4d23c5cdbb44eaa4076e6e1d854c3005aa021511da5a", "DiemMintRatesUpdated(uint256[256],uint256[256])",
  { bounds: fixedSizeArray(uint256, 256), rates: fixedSizeArray(uint256, 256) });
const emission = event("0xffcc630bf88a67ba7c8b27440787c31777ae923aee1e9bbd0127feea56da2cd0", "EmissionRateUpdated(uint256)", { value: uint256 });
const unstaked = event("0x0f5bb82176feb1b5e747e28471aa92156a04d9f3ab9f45f28e2d704232b93f75", "Unstaked(address,uint256)", user);
const airdropped = event("0x528937b330082d892a98d4e428ab2dcca7844b51d227a1c0ae67f0b5261acbd9", "Claimed(uint256,address,uint256,uint256,uint256)",
  { index: uint256, account: indexed(address), amount: uint256, arg3: uint256, arg4: uint256 });

const moved = (wei) => ({ from, to, value }) => ({ account: from, counterparty: to, [wei]: value });
const ofUser = (wei) => ({ user, amount }) => ({ account: user, [wei]: amount });
const ofPair = ({ vvv, diem }) => ({ vvvWei: vvv, diemWei: diem });

const known = (...events) => new Map(events.map(([codec, said]) => [codec.topic, { name: codec.signature.split("(")[0], codec, said }]));

export const vvv = "0xacfe6019ed1a7dc6f7b508c02d1b04ec88cc21bf";

/** @type {Record<string, {name: string, events: Map}>} */
export const contracts = {
  [vvv]: { name: "vvv", events: known([transfer, moved("vvvWei")]) },
  "0x321b7ff75154472b18edb199033ff4d116f340ff": {
    name: "staking",
    events: known(
      [transfer, moved("vvvWei")],
      [staked, ofUser("vvvWei")],
      [claimed, ofUser("vvvWei")],
      [initiated, ofUser("vvvWei")],
      [finalized, ofUser("vvvWei")],
      [minted, ofPair],
      [burned, ofPair],
      [curve, ({ bounds, rates }) => ({ args: { bounds: bounds.map(String), rates: rates.map(String) } })],
      [emission, ({ value }) => ({ args: { value: String(value) } })],
    ),
  },
  "0xf4d97f2da56e8c3098f3a8d538db630a2606a024": {
    name: "diem",
    events: known(
      [transfer, moved("diemWei")],
      [staked, ofUser("diemWei")],
      [initiated, ofUser("diemWei")],
      [unstaked, ofUser("diemWei")],
    ),
  },
  "0xf4940c7dee63d885c8fb20123e9c8e5c49a3ef41": {
    name: "airdrop",
    events: known([airdropped, ({ account, amount }) => ({ account, vvvWei: amount })]),
  },
};
