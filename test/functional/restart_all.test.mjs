// Power cut at all sites: every member is killed at once; the chain goes on from where it was.
import assert from 'node:assert/strict';
import { PROGRAMS, federation, story } from './lib/stories.mjs';

story('all members are killed at once and go on, three times', PROGRAMS, async (t) => {
    const fed = await federation(t);
    let { height, hash } = await fed.agree(3);
    for (let round = 0; round < 3; round++) {
        await Promise.all(fed.members.map((member) => member.kill()));
        await fed.start();
        const now = await fed.agree(height + 3);
        for (const member of fed.members) assert.equal(await member.call('getblockhash', height), hash);
        ({ height, hash } = now);
    }
    await fed.stop();
});
