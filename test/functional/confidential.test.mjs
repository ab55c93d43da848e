// Confidential money between two wallets: addresses, payments, issued assets, keys that open amounts, raw transactions.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { miningNode, story } from './lib/stories.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { temporary, until } from './lib/wait.mjs';

const NEEDED = ['sluiced'];
const COINS = { con_blocksubsidy: 0, initialfreecoins: 2_100_000_000_000_000, anyonecanspendaremine: 1 };

/** Two nodes of one chain, connected; the first owns all coins. mine() makes a block and waits for both. */
async function pair(t, options = {}) {
    const folder = temporary(t, 'sluice-ct');
    const start = (name, more) => miningNode(t, { dir: join(folder, name), name, options: { ...COINS, ...options, ...more } });
    const alice = await start('alice', {});
    const bob = await start('bob', { anyonecanspendaremine: 0, addnode: `127.0.0.1:${alice.p2pPort}` });
    await until('the connection', async () => (await alice.call('getpeerinfo')).length > 0);
    const nowhere = await alice.call('getnewaddress');
    const mine = async () => {
        const waiting = await alice.call('getrawmempool');
        const [hash] = await alice.call('generatetoaddress', 1, nowhere);
        const { height, tx } = await alice.call('getblock', hash);
        for (const txid of waiting) assert.ok(tx.includes(txid), `${txid} is mined`);
        for (const node of [alice, bob]) {
            await until(`${node.name} to see block ${height}`, async () =>
                (await node.call('getbalances')).lastprocessedblock.height === height);
        }
    };
    const both = (txid) => until(`${txid} in both pools`, async () =>
        (await Promise.all([alice, bob].map((node) => node.call('getrawmempool')))).every((pool) => pool.includes(txid)));
    await mine();
    // Out of the genesis block's coin, which bob's policy does not relay the spending of.
    await alice.call('sendtoaddress', nowhere, 10_000_000);
    await mine();
    // Until it knows that it is up to date a node announces no transactions.
    for (const node of [alice, bob]) {
        await until('the end of the initial download', async () => !(await node.call('getblockchaininfo')).initialblockdownload);
    }
    return { alice, bob, mine, both };
}

const held = async (node, asset = 'bitcoin') => toSatoshi((await node.call('getbalance'))[asset] ?? 0);

story('a payment between two wallets hides amount and asset, and both know them', NEEDED, async (t) => {
    const { alice, bob, mine, both } = await pair(t);
    const address = await bob.call('getnewaddress');
    const info = await bob.call('getaddressinfo', address);
    assert.equal(info.confidential, address);
    assert.notEqual(info.unconfidential, address);
    assert.match(info.confidential_key, /^0[23][0-9a-f]{64}$/);

    const txid = await alice.call('sendtoaddress', address, '12.5');
    await both(txid);
    const { vout } = await alice.call('getrawtransaction', txid, 1);
    for (const output of vout.filter((one) => one.scriptPubKey.type !== 'fee')) {
        assert.equal(output.value, undefined);
        assert.match(output.valuecommitment, /^0[89]/);
        assert.match(output.assetcommitment, /^0[ab]/);
        assert.equal(output['ct-bits'], 52);
    }
    await mine();
    assert.equal(await held(bob), 1_250_000_000);
    const [coin] = await bob.call('listunspent');
    assert.equal(toSatoshi(coin.amount), 1_250_000_000);
    assert.match(coin.amountcommitment, /^0[89]/);
    assert.notEqual(coin.amountblinder, '0'.repeat(64));
    const seen = await bob.call('gettransaction', txid);
    assert.equal(toSatoshi(seen.amount.bitcoin), 1_250_000_000);
    assert.equal(seen.details[0].address, address);
    const sent = await alice.call('gettransaction', txid);
    assert.equal(toSatoshi(sent.details.find((row) => row.category === 'send').amount), -1_250_000_000);

    // Whoever gets the blinding key, and nobody else, opens the amount; no wallet takes part.
    const key = await bob.call('dumpblindingkey', address);
    const opened = await alice.call('unblind', sent.hex, [key]);
    assert.equal(opened.txid, txid);
    const known = opened.outputs.filter((one) => one.blinded && one.known);
    assert.equal(known.length, 1);
    assert.equal(toSatoshi(known[0].amount), 1_250_000_000);
    assert.equal(known[0].amountblinder, coin.amountblinder);
    const batch = await bob.call('unblind', [{ hex: sent.hex, keys: [] }, { hex: sent.hex, keys: [{ master: await bob.call('dumpmasterblindingkey') }] }]);
    assert.deepEqual(batch.map((one) => one.outputs.filter((output) => output.blinded && output.known).length), [0, 1]);

    // All of it back to a plain address, over a restart.
    await bob.restart();
    assert.equal(await held(bob), 1_250_000_000);
    const plain = (await alice.call('getaddressinfo', await alice.call('getnewaddress'))).unconfidential;
    const back = await bob.call('sendtoaddress', plain, '12.5', '', '', true);
    await both(back);
    await mine();
    assert.equal(await held(bob), 0);
});

