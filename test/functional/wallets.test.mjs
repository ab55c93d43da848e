// Several wallets in one node: named in the URL, made, loaded, unloaded, backed up and restored; nothing is written over.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { miningNode, story } from './lib/stories.mjs';
import { Rpc } from './lib/rpc.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { until } from './lib/wait.mjs';

const NEEDED = ['sluiced', 'sluice-cli'];
const code = (expected) => (thrown) => {
    assert.equal(thrown.code, expected, thrown.message);
    return true;
};
const walletOf = (node, name) => new Rpc({
    port: node.rpcPort, path: `/wallet/${encodeURIComponent(name)}`, auth: () => readFileSync(node.cookie, 'utf8').trim(),
});
const balance = async (rpc) => toSatoshi((await rpc.call('getbalance')).bitcoin ?? 0);

story('wallets come and go, and each call reaches the one it names', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    assert.deepEqual(await node.call('listwallets'), []);
    await assert.rejects(node.call('getbalance'), code(-18));
    assert.deepEqual(await node.call('createwallet', 'alice'), { name: 'alice' });
    assert.deepEqual(await node.call('createwallet', 'a/bob'), { name: 'a/bob' });
    await assert.rejects(node.call('createwallet', 'alice'), code(-4));
    await assert.rejects(node.call('loadwallet', 'alice'), code(-35));
    await assert.rejects(node.call('loadwallet', 'nobody'), code(-18));
    await assert.rejects(node.call('createwallet', '../out'), code(-4));
    await assert.rejects(node.call('getbalance'), code(-19));
    const alice = walletOf(node, 'alice');
    const bob = walletOf(node, 'a/bob');
    assert.equal((await alice.call('getwalletinfo')).walletname, 'alice');
    await assert.rejects(walletOf(node, 'nobody').call('getbalance'), code(-18));

    await node.call('generatetoaddress', 101, await alice.call('getnewaddress'));
    await until('the mature coin', async () => await balance(alice) === 50e8);
    assert.equal(await balance(bob), 0);
    await alice.call('sendtoaddress', await bob.call('getnewaddress'), 7);
    await node.call('generatetoaddress', 1, await alice.call('getnewaddress'));
    await until('bob to be paid', async () => await balance(bob) === 7e8);
    const printed = await node.cli('-rpcwallet=a/bob', 'getwalletinfo');
    assert.equal(JSON.parse(printed.stdout).walletname, 'a/bob');

    // Unloaded, then paid, then loaded again: it has read what it missed.
    const address = await bob.call('getnewaddress');
    assert.deepEqual(await bob.call('unloadwallet'), {});
    await assert.rejects(bob.call('getbalance'), code(-18));
    assert.equal((await node.call('getwalletinfo')).walletname, 'alice');
    await alice.call('sendtoaddress', address, 1);
    await node.call('generatetoaddress', 1, await alice.call('getnewaddress'));
    assert.deepEqual(await node.call('loadwallet', 'a/bob', true), { name: 'a/bob' });
    assert.equal(await balance(bob), 8e8);
    assert.deepEqual((await node.call('listwalletdir')).wallets.map((each) => each.name), ['a/bob', 'alice']);

    // A start loads what was asked to be loaded.
    await node.kill();
    await node.start();
    assert.deepEqual(await node.call('listwallets'), ['a/bob']);
    assert.equal(await balance(bob), 8e8);
});

story('a backup is restored under another name, and under no name that is taken', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    await node.call('createwallet', 'first', false, false, 'secret words');
    const first = walletOf(node, 'first');
    await node.call('generatetoaddress', 101, await first.call('getnewaddress'));
    await until('the mature coin', async () => await balance(first) === 50e8);
    const file = join(node.dir, 'first.backup');
    await first.call('backupwallet', file);
    await assert.rejects(first.call('backupwallet', join(node.dir, node.chain, 'wallets/first/wallet.keys')), code(-4));
    await assert.rejects(node.call('restorewallet', 'first', file), code(-36));
    await assert.rejects(node.call('restorewallet', 'second', `${file}.none`), code(-8));
    await assert.rejects(node.call('restorewallet', 'second', node.cookie), code(-18));
    assert.ok(!existsSync(join(node.dir, node.chain, 'wallets/second')));
    await first.call('unloadwallet');
    assert.deepEqual(await node.call('restorewallet', 'second', file), { name: 'second' });
    const second = walletOf(node, 'second');
    assert.equal(await balance(second), 50e8);
    await assert.rejects(second.call('sendtoaddress', await second.call('getnewaddress'), 1), code(-13));
    await second.call('walletpassphrase', 'secret words', 60);
    await second.call('sendtoaddress', await second.call('getnewaddress'), 1);
    assert.ok(existsSync(join(node.dir, node.chain, 'wallets/second/wallet.keys')));
});

