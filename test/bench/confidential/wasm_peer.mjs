// The WebAssembly build of libsecp256k1-zkp from npm against bench_confidential, on proofs of one shape: 52 bits, minimum 1,
// blinded generators, 32 that differ. Both run one after the other, several times, and the medians of processor time are
// compared.
//   node test/bench/confidential/wasm_peer.mjs build/bench/bench_confidential
// The package is looked for in test/functional (npm install --no-save @vulpemventures/secp256k1-zkp@3.2.1) or in WASM_PEER.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const PROOFS = 32;
const ROUNDS = 5;
const BENCHES = ['BM_range_proofs/1', 'BM_range_proofs/32'];

const here = path.dirname(new URL(import.meta.url).pathname);
const folder = process.env.WASM_PEER ?? path.join(here, '../../functional');
const bench = process.argv[2];
if (!bench) {
  console.error('usage: wasm_peer.mjs path/to/bench_confidential');
  process.exit(2);
}
let load;
try {
  load = createRequire(path.join(folder, 'package.json'))('@vulpemventures/secp256k1-zkp');
} catch {
  console.error(`no @vulpemventures/secp256k1-zkp in ${folder}`);
  process.exit(77);
}
const zkp = await load.default();

const hash = (text) => createHash('sha256').update(text).digest();
const cases = Array.from({ length: PROOFS }, (_, i) => {
  const generator = zkp.generator.generateBlinded(hash(`asset ${i}`), hash(`asset blind ${i}`));
  const value = String(1n + (hash(`value ${i}`).readBigUInt64BE() >> 12n));
  const blind = hash(`blind ${i}`);
  const commitment = zkp.pedersen.commitment(value, generator, blind);
  const script = hash(`script ${i}`).subarray(0, 22);
  const proof = zkp.rangeproof.sign(value, commitment, generator, blind, hash(`nonce ${i}`), '1', '0', '52', new Uint8Array(64), script);
  return { generator, commitment, script, proof };
});

function wasmRound() {
  const start = process.cpuUsage();
  for (const { generator, commitment, script, proof } of cases) {
    if (!zkp.rangeproof.verify(proof, commitment, generator, script)) throw new Error('a proof of its own is refused');
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / PROOFS;
}

function ownRound(name) {
  const output = execFileSync(bench, [`--benchmark_filter=^${name}$`, '--benchmark_format=json', '--benchmark_min_time=0.2'],
    { stdio: ['ignore', 'pipe', 'ignore'] });
  return JSON.parse(output).benchmarks[0].per_proof * 1e6;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
wasmRound();
const wasm = [];
const own = BENCHES.map(() => []);
for (let round = 0; round < ROUNDS; ++round) {
  wasm.push(wasmRound());
  BENCHES.forEach((name, i) => own[i].push(ownRound(name)));
}
console.log(`wasm: ${median(wasm).toFixed(0)} us a proof`);
BENCHES.forEach((name, i) => {
  console.log(`${name}: ${median(own[i]).toFixed(0)} us a proof, ${(median(wasm) / median(own[i])).toFixed(1)} times the wasm build`);
});
