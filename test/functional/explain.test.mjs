// What a user is told when a transaction is refused: the rule, the place, and the script up to the opcode that fails.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { miningNode, story } from './lib/stories.mjs';

const NEEDED = ['sluiced'];
const FREE = 1_000_000_000n;

const reversed = (hex) => Buffer.from(hex, 'hex').reverse().toString('hex');
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n >>> 0); return b.toString('hex'); };
const u64be = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(n)); return b.toString('hex'); };
const sized = (hex) => (hex.length / 2).toString(16).padStart(2, '0') + hex;

/** An Elements transaction of one input without witness; outputs as [satoshi, script]. */
function transaction({ txid, vout, scriptSig = '', asset, outputs }) {
    const out = outputs.map(([sat, script]) => `01${reversed(asset)}01${u64be(sat)}00${sized(script)}`);
    return `0200000000` + `01${reversed(txid)}${u32(vout)}${sized(scriptSig)}ffffffff` +
        outputs.length.toString(16).padStart(2, '0') + out.join('') + '00000000';
}

story('a refused script is explained to its opcode', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { initialfreecoins: FREE, con_connect_genesis_outputs: 1, acceptnonstdtxn: 1, txindex: 1, rest: 1 } });
    const { pegged_asset: asset } = await node.call('getsidechaininfo');
    const genesis = await node.call('getblock', await node.call('getblockhash', 0), 2);
    const coin = genesis.tx.flatMap((tx) => tx.vout.map((out) => ({ txid: tx.txid, ...out }))).find((out) => out.scriptPubKey.hex === '51');
    assert.ok(coin, 'the genesis block has coins that anyone can spend');

    // 1 ADD 3 EQUALVERIFY 1: opened by 2 alone.
    const lock = '51935388' + '51';
    const first = transaction({ txid: coin.txid, vout: coin.n, asset, outputs: [[FREE - 100_000n, lock], [100_000n, '']] });
    const txid = await node.call('sendrawtransaction', first, 0);
    await node.call('generatetoaddress', 1, await node.call('getnewaddress'));
    const spend = (scriptSig, paid = FREE - 200_000n) =>
        transaction({ txid, vout: 0, scriptSig, asset, outputs: [[paid, '51'], [100_000n, '']] });

    const [good] = await node.call('testmempoolaccept', [spend('52')], 0);
    assert.deepEqual([good.allowed, good.explain], [true, undefined]);

    const [plain] = await node.call('testmempoolaccept', [spend('55')], 0);
    assert.deepEqual(Object.keys(plain), ['txid', 'wtxid', 'allowed', 'reject-reason', 'reject-details']);
    const [refused] = await node.call('testmempoolaccept', [spend('55')], 0, true);
    assert.equal(refused['reject-reason'], 'mandatory-script-verify-flag-failed (Script failed an OP_EQUALVERIFY operation)');
    const { explain } = refused;
    assert.deepEqual([explain.rule, explain.kind, explain.stage, explain.input], ['tx-script', 'consensus', 'script', 0]);
    assert.deepEqual([explain.script.script, explain.script.opcode, explain.script.position, explain.script.offset],
        ['scriptPubKey', 'OP_EQUALVERIFY', 3, 3]);
    assert.deepEqual([explain.script.stack, explain.script.altstack], [['06', '03'], []]);

    const told = await node.call('explaintransaction', spend('55'));
    assert.equal(told.allowed, false);
    assert.equal(told.inputs[0].script.code, 'EQUALVERIFY');
    assert.deepEqual(told.inputs[0].script.last_steps.map((step) => step.opcode), ['1', 'OP_ADD', '3', 'OP_EQUALVERIFY']);
    assert.deepEqual(told.balance.assets[asset].left, 0);

    const minted = await node.call('explaintransaction', spend('52', FREE));
    assert.equal(minted.explain.rule, 'tx-in-not-out');
    assert.deepEqual([minted.explain.place, minted.explain.values],
        ['transaction', { check: 'balance', asset, in: Number(FREE - 100_000n), out: Number(FREE + 100_000n) }]);
    assert.equal(minted.inputs[0].script.ok, true);
    assert.equal(minted.balance.assets[asset].left, -0.002);

    const [missing] = await node.call('testmempoolaccept', [transaction({ txid: '11'.repeat(32), vout: 3, asset, outputs: [[1n, '51']] })], 0, true);
    assert.equal(missing['reject-reason'], 'missing-inputs');
    assert.deepEqual([missing.explain.rule, missing.explain.input], ['tx-inputs-missing', 0]);

    // What the chain does not know can be said.
    const elsewhere = transaction({ txid: '22'.repeat(32), vout: 0, scriptSig: '55', asset, outputs: [[900n, '51'], [100n, '']] });
    const given = await node.call('explaintransaction', elsewhere, [{ txid: '22'.repeat(32), vout: 0, scriptPubKey: lock, amount: '0.00001', asset }]);
    assert.equal(given.inputs[0].script.opcode, 'OP_EQUALVERIFY');
    assert.equal('allowed' in given, false);

    const rest = async (path) => (await fetch(`http://127.0.0.1:${node.rpcPort}/rest/${path}`)).text();
    assert.equal(await rest(`tx/${txid}.hex`), `${first}\n`);
    assert.equal(JSON.parse(await rest('chaininfo.json')).blocks, 1);
    const best = await node.call('getbestblockhash');
    assert.equal(JSON.parse(await rest(`block/${best}.json`)).tx[1].txid, txid);
    assert.equal(JSON.parse(await rest(`headers/${await node.call('getblockhash', 0)}.json?count=9`)).length, 2);
    assert.equal(await rest('blockhashbyheight/1.hex'), `${best}\n`);
    assert.match(await rest('block/xyz.json'), /^Invalid hash: xyz/);

    // The index knows confirmed transactions without their block.
    const found = await node.call('getrawtransaction', txid, 1);
    assert.equal(found.confirmations, 1);
    assert.deepEqual(Object.keys(await node.call('getindexinfo')), ['txindex']);
});