story('an imported key finds its coins and spends them', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    await node.call('createwallet', 'source');
    await node.call('createwallet', 'given');
    const source = walletOf(node, 'source');
    const given = walletOf(node, 'given');
    const address = await source.call('getnewaddress');
    await node.call('generatetoaddress', 101, address);
    // The source's own secrets, as another wallet gets them.
    const { descriptors } = await source.call('listdescriptors', true);
    const own = descriptors.find(({ desc }) => /^wpkh\(.*\/0\/\*\)/.test(desc));
    assert.match(own.desc, /prv/);
    assert.equal(await balance(given), 0);
    const [done] = await given.call('importdescriptors', [{ desc: own.desc, timestamp: 0, range: [0, 20] }]);
    assert.deepEqual(done, { success: true });
    assert.equal(await balance(given), 50e8);
    await given.call('sendtoaddress', await given.call('getnewaddress'), 49);
    const [bad] = await given.call('importdescriptors', [{ desc: `${own.desc.slice(0, -1)}!`, timestamp: 'now' }]);
    assert.equal(bad.success, false);
    assert.equal(bad.error.code, -5);
    // To watch is for wallets that cannot spend.
    const shown = (await source.call('listdescriptors')).descriptors.find(({ desc }) => /^wpkh\(.*\/0\/\*\)/.test(desc));
    const [refused] = await given.call('importdescriptors', [{ desc: shown.desc, timestamp: 0, range: 20 }]);
    assert.equal(refused.error.code, -4);
    await node.call('createwallet', 'watcher', true);
    const watcher = walletOf(node, 'watcher');
    const [watched] = await watcher.call('importdescriptors', [{ desc: shown.desc, timestamp: 0, range: 20 }]);
    assert.deepEqual(watched, { success: true });
    await assert.rejects(watcher.call('getnewaddress'), code(-4));
});

story('a wallet made without descriptors takes single keys, and watches beside what it spends', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    await node.call('createwallet', 'one', false, false, '', false, false);
    await node.call('createwallet', 'two', false, false, '', false, false);
    const one = walletOf(node, 'one');
    const two = walletOf(node, 'two');
    assert.equal((await one.call('getwalletinfo')).descriptors, false);
    // Whoever watches does not have the blinding key: what is paid in the open is what he sees.
    const { unconfidential: address } = await one.call('getaddressinfo', await one.call('getnewaddress', '', 'legacy'));
    await node.call('generatetoaddress', 101, address);
    await two.call('importaddress', address, 'seen');
    assert.equal(await balance(two), 0);
    assert.equal(toSatoshi((await two.call('getbalances')).watchonly.trusted.bitcoin), 50e8);
    assert.equal((await two.call('getaddressinfo', address)).iswatchonly, true);
    await assert.rejects(two.call('sendtoaddress', address, 1), code(-6));
    await assert.rejects(two.call('dumpprivkey', address), code(-4));
    await two.call('importprivkey', await one.call('dumpprivkey', address), 'taken');
    assert.equal(await balance(two), 50e8);
    const txid = await two.call('sendtoaddress', await two.call('getnewaddress'), 3);
    await node.call('generatetoaddress', 1, address);
    assert.equal((await two.call('gettransaction', txid)).confirmations, 1);
    const since = await two.call('listsinceblock', await node.call('getblockhash', 101));
    assert.deepEqual(new Set(since.transactions.map((row) => row.txid)).has(txid), true);
    await assert.rejects(one.call('importdescriptors', []), code(-4));
});
