// The wallet's money calls as clients of Elements use them: many receivers, all of it, better fees, raw issuances, keys that
// open amounts, rescans, labels, transactions given up.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { miningNode, story } from './lib/stories.mjs';
import { Rpc } from './lib/rpc.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { until } from './lib/wait.mjs';

const NEEDED = ['sluiced'];
const COINS = { con_blocksubsidy: 0, initialfreecoins: 2_100_000_000_000_000, anyonecanspendaremine: 1, wallet: [] };
const failing = (code, text = '') => (thrown) => {
    assert.equal(thrown.code, code, thrown.message);
    assert.ok(thrown.message.includes(text), thrown.message);
    return true;
};
const walletOf = (node, name) => new Rpc({
    port: node.rpcPort, path: `/wallet/${encodeURIComponent(name)}`, auth: () => readFileSync(node.cookie, 'utf8').trim(),
});
const held = async (rpc, asset = 'bitcoin') => toSatoshi((await rpc.call('getbalance'))[asset] ?? 0);

/** A node with the wallets alice, who has the coins, and bob. mine() makes a block. */
async function house(t, options = {}) {
    const node = await miningNode(t, { options: { ...COINS, ...options } });
    for (const name of ['alice', 'bob']) await node.call('createwallet', name);
    const [alice, bob] = ['alice', 'bob'].map((name) => walletOf(node, name));
    const nowhere = (await alice.call('getaddressinfo', await alice.call('getnewaddress'))).unconfidential;
    const mine = (count = 1) => node.call('generatetoaddress', count, nowhere);
    await mine();
    await alice.call('sendtoaddress', await alice.call('getnewaddress'), 1_000_000, '', '', true);
    await mine();
    return { node, alice, bob, mine };
}

story('many are paid at once, labels tell what was received, and a rescan finds the same', NEEDED, async (t) => {
    const { alice, bob, mine, node } = await house(t);
    const [one, two] = [await bob.call('getnewaddress', 'rent'), await bob.call('getnewaddress')];
    await assert.rejects(alice.call('sendmany', 'dummy', { [one]: 1 }), failing(-8));
    const txid = await alice.call('sendmany', '', { [one]: 1.5, [two]: 2 }, 0, 'both', [two]);
    assert.equal(await held(bob), 0);
    await mine();
    assert.equal((await alice.call('gettransaction', txid)).comment, 'both');
    const got = toSatoshi((await bob.call('getreceivedbyaddress', two)).bitcoin);
    assert.ok(got < 2e8 && got > 1.99e8, `the fee is out of what the second got: ${got}`);
    assert.equal(await held(bob), 1.5e8 + got);
    assert.equal(toSatoshi((await bob.call('getreceivedbylabel', 'rent')).bitcoin), 1.5e8);
    await bob.call('setlabel', two, 'rent');
    assert.equal(toSatoshi((await bob.call('getreceivedbylabel', 'rent')).bitcoin), 1.5e8 + got);
    assert.deepEqual(Object.keys(await bob.call('getaddressesbylabel', 'rent')).sort(), [one, two].sort());
    const sent = (await alice.call('gettransaction', txid)).details.filter((row) => row.category === 'send');
    assert.deepEqual(sent.map((row) => row.address).sort(), [one, two].sort(), 'whom it was paid to, as it was given');

    const height = await node.call('getblockcount');
    assert.deepEqual(await bob.call('rescanblockchain'), { start_height: 0, stop_height: height });
    assert.deepEqual(await bob.call('rescanblockchain', 1, 2), { start_height: 1, stop_height: 2 });
    await assert.rejects(bob.call('rescanblockchain', height + 1), failing(-8, 'Invalid start_height'));
    await assert.rejects(bob.call('rescanblockchain', 2, 1), failing(-8, 'stop_height must be greater'));
    assert.equal(await held(bob), 1.5e8 + got);
    assert.equal(await bob.call('abortrescan'), false);
});