const refusedRpc = (call, code) => assert.rejects(call, (error) => error.code === code);
const sha256d = (hex) => {
    const once = (bytes) => createHash('sha256').update(bytes).digest();
    return once(once(Buffer.from(hex, 'hex'))).toString('hex');
};

story('a refused block is explained to its opcode', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { initialfreecoins: FREE, con_connect_genesis_outputs: 1, acceptnonstdtxn: 1, disablewallet: 1 } });
    const { pegged_asset: asset } = await node.call('getsidechaininfo');
    const genesis = await node.call('getblock', await node.call('getblockhash', 0), 2);
    const coin = genesis.tx.flatMap((tx) => tx.vout.map((out) => ({ txid: tx.txid, ...out }))).find((out) => out.scriptPubKey.hex === '51');
    const made = async () => (await node.call('combineblocksigs', await node.call('getnewblockhex'), [], '')).hex;
    const first = transaction({ txid: coin.txid, vout: coin.n, asset, outputs: [[FREE - 100_000n, '5193538851'], [100_000n, '']] });
    const txid = await node.call('sendrawtransaction', first, 0);
    assert.equal(await node.call('submitblock', await made()), null);

    // A header is hashed without its witness, which is OP_TRUE alone; before it stands the null entry of no proposal.
    const hashOf = (block) => reversed(sha256d(block.slice(0, block.indexOf('00010151', 152) + 2)));
    const best = await node.call('getbestblockhash');
    assert.equal(hashOf(await node.call('getblock', best, 0)), best);
    await refusedRpc(node.call('getblockrejection', best), -5);

    // A sound block, in which another number is pushed: its transactions are not those of the header.
    const spend = (scriptSig) =>
        transaction({ txid, vout: 0, scriptSig, asset, outputs: [[FREE - 200_000n, '51'], [100_000n, '']] });
    await node.call('sendrawtransaction', spend('52'), 0);
    const sound = await made();
    assert.ok(sound.includes(spend('52')));
    const damaged = sound.replace(spend('52'), spend('55'));
    assert.equal(await node.call('submitblock', damaged), 'bad-txnmrklroot');
    const mismatch = await node.call('getblockrejection', hashOf(damaged));
    assert.deepEqual([mismatch.verdict, mismatch.mutated, mismatch.explain.rule, mismatch.explain.place],
        ['invalid', true, 'block-merkle-root', 'block']);
    assert.equal(mismatch.explain.values.expected, reversed(sound.slice(72, 136)));

    // With the root that it names the block is what it says, and its script fails.
    const bad = damaged.slice(0, 72) + reversed(mismatch.explain.values.root) + damaged.slice(136);
    const reason = 'mandatory-script-verify-flag-failed (Script failed an OP_EQUALVERIFY operation)';
    assert.equal(await node.call('submitblock', bad), reason);
    const told = await node.call('getblockrejection', hashOf(bad));
    assert.deepEqual([told.height, told.verdict, told.mutated, told['reject-reason']], [2, 'invalid', false, reason]);
    const { explain } = told;
    assert.deepEqual([explain.rule, explain.reject, explain.stage], ['tx-script', 'mandatory-script-verify-flag-failed', 'script']);
    assert.deepEqual([explain.place, explain.input, explain.transaction, explain.txid],
        ['input', 0, 1, (await node.call('decoderawtransaction', spend('55'))).txid]);
    assert.deepEqual(explain.values, { outpoint: `${txid}:0`, error: 'EQUALVERIFY' });
    assert.deepEqual([explain.script.opcode, explain.script.offset, explain.script.stack], ['OP_EQUALVERIFY', 3, ['06', '03']]);

    // A header that contradicts its place.
    const early = bad.slice(0, 136) + '00000000' + bad.slice(144);
    assert.equal(await node.call('submitblock', early), 'time-too-old');
    const old = await node.call('getblockrejection', hashOf(early));
    assert.deepEqual([old.explain.place, old.explain.values.time], ['header', 0]);
    assert.equal(await node.call('submitblock', sound), null);
});

story('the pool outlives a restart', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { initialfreecoins: FREE, con_connect_genesis_outputs: 1, disablewallet: 1 } });
    const { pegged_asset: asset } = await node.call('getsidechaininfo');
    const genesis = await node.call('getblock', await node.call('getblockhash', 0), 2);
    const coin = genesis.tx.flatMap((tx) => tx.vout.map((out) => ({ txid: tx.txid, ...out }))).find((out) => out.scriptPubKey.hex === '51');
    const hex = transaction({ txid: coin.txid, vout: coin.n, asset, outputs: [[FREE - 10_000n, '51'], [10_000n, '']] });
    const txid = await node.call('sendrawtransaction', hex, 0);
    await node.restart();
    assert.deepEqual(await node.call('getrawmempool'), [txid]);
    assert.match((await node.call('savemempool')).filename, /mempool\.dat$/);
    await node.restart({ persistmempool: 0 });
    assert.deepEqual(await node.call('getrawmempool'), []);
});
