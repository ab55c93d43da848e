// A member and a follower that hear nothing for a while catch up by themselves.
import assert from 'node:assert/strict';
import { PROGRAMS, federation, story } from './lib/stories.mjs';
import { sleep } from './lib/wait.mjs';

story('a member and a follower that are cut off catch up', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const [alice, bob, carol, dave] = fed.members;
    const follower = await fed.follower('follower', { peers: [dave] });
    await follower.start();
    await fed.agree(3, [...fed.members, follower]);

    // A stopped process answers nothing and keeps its sockets, as behind a dead line. The follower hears from it only.
    dave.child.signal('SIGSTOP');
    const before = await alice.call('getblockcount');
    await fed.agree(before + 8, [alice, bob, carol]);
    const behind = await follower.call('getblockcount');
    assert.ok(behind <= before + 1, `the follower went on to ${behind} without its peer`);
    dave.child.signal('SIGCONT');
    const { height } = await fed.agree(before + 12, [...fed.members, follower]);
    t.diagnostic(`all at ${height}`);

    // And a whole federation that stops for a while goes on.
    for (const member of fed.members) member.child.signal('SIGSTOP');
    await sleep(3_000);
    for (const member of fed.members) member.child.signal('SIGCONT');
    await fed.agree(height + 5, [...fed.members, follower]);
    await fed.stop();
});