story('send and sendall: with options, without a change, never above the greatest fee', NEEDED, async (t) => {
    const { alice, bob, mine, node } = await house(t);
    const address = await bob.call('getnewaddress');
    const done = await alice.call('send', { [address]: 3 }, null, 'unset', 2);
    assert.equal(done.complete, true);
    assert.ok((await node.call('getrawmempool')).includes(done.txid));
    const drawn = await alice.call('send', [{ [address]: 4 }], null, null, null, { add_to_wallet: false });
    assert.equal(drawn.complete, true);
    assert.ok(!(await node.call('getrawmempool')).includes(drawn.txid));
    assert.match(drawn.psbt, /^cHNl/);
    assert.equal((await node.call('testmempoolaccept', [drawn.hex]))[0].allowed, true);
    const named = await alice.named('send', { outputs: { [address]: 4 }, fee_rate: 3, add_to_wallet: false, locktime: 1 });
    assert.equal((await node.call('decoderawtransaction', named.hex)).locktime, 1);
    await assert.rejects(alice.named('send', { outputs: { [address]: 4 }, locktime: 1, options: { locktime: 2 } }), failing(-8, 'specified multiple'));
    await assert.rejects(alice.named('sendtoaddress', { address, amount: 1, locktime: 1 }), failing(-8, 'Unknown named'));
    await assert.rejects(alice.call('send', { [address]: 1 }, 6), failing(-8, 'Specify estimate_mode'));
    await assert.rejects(alice.call('send', { [address]: 1 }, null, 'unset', 1, { fee_rate: 1 }), failing(-8));
    await assert.rejects(alice.call('send', { [address]: 1 }, null, null, null, { changeAddress: address }), failing(-8, 'Use change_address'));
    await assert.rejects(alice.call('send', { [address]: 1 }, null, 'unset', 0.01), failing(-4, 'lower than the minimum fee rate'));
    await assert.rejects(alice.call('send', { [address]: 1 }, null, 'unset', 100_000), failing(-4, 'Fee exceeds maximum'));
    await assert.rejects(alice.call('sendtoaddress', address, 1, '', '', false, true, null, 'unset', false, '', true, 100_000),
        failing(-6, 'Fee exceeds maximum'));
    await mine();
    assert.equal(await held(bob), 3e8);

    const most = await alice.call('listunspent', 0, 9999999, [], true, { maximumCount: 1 });
    assert.equal(most.length, 1);
    const worth = await alice.call('listunspent', 0, 9999999, [], true, { minimumAmount: 1000 });
    assert.ok(worth.length > 0 && worth.every((each) => toSatoshi(each.amount) >= 1000e8));
    assert.deepEqual(await alice.call('listunspent', 0, 9999999, [], true, { maximumAmount: 0.00000001 }), []);
    await assert.rejects(alice.call('listunspent', 0, 9999999, [], true, { nonsense: 1 }), failing(-3, 'Unexpected key'));

    // Change where the payer wants it.
    const change = await bob.call('getnewaddress');
    await alice.call('send', { [address]: 1 }, null, null, null, { change_address: change, subtract_fee_from_outputs: [address] });
    await mine();
    const [coin] = (await bob.call('listunspent')).filter((each) => toSatoshi(each.amount) > 900_000e8);
    assert.ok(coin, 'the change is the other wallet\'s, which can open it');

    const [home, other] = [await alice.call('getnewaddress'), await alice.call('getnewaddress')];
    await assert.rejects(bob.call('sendall', [{ [home]: 1 }]), failing(-8, 'Must provide at least one address'));
    await assert.rejects(bob.call('sendall', [home, home]), failing(-8, 'duplicated address and asset'));
    const all = await bob.call('sendall', [home, { [other]: 1 }]);
    assert.equal(all.complete, true);
    await mine();
    assert.equal(await held(bob), 0);
    assert.equal(toSatoshi((await alice.call('getreceivedbyaddress', other)).bitcoin), 1e8);
    await assert.rejects(bob.call('sendall', [home]), failing(-6));
});

