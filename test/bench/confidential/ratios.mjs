// How many times as fast proofs are verified here as by libsecp256k1-zkp and by its WebAssembly build from npm, in one run
// each: rows interleaved, medians of repetitions. For a machine that does nothing else.
//   SLUICE_ZKP_LIBRARY=.../libsecp256k1.so node test/bench/confidential/ratios.mjs build/bench [repetitions]
// Prints a line for each figure, and says which are missing: without the library there is only the WebAssembly build.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const [folder, repetitions = '9'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: ratios.mjs path/to/build/bench [repetitions]');
  process.exit(2);
}

// The median of each row: `value` picks what is compared. Rows that could not run are absent.
function medians(program, filter, value) {
  if (!existsSync(path.join(folder, program))) {
    console.log(`${program} is not built`);
    return new Map();
  }
  const output = execFileSync(path.join(folder, program), [`--benchmark_filter=${filter}`, '--benchmark_format=json',
    `--benchmark_repetitions=${repetitions}`, '--benchmark_enable_random_interleaving=true', '--benchmark_min_time=0.1'],
  { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });
  const rows = JSON.parse(output).benchmarks.filter((row) => row.aggregate_name === 'median' && !row.error_occurred);
  return new Map(rows.map((row) => [row.run_name, value(row)]));
}

function compare(rows, title, ours, reference, unit, scale) {
  const [a, b] = [rows.get(ours), rows.get(reference)];
  if (a === undefined) return;
  const figure = (seconds) => `${(seconds * scale).toFixed(seconds * scale < 100 ? 1 : 0)} ${unit}`;
  const against = b === undefined ? 'no libsecp256k1-zkp to compare with' : `${(b / a).toFixed(2)} times libsecp256k1-zkp (${figure(b)})`;
  console.log(`${title.padEnd(48)} ${figure(a).padStart(9)}  ${against}`);
}

const proofs = medians('bench_confidential', 'range_proofs|surjection_proofs', (row) => row.per_proof);
const arithmetics = [...proofs.keys()].filter((name) => /^BM_range_proofs_with\/.*\/1$/.test(name)).map((name) => name.split('/')[1]);
const range = 'BM_reference_range_proofs';
for (const arithmetic of arithmetics) {
  for (const [together, words] of [[1, 'one'], [4, 'four together'], [32, 'as in a block']]) {
    compare(proofs, `${arithmetic}: range proof of 52 bits, ${words}`, `BM_range_proofs_with/${arithmetic}/${together}`, range, 'us', 1e6);
  }
  for (const [arguments_, reference, words] of [['3/1', 3, '3 of 3 inputs, one'], ['3/0', 3, '3 of 3 inputs, as in a block'],
    ['256/1', 256, '256 of 256 inputs, one']]) {
    compare(proofs, `${arithmetic}: surjection proof, ${words}`, `BM_surjection_proofs_with/${arithmetic}/${arguments_}`,
      `BM_reference_surjection_proofs/inputs:${reference}`, 'us', 1e6);
  }
}
const block = medians('bench_chain', 'confidential_block|reference_block', (row) => row.real_time * 1e-3);
const reference = 'reference_block/real_time';
compare(block, 'block of 500 transactions, 2 cores, unknown', 'confidential_block/unknown_proofs/real_time', reference, 'ms', 1e3);
compare(block, 'the same, its proofs known from the mempool', 'confidential_block/proofs_known_from_the_mempool/real_time', reference, 'ms', 1e3);
const peer = path.join(path.dirname(new URL(import.meta.url).pathname), 'wasm_peer.mjs');
spawnSync(process.execPath, [peer, path.join(folder, 'bench_confidential')], { stdio: 'inherit' });
