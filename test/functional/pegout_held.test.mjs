// A request that cannot be paid waits with a reason that everybody can read, and is paid when the reason goes. Here: an empty fee pool.
import assert from 'node:assert/strict';
import { PROGRAMS, balanced, federation, story } from './lib/stories.mjs';
import { Peg } from './lib/peg.mjs';
import { until } from './lib/wait.mjs';

story('a request waits for the fee pool, and says so, until somebody donates', PROGRAMS, async (t) => {
    // Explicit amounts: the fees of hidden ones, burnt into the pool, would pay for the payout.
    const fed = await federation(t, { options: { blindedaddresses: 0 } });
    const peg = new Peg(fed);
    await fed.agree(10);  // past the first epoch, whose peg-in addresses are of another kind
    const deposit = await peg.deposit('2.00');
    await peg.mature(deposit);
    const claim = await peg.claimed(deposit);
    const pegout = await peg.pegOut('1.00');
    const { height } = await peg.confirmed(pegout.txid, claim.height);
    const status = async () => (await peg.member.call('getpegoutstatus', pegout.txid))[0];

    await until('the reason', async () => /pool/.test((await status()).held));
    // Fees of the claim and of the request are burnt into the pool, but they are too little.
    await fed.agree(height + 5);
    assert.equal((await status()).state, 'queued');
    const before = await peg.reserves();
    assert.equal(before.pending, 100_000_000);
    balanced(before);

    await peg.donate('0.01');
    await peg.paid(pegout);
    balanced(await peg.settled());
    assert.equal((await status()).held ?? '', '');
    await fed.stop();
});
