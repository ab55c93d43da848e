// kill -9 in the middle of whatever the node is doing: what it had said about a block stays true.
import assert from 'node:assert/strict';
import { story, miningNode } from './lib/stories.mjs';
import { sleep } from './lib/wait.mjs';

story('a node killed again and again keeps every block that it answered for', ['sluiced'], async (t) => {
    const node = await miningNode(t);
    const address = await node.call('getnewaddress');
    let known = [await node.call('getblockhash', 0)];
    for (let round = 0; round < 8; round++) {
        // Blocks come as fast as they go; the kill meets one of them somewhere.
        let going = true;
        const mining = (async () => {
            while (going) known.push(...await node.call('generatetoaddress', 1, address));
        })().catch((error) => { if (going) throw error; });
        await sleep(150 + 70 * round);
        going = false;
        await node.kill();
        await mining;
        await node.start();
        const height = await node.call('getblockcount');
        // The last block may have been connected without its answer having left.
        assert.ok(height === known.length - 1 || height === known.length, `height ${height}, answered for ${known.length - 1}`);
        for (let at = Math.max(0, known.length - 20); at < known.length; at++) {
            assert.equal(await node.call('getblockhash', at), known[at]);
        }
        known = known.concat(height === known.length ? [await node.call('getblockhash', height)] : []);
    }
    assert.ok(known.length > 20, `only ${known.length} blocks`);
    // The coins are those of an undisturbed life: undoing and redoing the last blocks changes nothing.
    const before = await node.call('gettxoutsetinfo', 'muhash');
    const back = await node.call('getblockhash', known.length - 10);
    await node.call('invalidateblock', back);
    assert.notEqual((await node.call('gettxoutsetinfo', 'muhash')).muhash, before.muhash);
    await node.call('reconsiderblock', back);
    assert.equal((await node.call('gettxoutsetinfo', 'muhash')).muhash, before.muhash);
    await node.stop();
});
