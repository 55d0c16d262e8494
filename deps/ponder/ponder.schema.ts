import { onchainTable } from "ponder";

// One row an event, as our table events has it.
export const events = onchainTable("events", (t) => ({
  id: t.text().primaryKey(),
  contract: t.text().notNull(),
  event: t.text().notNull(),
  blockNumber: t.bigint().notNull(),
  blockHash: t.hex().notNull(),
  blockTime: t.bigint().notNull(),
  logIndex: t.integer().notNull(),
  txHash: t.hex().notNull(),
  account: t.hex(),
  counterparty: t.hex(),
  vvvWei: t.bigint(),
  diemWei: t.bigint(),
  args: t.json(),
}));
