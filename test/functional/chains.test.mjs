// Each chain that is a value of its own starts with its genesis, its asset and its network, and what is none is refused.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Daemon } from './lib/daemon.mjs';
import { story } from './lib/stories.mjs';
import { temporary } from './lib/wait.mjs';

const BITCOIN = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';
const REGTEST = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';

/** What `chain` must show (protocol page "chain-params"). */
const CHAINS = [
    { chain: 'liquidv1', genesis: '1466275836220db2944ca059a3a10ef6fd2ea684b0688d2c379296888a206003',
        asset: '6f0279e9ed041c3d710a9f57d0c02928416460c4b722ae3457a11eec381c526d', parent: BITCOIN, pak: true, depth: 100, max: 1416 },
    { chain: 'liquidtestnet', genesis: 'a771da8e52ee6ad581ed1e9a99825e5b3b7992225534eaa2ae23244fe26ab1c1',
        asset: '144c654344aa716d6f3abcc1ca90e5641e4e2a7f633bc09fe3baf64585819a49', parent: '0'.repeat(64), pak: false, depth: 8, max: 150 },
    { chain: 'liquidv1test', genesis: '30a45cfe152577c15aa1ce97e833a7c765a68c881d202dc875d07b4628be273b',
        asset: '58aa58f1c7fd529d30c964f8f6062ee94d0b61b1601029724e850173c8296f33', parent: REGTEST, pak: true, depth: 8, max: 1416 },
    { chain: 'elementsregtest', genesis: 'cd179c84c35f51825f20a3b91a18d45f0c53b5ceb744a5b6ef8f0babe809396f',
        asset: 'b2e15d0d7a0c94e4e2ce0fe6e8691b9e451377f6e46e8045a86f7c4b5d4f0f23', parent: REGTEST, pak: false, depth: 8, max: 74 },
    { chain: 'elementsregtest', options: { initialfreecoins: 2_100_000_000_000_000 },
        genesis: '209577bda6bf4b5804bd46f8621580dd6d4e8bfa2d190e1c50e932492baca07d',
        asset: 'b2e15d0d7a0c94e4e2ce0fe6e8691b9e451377f6e46e8045a86f7c4b5d4f0f23', parent: REGTEST, pak: false, depth: 8, max: 74 },
];

for (const { chain, options = {}, genesis, asset, parent, pak, depth, max } of CHAINS) {
    story(`${chain} ${Object.keys(options).join(' ')}`.trim(), ['sluiced'], async (t) => {
        const node = await Daemon.create({ dir: temporary(t, 'sluice-chain'), chain, options: { connect: 0, ...options } });
        t.after(() => node.kill());
        t.nodes.push(node);
        await node.start();
        assert.equal(await node.call('getblockcount'), 0);
        assert.equal(await node.call('getblockhash', 0), genesis);
        const header = await node.call('getblockheader', genesis);
        assert.equal(header.height, 0);
        assert.equal(header.time, 1296688602);
        const info = await node.call('getblockchaininfo');
        assert.equal(info.chain, chain);
        assert.equal(info.max_block_witness, max);
        const side = await node.call('getsidechaininfo');
        assert.equal(side.pegged_asset, asset);
        assert.equal(side.parent_blockhash, parent);
        assert.equal(side.enforce_pak, pak);
        assert.equal(side.pegin_confirmation_depth, depth);
        // A restart finds the same chain.
        await node.restart();
        assert.equal(await node.call('getblockhash', 0), genesis);
        await node.stop();
    });
}

story('a data directory of one genesis is not used with another; Bitcoin chains are refused', ['sluiced'], async (t) => {
    const dir = join(temporary(t, 'sluice-chain'));
    const node = await Daemon.create({ dir, options: { connect: 0 } });
    t.after(() => node.kill());
    t.nodes.push(node);
    await node.start();
    await node.stop();
    const other = await node.attempt({ fedpegscript: '5151' });
    assert.notEqual(other.code, 0);
    assert.match(other.stderr, /genesis/i);
    for (const chain of ['main', 'regtest', '../x']) {
        const refused = await node.attempt({ chain });
        assert.notEqual(refused.code, 0);
        assert.match(refused.stderr, /chain/);
    }
    await node.start();
    assert.equal(await node.call('getblockcount'), 0);
    await node.stop();
});
