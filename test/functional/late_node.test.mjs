// A node that comes late with an empty directory ends where the others are, and keeps it across restarts and kills.
import assert from 'node:assert/strict';
import { PROGRAMS, federation, story } from './lib/stories.mjs';
import { Peg } from './lib/peg.mjs';

const STATISTICS = ['height', 'bestblock', 'txouts', 'bogosize', 'muhash', 'total_amount'];

/** Statistics of `nodes` at one common tip: the chain moves on, so ask until all had the same tip. */
async function sameStatistics(nodes) {
    for (let attempt = 0; attempt < 50; attempt++) {
        const all = await Promise.all(nodes.map((node) => node.call('gettxoutsetinfo', 'muhash')));
        if (new Set(all.map((one) => one.bestblock)).size > 1) continue;
        for (const one of all) {
            for (const key of STATISTICS) assert.deepEqual(one[key], all[0][key], key);
        }
        return all[0];
    }
    throw new Error('the nodes never showed one tip at once');
}

story('a late node with an empty directory reaches the same tip and UTXO statistics', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const peg = new Peg(fed);
    await fed.agree(1);
    const deposit = await peg.deposit('2.00');
    await peg.mature(deposit);
    const claim = await peg.claimed(deposit);
    const { height } = await fed.agree(claim.height + 5);

    const late = await fed.follower('late');
    await late.start();
    await late.waitHeight(height);
    const statistics = await sameStatistics([fed.members[0], late]);
    assert.ok(statistics.txouts >= 1);
    t.diagnostic(`height ${statistics.height}, ${statistics.txouts} outputs, muhash ${statistics.muhash}`);

    // Cut from everybody, a restart shows what was there.
    await late.stop();
    late.options = { ...late.options, connect: '0' };
    await late.start();
    const kept = await late.call('gettxoutsetinfo', 'muhash');
    await late.kill();
    await late.start();
    const again = await late.call('gettxoutsetinfo', 'muhash');
    for (const key of STATISTICS) assert.deepEqual(again[key], kept[key], key);
    assert.equal(await fed.members[0].call('getblockhash', kept.height), kept.bestblock);
    await fed.stop();
});
