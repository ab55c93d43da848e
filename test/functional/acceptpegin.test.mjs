// An operator vouches for a deposit: the node says so in its warnings, and remembers.
import assert from 'node:assert/strict';
import { miningNode, story } from './lib/stories.mjs';

story('acceptpegin takes an outpoint, is shown, and holds after a restart', ['sluiced'], async (t) => {
    const node = await miningNode(t);
    const refused = (error) => error.code === -8 && /txid:vout/.test(error.text);
    const txid = 'ab'.repeat(31) + 'cd';
    for (const bad of ['', txid, `${txid}:`, `${txid}:x`, `${txid}:-1`, `${txid}:99999999999`, `${txid.slice(2)}:0`, `${txid}:0:0`]) {
        await assert.rejects(node.call('acceptpegin', bad), refused, bad);
    }
    const shown = async () => (await node.call('getblockchaininfo')).warnings.filter((text) => text.includes('acceptpegin'));
    assert.deepEqual(await shown(), []);
    assert.equal(await node.call('acceptpegin', `${txid}:1`), null);
    await node.kill();  // it was on disk before the answer
    node.spawn();
    await node.ready();
    const [warning, ...others] = await shown();
    assert.deepEqual(others, []);
    assert.ok(warning.includes(`${txid}:1`), warning);
    await node.stop();
});