story('a payment that waits is replaced by a better one; the wallet\'s rate is its own', NEEDED, async (t) => {
    const { alice, bob, mine, node } = await house(t);
    const address = await bob.call('getnewaddress');
    const first = await alice.call('sendtoaddress', address, 7);
    const drawn = await alice.call('send', { [address]: 7 }, null, null, null, { add_to_wallet: false });
    const simulated = await bob.call('simulaterawtransaction', [drawn.hex]);
    assert.equal(toSatoshi(simulated.balance_change.bitcoin), 7e8);
    const bumped = await alice.call('bumpfee', first);
    assert.ok(toSatoshi(bumped.fee) > toSatoshi(bumped.origfee));
    assert.deepEqual(await node.call('getrawmempool'), [bumped.txid]);
    assert.equal((await alice.call('gettransaction', first)).replaced_by_txid, bumped.txid);
    assert.equal((await alice.call('gettransaction', bumped.txid)).replaces_txid, first);
    await assert.rejects(alice.call('bumpfee', first), failing(-4, 'already bumped'));
    const { psbt } = await alice.call('psbtbumpfee', bumped.txid, { fee_rate: 50 });
    const signed = await alice.call('walletprocesspsbt', psbt);
    assert.equal(signed.complete, true);
    await node.call('sendrawtransaction', signed.hex);
    await mine();
    assert.equal(await held(bob), 7e8);
    await assert.rejects(alice.call('bumpfee', bumped.txid), failing(-4, 'conflicted'));

    assert.equal(await alice.call('settxfee', 0.0001), true);
    assert.equal((await alice.call('getwalletinfo')).paytxfee, 0.0001);
    await assert.rejects(alice.call('settxfee', 1), failing(-8, 'more than wallet max'));
    const dear = await alice.call('sendtoaddress', address, 1);
    const { fees, vsize } = await node.call('getmempoolentry', dear);
    assert.ok(toSatoshi(fees.base) >= vsize * 9);
});

story('a raw issuance and reissuance are what calculateasset says', NEEDED, async (t) => {
    const { alice, mine, node } = await house(t);
    const open = async () => (await alice.call('getaddressinfo', await alice.call('getnewaddress'))).unconfidential;
    const finish = async (hex, blindIssuances) => {
        const blinded = await alice.call('blindrawtransaction', hex, true, [], blindIssuances);
        const signed = await alice.call('signrawtransactionwithwallet', blinded);
        assert.equal(signed.complete, true);
        return node.call('sendrawtransaction', signed.hex);
    };
    const base = await alice.call('createrawtransaction', [], [{ [await alice.call('getnewaddress')]: 1 }]);
    const { hex } = await alice.call('fundrawtransaction', base, { feeRate: 0.0001 });
    const contract = 'ab'.repeat(32);
    const [issued] = await alice.call('rawissueasset', hex, [{
        asset_amount: 500, asset_address: await open(), token_amount: 2, token_address: await alice.call('getnewaddress'),
        blind: false, contract_hash: contract,
    }]);
    const { vin } = await alice.call('decoderawtransaction', issued.hex);
    const told = await alice.call('calculateasset', vin[issued.vin].txid, vin[issued.vin].vout, contract, false);
    assert.deepEqual([told.asset_tag, told.reissuance_asset_tag, told.final_asset_entropy], [issued.asset, issued.token, issued.entropy]);
    await finish(issued.hex, false);
    await mine();
    assert.equal(await held(alice, issued.asset), 500e8);
    const [token] = (await alice.call('listunspent')).filter((each) => each.asset === issued.token);
    const again = await alice.call('createrawtransaction', [{ txid: token.txid, vout: token.vout }],
        [{ [await alice.call('getnewaddress')]: 2, asset: issued.token }, { [await open()]: 1 }]);
    const funded = await alice.call('fundrawtransaction', again, { feeRate: 0.0001 });
    const inputs = (await alice.call('decoderawtransaction', funded.hex)).vin;
    const index = inputs.findIndex((each) => each.txid === token.txid && each.vout === token.vout);
    const more = await alice.call('rawreissueasset', funded.hex, [{
        input_index: index, asset_amount: 11, asset_address: await open(), asset_blinder: token.assetblinder, entropy: issued.entropy,
    }]);
    await finish(more.hex, false);
    await mine();
    assert.equal(await held(alice, issued.asset), 511e8);
});

