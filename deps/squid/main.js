import { EvmBatchProcessor } from "@subsquid/evm-processor";
import { Database, LocalDest } from "@subsquid/file-store";
import { Column, Table, Types } from "@subsquid/file-store-csv";

import { contracts, transfer, vvv } from "./events.js";

// The benchmark says which endpoint, which blocks and where the rows go.
const [url, first, last, directory] = process.argv.slice(2);

const zero = "0x" + "0".repeat(64);

const processor = new EvmBatchProcessor()
  .setRpcEndpoint(url)
  .setFinalityConfirmation(75)
  .setBlockRange({ from: Number(first), to: Number(last) })
  .setFields({ log: { transactionHash: true } })
  .addLog({ address: [vvv], topic0: [transfer.topic], topic1: [zero] })
  .addLog({ address: [vvv], topic0: [transfer.topic], topic2: [zero] })
  .addLog({ address: Object.keys(contracts).filter((address) => address !== vvv) });

const text = Column(Types.String());
const integer = Column(Types.Integer());
const maybe = (type) => Column(type, { nullable: true });

// One row an event, as our table events has it.
const events = new Table("events.csv", {
  id: text,
  contract: text,
  event: text,
  blockNumber: integer,
  blockHash: text,
  blockTime: integer,
  logIndex: integer,
  txHash: text,
  account: maybe(Types.String()),
  counterparty: maybe(Types.String()),
  vvvWei: maybe(Types.Integer()),
  diemWei: maybe(Types.Integer()),
  args: maybe(Types.JSON()),
});

processor.run(new Database({ dest: new LocalDest(directory), tables: { events } }), async ({ blocks, store }) => {
  for (const { header, logs } of blocks) {
    for (const log of logs) {
      const contract = contracts[log.address];
      const { name, codec, said } = contract.events.get(log.topics[0]);

      store.events.write({
        id: log.id,
        contract: contract.name,
        event: name,
        blockNumber: BigInt(header.height),
        blockHash: header.hash,
        blockTime: BigInt(header.timestamp / 1000),
        logIndex: BigInt(log.logIndex),
        txHash: log.transactionHash,
        ...said(codec.decode(log)),
      });
    }
  }

  // What fills no file of its own is written at the end.
  store.setForceFlush(blocks.at(-1).header.height === Number(last));
});
