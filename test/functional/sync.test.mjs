// Nodes of one chain find each other's blocks and transactions: a late one, a partition that heals, relay over a hop.
import assert from 'node:assert/strict';
import { miningNode, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const STATISTICS = ['height', 'bestblock', 'txouts', 'bogosize', 'muhash', 'total_amount'];
const peer = (node) => `127.0.0.1:${node.p2pPort}`;

async function same(nodes, hash) {
    await until(`${nodes.map((node) => node.name).join(', ')} at ${hash}`, async () =>
        (await Promise.all(nodes.map((node) => node.call('getbestblockhash')))).every((one) => one === hash));
    const [first, ...others] = await Promise.all(nodes.map((node) => node.call('gettxoutsetinfo', 'muhash')));
    for (const other of others) {
        for (const key of STATISTICS) assert.deepEqual(other[key], first[key], key);
    }
}

story('a late node gets blocks and transactions, directly and over a hop', ['sluiced'], async (t) => {
    const source = await miningNode(t, { name: 'source' });
    const mine = await source.call('getnewaddress');
    await source.call('generatetoaddress', 130, mine);

    const middle = await miningNode(t, { name: 'middle', options: { connect: peer(source) } });
    await same([source, middle], await source.call('getbestblockhash'));
    const far = await miningNode(t, { name: 'far', options: { connect: peer(middle) } });
    await same([source, far], await source.call('getbestblockhash'));

    // A transaction travels both hops, a block with it too.
    const txid = await source.call('sendtoaddress', await far.call('getnewaddress'), '2.5');
    await until('the transaction at the far end', async () => (await far.call('getrawmempool')).includes(txid));
    const [hash] = await source.call('generatetoaddress', 1, mine);
    await same([source, middle, far], hash);
    assert.deepEqual(await far.call('getrawmempool'), []);
    await until('the far wallet to see it', async () => (await far.call('getbalance')).bitcoin === 2.5);

    // What was there stays, without any peer.
    await far.stop();
    far.options = { ...far.options, connect: '0' };
    await far.start();
    assert.equal(await far.call('getbestblockhash'), hash);
    await Promise.all([source, middle, far].map((node) => node.stop()));
});

story('two halves that part go to the longer chain when they meet', ['sluiced'], async (t) => {
    const one = await miningNode(t, { name: 'one' });
    const two = await miningNode(t, { name: 'two', options: { connect: peer(one) } });
    const mine = await one.call('getnewaddress');
    const [, , fork] = await one.call('generatetoaddress', 3, mine);
    await same([one, two], fork);

    await two.stop();
    const shorter = await one.call('generatetoaddress', 4, mine);
    const joined = two.options.connect;
    two.options = { ...two.options, connect: '0' };
    await two.start();
    const theirs = await two.call('getnewaddress');
    const longer = await two.call('generatetoaddress', 7, theirs);
    assert.notEqual(shorter[0], longer[0]);

    await two.stop();
    two.options = { ...two.options, connect: joined };
    await two.start();
    await same([one, two], longer.at(-1));
    assert.equal(await one.call('getblockcount'), 10);
    await Promise.all([one, two].map((node) => node.stop()));
});
