// Three of four carry the federation: the fourth never starts.
import { test } from 'node:test';
import { needs } from './lib/daemon.mjs';
import { PROGRAMS, federation, pegRound } from './lib/stories.mjs';

test('the peg round holds with one member of four down throughout', { skip: needs(...PROGRAMS) }, async (t) => {
    const fed = await federation(t, { absent: ['bob'] });
    const { payout } = await pegRound(fed, { between: async (step) => t.diagnostic(step) });
    t.diagnostic(`paid in ${payout.txid}`);
    await fed.stop();
});
