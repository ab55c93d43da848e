// Keys without a wallet: descriptors lead to addresses, coins are found by them, and a key that the caller brings signs.
// Blocks are found by their filters, coins over REST.
import assert from 'node:assert/strict';
import { miningNode, story } from './lib/stories.mjs';

const NEEDED = ['sluiced'];
const XPUB =
    'tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B';
const WIF = 'cTNbtVJmhx75RXomhYWSZAafuNNNKPd1cr2ZiUcAeukLNGrHWjvJ';
const refuses = (code, text) => (thrown) => {
    assert.equal(thrown.code, code, thrown.message);
    assert.match(thrown.text, text);
    return true;
};
const get = async (node, path, options) => {
    const reply = await fetch(`http://127.0.0.1:${node.rpcPort}/rest/${path}`, options);
    return { status: reply.status, text: await reply.text() };
};

story('descriptors, and coins found by them', NEEDED, async (t) => {
    const node = await miningNode(t);
    const info = await node.call('getdescriptorinfo', `wpkh(${XPUB}/1/<0;1>/*)`);
    assert.ok(info.isrange && info.issolvable && !info.hasprivatekeys);
    assert.equal(info.multipath_expansion.length, 2);
    const { descriptor } = await node.call('getdescriptorinfo', `wpkh(${XPUB}/1/1/*)`);
    assert.deepEqual(await node.call('deriveaddresses', descriptor, [0, 1]), [
        'ert1qjqmxmkpmxt80xz4y3746zgt0q3u3ferrfpgxn5', 'ert1qhku5rq7jz8ulufe2y6fkcpnlvpsta7rqdpq5ny']);
    await assert.rejects(node.call('deriveaddresses', descriptor), refuses(-8, /Range must be specified/));
    await assert.rejects(node.call('deriveaddresses', descriptor, [2, 0]), refuses(-8, /begin after end/));
    await assert.rejects(node.call('generatetodescriptor', 1, descriptor), refuses(-8, /Ranged descriptor not accepted/));

    await node.call('generatetodescriptor', 3, `wpkh(${XPUB}/1/1/1)`);
    const found = await node.call('scantxoutset', 'start', [{ desc: descriptor, range: 1 }]);
    assert.equal(found.unspents.length, 3);
    assert.match(found.unspents[0].desc, /^wpkh\(\[0c5f9a1e\/1\/1\/1\]0[23][0-9a-f]{64}\)#.{8}$/);
    assert.equal((await node.call('scantxoutset', 'start', [{ desc: descriptor, range: [2, 5] }])).unspents.length, 0);
});

story('a key that the caller brings', NEEDED, async (t) => {
    const node = await miningNode(t);
    const info = await node.call('getdescriptorinfo', `wpkh(${WIF})`);
    assert.ok(info.hasprivatekeys && !info.descriptor.includes(WIF), 'no secret is shown');
    const [address] = await node.call('deriveaddresses', info.descriptor);
    const [block] = await node.call('generatetoaddress', 1, address);
    await node.call('generatetoaddress', 100, address);
    const [coinbase] = (await node.call('getblock', block, 2)).tx;
    const n = coinbase.vout.findIndex((output) => output.value > 0);
    const { value } = coinbase.vout[n];
    const raw = await node.call('createrawtransaction', [{ txid: coinbase.txid, vout: n }],
        [{ [address]: (value - 0.001).toFixed(8) }, { fee: '0.00100000' }]);
    const unsigned = await node.call('signrawtransactionwithkey', raw, []);
    assert.equal(unsigned.complete, false);
    assert.equal(unsigned.errors.length, 1);
    const signed = await node.call('signrawtransactionwithkey', raw, [WIF]);
    assert.equal(signed.complete, true, JSON.stringify(signed.errors));
    assert.equal(await node.call('combinerawtransaction', [raw, signed.hex]), signed.hex);
    await node.call('sendrawtransaction', signed.hex);
    await assert.rejects(node.call('signrawtransactionwithkey', raw, ['123']), refuses(-5, /Invalid private key/));
    await assert.rejects(node.call('signrawtransactionwithkey', raw, [WIF], null, 'all'), refuses(-8, /'all' is not a valid/));

    const signature = await node.call('signmessagewithprivkey', WIF, 'hello');
    const { descriptor } = await node.call('getdescriptorinfo', `pkh(${WIF})`);
    const [plain] = await node.call('deriveaddresses', descriptor);
    assert.equal(await node.call('verifymessage', plain, signature, 'hello'), true);
    assert.equal(await node.call('verifymessage', plain, signature, 'hallo'), false);
    await assert.rejects(node.call('verifymessage', address, signature, 'hello'), refuses(-3, /does not refer to key/));

    const keys = ['0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
        '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5'];
    const multisig = await node.call('createmultisig', 1, keys, 'bech32');
    assert.equal((await node.call('deriveaddresses', multisig.descriptor))[0], multisig.address);
    await assert.rejects(node.call('createmultisig', 3, keys), refuses(-8, /not enough keys supplied/));
});

story('filters of blocks, and REST', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { blockfilterindex: 'basic', rest: 1 } });
    const [first, second] = await node.call('generatetodescriptor', 2, 'raw(51)');
    const [other] = await node.call('generatetodescriptor', 1, `wpkh(${XPUB}/0)`);
    const stored = await node.call('getblockfilter', other);
    assert.match(stored.filter, /^01/);
    const scan = (...args) => node.call('scanblocks', 'start', ...args);
    assert.deepEqual((await scan([`wpkh(${XPUB}/0)`])).relevant_blocks, [other]);
    assert.deepEqual((await scan(['raw(51)'], 1, 1)).relevant_blocks, [first]);
    assert.deepEqual((await scan(['raw(51)'], 0, 3, 'basic', { filter_false_positives: true })).relevant_blocks, [first, second]);
    await assert.rejects(scan(['raw(51)'], 9), refuses(-1, /Invalid start_height/));
    assert.deepEqual(Object.keys(await node.call('getindexinfo')), ['basic block filter index']);
    const { activity } = await node.call('getdescriptoractivity', [other], [`wpkh(${XPUB}/0)`]);
    assert.equal(activity[0].type, 'receive');
    assert.equal(activity[0].blockhash, other);

    const shown = JSON.parse((await get(node, `blockfilter/basic/${other}.json`)).text);
    assert.equal(shown.filter, stored.filter);
    assert.deepEqual(JSON.parse((await get(node, `blockfilterheaders/basic/${other}.json?count=2`)).text), [stored.header]);
    assert.equal((await get(node, `blockfilter/other/${other}.json`)).status, 400);

    const [coinbase] = (await node.call('getblock', other)).tx;
    const coins = JSON.parse((await get(node, `getutxos/${coinbase}-0/${'00'.repeat(32)}-1.json`)).text);
    assert.equal(coins.bitmap, '10');
    assert.equal(coins.utxos.length, 1);
    assert.equal(coins.chaintipHash, other);
    const body = Buffer.concat([Buffer.from([0, 1]), Buffer.from(coinbase, 'hex').reverse(), Buffer.alloc(4)]);
    const binary = await get(node, 'getutxos.hex', { method: 'POST', body: body.toString('hex') });
    assert.equal(binary.status, 200);
    assert.match(binary.text, /^03000000/);
    assert.equal((await get(node, 'getutxos.json')).status, 400);
    assert.equal((await get(node, 'chaininfo.json?%')).status, 400);
});
