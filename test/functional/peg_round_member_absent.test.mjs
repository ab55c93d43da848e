// Three of four carry the federation: the fourth never starts.
import { PROGRAMS, federation, pegRound, story } from './lib/stories.mjs';

story('the peg round holds with one member of four down throughout', PROGRAMS, async (t) => {
    const fed = await federation(t, { absent: ['bob'] });
    const { payout } = await pegRound(fed, { between: async (step) => t.diagnostic(step) });
    t.diagnostic(`paid in ${payout.txid}`);
    await fed.stop();
});
