// A real elementsd as the peer: it takes our blocks and transactions, we take its, and both count the same coins.
// ELEMENTSD names the program (23.3 or later); skipped by name without it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { miningNode, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const program = process.env.ELEMENTSD;
const without = program && existsSync(program) ? undefined : 'ELEMENTSD does not name an elementsd';
// 28.x counts the signature witness of the header in the stripped size, releases up to 23.3 and we do not.
const comparable = ({ strippedsize, weight, ...block }) => block;
const peer = (node) => `127.0.0.1:${node.p2pPort}`;

story('blocks and transactions pass through an elementsd, both ways', ['sluiced'], async (t) => {
    const source = await miningNode(t, { name: 'source' });
    const mine = await source.call('getnewaddress');
    await source.call('generatetoaddress', 130, mine);
    const elements = await miningNode(t, { name: 'elementsd', program, options: {
        connect: peer(source), bind: '127.0.0.1', server: 1, printtoconsole: 0,
    } });
    // Asked for headers by a node with none, it would wait for that peer alone.
    await elements.waitHeight(130);
    const far = await miningNode(t, { name: 'far', options: { connect: peer(elements) } });
    const nodes = [source, elements, far];
    const same = async (hash) => {
        await until(`all at ${hash}`, async () => (await Promise.all(nodes.map((node) => node.call('getbestblockhash'))))
            .every((one) => one === hash));
        const [first, ...others] = await Promise.all(nodes.map((node) => node.call('gettxoutsetinfo', 'muhash')));
        for (const other of others) {
            for (const key of ['height', 'txouts', 'bogosize', 'muhash']) assert.deepEqual(other[key], first[key], key);
        }
    };
    await same(await source.call('getbestblockhash'));

    const txid = await source.call('sendtoaddress', await far.call('getnewaddress'), '2.5');
    await until('the transaction beyond elementsd', async () => (await far.call('getrawmempool')).includes(txid));
    // The fee as each of them counts it.
    const [ours, theirs] = [(await far.call('getrawmempool', true))[txid], (await elements.call('getrawmempool', true))[txid]];
    for (const key of ['vsize', 'weight', 'fees']) assert.deepEqual(ours[key], theirs[key], key);
    const [byUs] = await source.call('generatetoaddress', 1, mine);
    await same(byUs);

    const back = await far.call('sendtoaddress', mine, '0.75');
    await until('the transaction at elementsd', async () => (await elements.call('getrawmempool')).includes(back));
    const [byThem] = await elements.call('generatetoaddress', 1, mine);
    await same(byThem);
    assert.ok((await source.call('getblock', byThem)).tx.includes(back));
    assert.deepEqual(comparable(await source.call('getblock', byThem, 2)), comparable(await elements.call('getblock', byThem, 2)));
    assert.deepEqual(await source.call('getblockheader', byThem), await elements.call('getblockheader', byThem));

    // A branch made while apart: the heavier one wins at both.
    await source.stop();
    await elements.call('invalidateblock', byThem);
    const branch = await elements.call('generatetoaddress', 3, await far.call('getnewaddress'));
    await source.start();
    await same(branch.at(-1));
    await Promise.all(nodes.map((node) => node.stop()));
}, { skip: without });
