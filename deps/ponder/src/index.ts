import { ponder } from "ponder:registry";
import type { Context } from "ponder:registry";
import { events } from "ponder:schema";
import type { Block, Log, Transaction } from "ponder";

type Row = typeof events.$inferInsert;
type Place = { id: string; block: Block; log: Log; transaction: Transaction };
type Said = Pick<Row, "account" | "counterparty" | "vvvWei" | "diemWei" | "args">;

async function save(context: Context, at: Place, contract: string, event: string, said: Said) {
  await context.db.insert(events).values({
    id: at.id,
    contract,
    event,
    blockNumber: at.block.number,
    blockHash: at.block.hash,
    blockTime: at.block.timestamp,
    logIndex: at.log.logIndex,
    txHash: at.transaction.hash,
    ...said,
  });
}

ponder.on("VVVMints:Transfer", ({ event, context }) =>
  save(context, event, "vvv", "Transfer", { account: event.args.to, counterparty: event.args.from, vvvWei: event.args.value }));
ponder.on("VVVBurns:Transfer", ({ event, context }) =>
  save(context, event, "vvv", "Transfer", { account: event.args.from, counterparty: event.args.to, vvvWei: event.args.value }));

ponder.on("Staking:Transfer", ({ event, context }) =>
  save(context, event, "staking", "Transfer", { account: event.args.from, counterparty: event.args.to, vvvWei: event.args.value }));
ponder.on("Staking:Staked", ({ event, context }) =>
  save(context, event, "staking", "Staked", { account: event.args.user, vvvWei: event.args.amount }));
ponder.on("Staking:Claimed", ({ event, context }) =>
  save(context, event, "staking", "Claimed", { account: event.args.user, vvvWei: event.args.amount }));
ponder.on("Staking:UnstakeInitiated", ({ event, context }) =>
  save(context, event, "staking", "UnstakeInitiated", { account: event.args.user, vvvWei: event.args.amount }));
ponder.on("Staking:UnstakeFinalized", ({ event, context }) =>
  save(context, event, "staking", "UnstakeFinalized", { account: event.args.user, vvvWei: event.args.amount }));
ponder.on("Staking:DiemMinted", ({ event, context }) =>
  save(context, event, "staking", "DiemMinted", { vvvWei: event.args.sVVVLocked, diemWei: event.args.diemMinted }));
ponder.on("Staking:DiemBurned", ({ event, context }) =>
  save(context, event, "staking", "DiemBurned", { vvvWei: event.args.sVVVUnlocked, diemWei: event.args.diemBurned }));
ponder.on("Staking:DiemMintRatesUpdated", ({ event, context }) => {
  // Arrays as long as these have no type of their own.
  const { diemSupply, diemMintRates } = event.args as Record<string, readonly bigint[]>;

  return save(context, event, "staking", "DiemMintRatesUpdated", {
    args: { bounds: diemSupply!.map(String), rates: diemMintRates!.map(String) },
  });
});
ponder.on("Staking:EmissionRateUpdated", ({ event, context }) =>
  save(context, event, "staking", "EmissionRateUpdated", { args: { value: String(event.args.newEmissionRate) } }));

ponder.on("Diem:Transfer", ({ event, context }) =>
  save(context, event, "diem", "Transfer", { account: event.args.from, counterparty: event.args.to, diemWei: event.args.value }));
ponder.on("Diem:Staked", ({ event, context }) =>
  save(context, event, "diem", "Staked", { account: event.args.user, diemWei: event.args.amount }));
ponder.on("Diem:UnstakeInitiated", ({ event, context }) =>
  save(context, event, "diem", "UnstakeInitiated", { account: event.args.user, diemWei: event.args.amount }));
ponder.on("Diem:Unstaked", ({ event, context }) =>
  save(context, event, "diem", "Unstaked", { account: event.args.user, diemWei: event.args.amount }));

ponder.on("Airdrop:Claimed", ({ event, context }) =>
  save(context, event, "airdrop", "Claimed", { account: event.args.account, vvvWei: event.args.amount }));
