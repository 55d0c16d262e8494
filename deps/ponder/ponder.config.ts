import { createConfig } from "ponder";
import { zeroAddress } from "viem";

import { airdropAbi, diemAbi, stakingAbi, transferAbi } from "./abis/venice";

// The benchmark says which endpoints, which blocks and where the database lies.
const range = {
  chain: "base",
  startBlock: Number(process.env.FIRST_BLOCK),
  endBlock: Number(process.env.LAST_BLOCK),
} as const;

const vvv = "0xacfE6019Ed1A7Dc6f7B508C02d1b04ec88cC21bf";

export default createConfig({
  database: { kind: "pglite", directory: process.env.PGLITE_DIRECTORY },
  chains: {
    base: { id: 8453, rpc: process.env.PONDER_RPC_URL_8453!.split(",") },
  },
  contracts: {
    // A filter by argument holds for an event once a contract: mints and burns are two.
    VVVMints: {
      ...range,
      abi: transferAbi,
      address: vvv,
      filter: { event: "Transfer", args: { from: zeroAddress } },
    },
    VVVBurns: {
      ...range,
      abi: transferAbi,
      address: vvv,
      filter: { event: "Transfer", args: { to: zeroAddress } },
    },
    Staking: { ...range, abi: stakingAbi, address: "0x321b7ff75154472B18EDb199033fF4D116F340Ff" },
    Diem: { ...range, abi: diemAbi, address: "0xF4d97F2da56e8c3098f3a8D538DB630A2606a024" },
    Airdrop: { ...range, abi: airdropAbi, address: "0xf4940c7dEE63d885C8Fb20123e9C8e5c49a3Ef41" },
  },
});