story('an asset is issued, paid, reissued and burnt, hidden or in the open', NEEDED, async (t) => {
    const { alice, bob, mine, both } = await pair(t);
    for (const blind of [true, false]) {
        const gold = await alice.call('issueasset', 1000, 1, blind);
        assert.match(gold.asset, /^[0-9a-f]{64}$/);
        await mine();
        assert.equal(await held(alice, gold.asset), 1000e8);
        assert.equal(await held(alice, gold.token), 1e8);
        const [listed] = await alice.call('listissuances', gold.asset);
        assert.deepEqual([listed.txid, listed.entropy, listed.token, listed.isreissuance], [gold.txid, gold.entropy, gold.token, false]);
        assert.equal(toSatoshi(listed.assetamount), 1000e8);
        assert.equal(listed.assetblinds === '0'.repeat(64), !blind);
        const { vin } = await alice.call('getrawtransaction', gold.txid, 1, (await alice.call('gettransaction', gold.txid)).blockhash);
        assert.equal('assetamountcommitment' in vin[gold.vin].issuance, blind);

        const paid = await alice.call('sendtoaddress', await bob.call('getnewaddress'), 3, '', '', false, false, 1, 'UNSET', false, gold.asset);
        await both(paid);
        await mine();
        assert.equal(await held(bob, gold.asset), 3e8);
        assert.deepEqual(Object.keys(await bob.call('getbalance')).sort(), ['bitcoin', ...(await bobAssets(bob))].sort());

        const more = await alice.call('reissueasset', gold.asset, 50);
        await mine();
        assert.equal(await held(alice, gold.asset), 1047e8);
        const issuances = await alice.call('listissuances', gold.asset);
        assert.equal(issuances.find((one) => one.isreissuance).txid, more.txid);
        await assert.rejects(bob.call('reissueasset', gold.asset, 1), { code: -4 });

        const burnt = await alice.call('destroyamount', gold.asset, 47);
        await mine();
        assert.equal(await held(alice, gold.asset), 1000e8);
        assert.ok((await alice.call('gettransaction', burnt)).confirmations > 0);
    }
    async function bobAssets(node) {
        return [...new Set((await node.call('listunspent')).map((coin) => coin.asset))].filter((asset) => asset.length === 64);
    }
});