story('who is given a blinding key sees: an issuance\'s, an address\'s master', NEEDED, async (t) => {
    const { alice, bob, mine, node } = await house(t);
    const gold = await alice.call('issueasset', 10, 1);
    await mine();
    // Bob has the asset, and so the transaction's sender is known to him; the amount issued is not.
    await node.call('createwallet', 'watch', true);
    const key = await alice.call('dumpissuanceblindingkey', gold.txid, gold.vin);
    assert.match(key, /^[0-9a-f]{64}$/);
    await assert.rejects(bob.call('importissuanceblindingkey', gold.txid, gold.vin, key), failing(-4, 'unknown to wallet'));
    await alice.call('importissuanceblindingkey', gold.txid, gold.vin, key);
    assert.equal(toSatoshi((await alice.call('listissuances', gold.asset))[0].assetamount), 10e8);

    // A watching wallet with the public descriptors sees amounts once it has the master blinding key.
    const watch = walletOf(node, 'watch');
    const { descriptors } = await alice.call('listdescriptors');
    const requests = descriptors.map(({ desc }) => ({ desc, timestamp: 0, range: [0, 50] }));
    assert.ok((await watch.call('importdescriptors', requests)).every((each) => each.success));
    const before = await held(watch);
    await watch.call('importmasterblindingkey', await alice.call('dumpmasterblindingkey'));
    const after = await held(watch);
    assert.ok(after > before, `${after} > ${before}`);
    assert.equal(await held(watch, gold.asset), 10e8);
});

story('a transaction that the pool dropped is given up, and its coins are free', NEEDED, async (t) => {
    const { node, alice, bob } = await house(t, { minrelaytxfee: '0.00000100', acceptnonstdtxn: 0 });
    const txid = await alice.call('sendtoaddress', await bob.call('getnewaddress'), 5);
    await assert.rejects(alice.call('abandontransaction', txid), failing(-5, 'not eligible'));
    await node.stop();
    node.options.persistmempool = 0;
    node.options.minrelaytxfee = '0.001';
    await node.start();
    await node.call('loadwallet', 'alice');
    await until('the pool to be empty', async () => (await node.call('getrawmempool')).length === 0);
    const counted = await held(alice);  // neither the coin that it spends nor its change
    await alice.call('abandontransaction', txid);
    assert.equal((await alice.call('gettransaction', txid)).details[0].abandoned, true);
    assert.ok(await held(alice) > counted + 999_999e8);
});

story('flags, messages and the look-ahead', NEEDED, async (t) => {
    const { node, alice } = await house(t);
    const address = await alice.call('getnewaddress', '', 'legacy');
    const plain = (await alice.call('getaddressinfo', address)).unconfidential;
    const signature = await alice.call('signmessage', plain, 'hello');
    assert.equal(await node.call('verifymessage', plain, signature, 'hello'), true);
    assert.equal(await node.call('verifymessage', plain, signature, 'hallo'), false);
    await assert.rejects(alice.call('signmessage', await alice.call('getnewaddress'), 'hello'), failing(-3));
    assert.deepEqual(await alice.call('setwalletflag', 'avoid_reuse'), { flag_name: 'avoid_reuse', flag_state: true });
    await assert.rejects(alice.call('setwalletflag', 'avoid_reuse'), failing(-8, 'already set to true'));
    await assert.rejects(alice.call('setwalletflag', 'blank'), failing(-8, 'immutable'));
    await assert.rejects(alice.call('setwalletflag', 'nonsense'), failing(-8, 'Unknown'));
    assert.equal((await alice.call('getwalletinfo')).avoid_reuse, true);
    await alice.call('keypoolrefill', 250);
    assert.equal((await alice.call('getwalletinfo')).keypoolsize, 250);
    assert.equal((await alice.call('upgradewallet')).result, 'Already at latest version. Wallet version unchanged.');
});
