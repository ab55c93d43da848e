// The wallet on a chain that anybody may extend: coins come in, go out, survive a restart, and are sealed by a passphrase.
import assert from 'node:assert/strict';
import { miningNode, story } from './lib/stories.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { until } from './lib/wait.mjs';

const NEEDED = ['sluiced'];
const balance = async (node) => toSatoshi((await node.call('getbalance')).bitcoin ?? 0);

story('mined coins mature, are sent, and are still there after a restart and a kill', NEEDED, async (t) => {
    const node = await miningNode(t);
    const mine = await node.call('getnewaddress');
    await node.call('generatetoaddress', 101, mine);
    await until('the mature coin', async () => await balance(node) === 50e8);
    const [coin] = await node.call('listunspent');
    assert.equal(toSatoshi(coin.amount), 50e8);
    assert.ok(coin.spendable);

    const elsewhere = await node.call('getnewaddress');
    assert.notEqual(elsewhere, mine);
    const txid = await node.call('sendtoaddress', elsewhere, '1.5');
    assert.deepEqual(await node.call('getrawmempool'), [txid]);
    await node.call('generatetoaddress', 1, mine);
    assert.deepEqual(await node.call('getrawmempool'), []);
    const sent = await node.call('gettransaction', txid);
    assert.equal(sent.confirmations, 1);
    assert.ok(toSatoshi(sent.fee.bitcoin ?? sent.fee) < 0);
    // Paid to itself: only the fee is gone, and the next coinbase has matured.
    const expected = 100e8 + toSatoshi(sent.fee.bitcoin ?? sent.fee);
    await until('the balance', async () => await balance(node) === expected);

    await node.restart();
    assert.equal(await balance(node), expected);
    await node.kill();
    await node.start();
    assert.equal(await balance(node), expected);
    const fresh = await node.call('getnewaddress');
    assert.ok(![mine, elsewhere].includes(fresh), 'an address is never given twice');
});

story('what cannot be sent is refused with the code of Elements', NEEDED, async (t) => {
    const node = await miningNode(t);
    const address = await node.call('getnewaddress');
    const code = (expected) => (thrown) => {
        assert.equal(thrown.code, expected, thrown.message);
        return true;
    };
    await assert.rejects(node.call('sendtoaddress', address, 1), code(-6));
    await assert.rejects(node.call('sendtoaddress', 'nonsense', 1), code(-5));
    await assert.rejects(node.call('sendtoaddress', address, -1), code(-3));
    await assert.rejects(node.call('sendtoaddress', address, '0.000000001'), code(-3));
});