story('raw transactions are made, funded, blinded, signed and opened', NEEDED, async (t) => {
    const { alice, bob, mine, both } = await pair(t);
    const silver = await alice.call('issueasset', 10, 0, false);
    await mine();
    const to = await bob.call('getnewaddress');
    const raw = await alice.call('createrawtransaction', [], [{ [to]: 1.5 }, { [to]: 2, asset: silver.asset }, { data: 'c0ffee' }]);
    const funded = await alice.call('fundrawtransaction', raw);
    assert.ok(toSatoshi(funded.fee) > 0);
    const blinded = await alice.call('blindrawtransaction', funded.hex);
    const signed = await alice.call('signrawtransactionwithwallet', blinded);
    assert.equal(signed.complete, true, JSON.stringify(signed.errors));
    const open = await bob.call('unblindrawtransaction', signed.hex);
    const decoded = await bob.call('decoderawtransaction', open.hex);
    assert.deepEqual(decoded.vout.slice(0, 2).map((one) => toSatoshi(one.value)), [150_000_000, 200_000_000]);
    const txid = await alice.call('sendrawtransaction', signed.hex);
    await both(txid);
    await mine();
    assert.equal(await held(bob, silver.asset), 2e8);

    // Blinded with factors from the call instead of a wallet's.
    const coins = await bob.call('listunspent');
    const target = await alice.call('getnewaddress');
    const total = coins.filter((coin) => coin.asset !== silver.asset).map((coin) => toSatoshi(coin.amount)).reduce((a, b) => a + b);
    const outputs = [{ [target]: ((total - 10_000) / 1e8).toFixed(8) }, { [target]: 2, asset: silver.asset }, { fee: '0.00010000' }];
    const spend = await bob.call('createrawtransaction', coins.map(({ txid: id, vout }) => ({ txid: id, vout })), outputs);
    const column = (name) => coins.map((coin) => coin[name]);
    const hidden = await bob.call('rawblindrawtransaction', spend, column('amountblinder'), column('amount'), column('asset'), column('assetblinder'));
    const last = await bob.call('signrawtransactionwithwallet', hidden);
    assert.equal(last.complete, true);
    const [verdict] = await alice.call('testmempoolaccept', [last.hex]);
    assert.equal(verdict.allowed, true, verdict['reject-reason']);
    const damaged = last.hex.replace(/(.{4000})(..)/, (all, head, byte) => head + (byte === '00' ? '01' : '00'));
    assert.equal((await alice.call('testmempoolaccept', [damaged]))[0].allowed, false);
    await both(await bob.call('sendrawtransaction', last.hex));
    await mine();
    assert.equal(await held(bob), 0);
    assert.equal(await held(alice, silver.asset), 10e8);
});

story('blinding keys are shown and imported; a locked coin stays', NEEDED, async (t) => {
    const { alice, bob, mine, both } = await pair(t);
    const own = await bob.call('getnewaddress');
    const { unconfidential } = await bob.call('getaddressinfo', own);
    const secret = '11'.repeat(32);
    const other = await bob.call('createblindedaddress', unconfidential, '034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa');
    assert.equal((await bob.call('getaddressinfo', other)).ismine, false);
    await both(await alice.call('sendtoaddress', other, 4));
    await mine();
    assert.equal(await held(bob), 0);
    await assert.rejects(bob.call('importblindingkey', other, '22'.repeat(32)), { code: -5 });
    await bob.call('importblindingkey', other, secret);
    assert.equal(await held(bob), 4e8);
    assert.equal(await bob.call('dumpblindingkey', other), secret);
    await bob.restart();
    assert.equal(await held(bob), 4e8);

    const [coin] = await bob.call('listunspent');
    const place = { txid: coin.txid, vout: coin.vout };
    assert.equal(await bob.call('lockunspent', false, [place]), true);
    assert.deepEqual(await bob.call('listlockunspent'), [place]);
    await assert.rejects(bob.call('sendtoaddress', own, 1), { code: -6 });
    assert.equal(await bob.call('lockunspent', true, [place]), true);
    await both(await bob.call('sendtoaddress', own, 1));

    const hidden = await alice.call('issueasset', 5, 1);
    await mine();
    const key = await alice.call('dumpissuanceblindingkey', hidden.txid, 0);
    const { hex } = await alice.call('gettransaction', hidden.txid);
    const { issuances } = await bob.call('unblind', hex, [{ key, vin: 0 }]);
    assert.deepEqual(issuances.map((one) => [one.what, toSatoshi(one.amount)]), [['asset', 5e8], ['token', 1e8]]);
});
