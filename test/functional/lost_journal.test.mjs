// A member that lost its signer's journal signs nothing until the others told it how far they are; then it votes again.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS, federation, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

story('a member with an empty journal observes, then votes again', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const [alice, bob, carol, dave] = fed.members;
    await fed.agree(5);
    await dave.kill();
    rmSync(join(dave.dir, dave.chain, 'signer'), { recursive: true });
    await fed.agree(await alice.call('getblockcount') + 2, [alice, bob, carol]);

    dave.spawn();
    await dave.ready();
    const modes = new Set();
    await until('dave to vote again', async () => {
        const { signer } = await dave.call('getfederationinfo');
        modes.add(signer.mode);
        return signer.mode === 'normal' && modes.size > 1;
    }, { interval: 50 });
    t.diagnostic([...modes].join(', '));
    assert.deepEqual([...modes], ['observe', 'normal']);

    // Its vote counts: with carol away, three of four need it.
    await carol.kill();
    await fed.agree(await alice.call('getblockcount') + 4, [alice, bob, dave]);
    for (const member of [alice, bob]) {
        const info = await member.call('getfederationinfo');
        for (const peer of info.members) assert.equal(peer.lies, 0, `${peer.name} lied, says ${member.name}`);
    }
    await fed.stop();
});
