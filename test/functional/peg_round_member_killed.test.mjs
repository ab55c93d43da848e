// The round of the quickstart while members are killed and come back: nothing is lost, nothing is paid twice.
import assert from 'node:assert/strict';
import { PROGRAMS, federation, pegRound, story } from './lib/stories.mjs';

story('the peg round holds while a member is killed -9 and restarted in the middle', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const dave = fed.member('dave');
    const carol = fed.member('carol');
    const round = await pegRound(fed, { async between(step) {
        t.diagnostic(step);
        if (step === 'deposited') await dave.kill();
        if (step === 'claimed') await dave.start();
        // Killed between the request and its payout, when votes and payout signatures are in flight.
        if (step === 'asked') {
            await carol.kill();
            await carol.start();
        }
    } });
    assert.equal(round.payout.value, 150_000_000);
    const { height } = await fed.agree(await fed.member('alice').call('getblockcount') + 3);
    t.diagnostic(`all four agree at height ${height}`);
    for (const member of fed.members) {
        const info = await member.call('gettxoutsetinfo', 'muhash', await member.call('getblockcount')).catch(() => undefined);
        if (info) assert.ok(info.height >= height);
    }
    await fed.stop();
});
