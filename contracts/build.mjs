// Compiles src/*.sol into artifacts/<Contract>.json: ABI, creation bytecode and
// deployed bytecode, in one canonical layout. Run by `npm ci && npm run build`.
import { readFileSync, readdirSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const solc = require('solc');
const here = dirname(fileURLToPath(import.meta.url));

const contracts = ['VVV', 'StakingV1', 'StakingV2', 'Diem', 'StakingProxy', 'Executor', 'Pool', 'Airdrop', 'Multicall3'];

const sources = {};
for (const file of readdirSync(join(here, 'src')).sort()) {
  sources[`src/${file}`] = { content: readFileSync(join(here, 'src', file), 'utf8') };
}

const input = {
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 1000 },
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  },
};

const find = (path) => ({ contents: readFileSync(join(here, 'node_modules', path), 'utf8') });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
// 5740: code after a call that a derived contract makes always revert.
const problems = (output.errors ?? []).filter((p) => p.errorCode !== '5740');
for (const problem of problems) {
  console.error(problem.formattedMessage);
}
if (problems.length > 0) {
  process.exit(1);
}

mkdirSync(join(here, 'artifacts'), { recursive: true });
for (const name of contracts) {
  const unit = Object.keys(output.contracts).find((u) => u.startsWith('src/') && output.contracts[u][name]);
  const { abi, evm } = output.contracts[unit][name];
  const artifact = {
    contract: name,
    compiler: solc.version(),
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployed_bytecode: `0x${evm.deployedBytecode.object}`,
  };
  writeFileSync(join(here, 'artifacts', `${name}.json`), `${JSON.stringify(artifact, null, 1)}\n`);
}
