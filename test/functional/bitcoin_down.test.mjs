// Every member loses its Bitcoin node: blocks go on, with transactions and requests in them; when it is back, claims and payouts
// resume by themselves.
import assert from 'node:assert/strict';
import { PROGRAMS, balanced, federation, story } from './lib/stories.mjs';
import { Peg } from './lib/peg.mjs';

story('blocks go on while Bitcoin is away, claims and payouts resume when it is back', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const { bitcoin } = fed;
    const peg = new Peg(fed);
    await fed.agree(10);  // past the first epoch, whose peg-in addresses are of another kind
    await peg.donate('0.01');
    const first = await peg.deposit('2.00');
    await peg.mature(first);
    const claim = await peg.claimed(first);
    const second = await peg.deposit('3.00');  // too shallow for a claim

    await bitcoin.kill();
    const { height } = await fed.agree();
    const transfer = await peg.confirmed(await peg.transfer(fed.members[1], '0.25'), claim.height);
    peg.bitcoin = { height: async () => 0 };  // the peg-out below remembers where to look from
    const pegout = await peg.pegOut('0.50');
    peg.bitcoin = bitcoin;
    const asked = await peg.confirmed(pegout.txid, transfer.height);
    await fed.agree(Math.max(height + 5, asked.height));
    const [status] = await peg.member.call('getpegoutstatus', pegout.txid);
    assert.equal(status.payment, undefined);
    t.diagnostic(`from height ${height} to ${asked.height} without Bitcoin`);

    await bitcoin.start();
    await peg.mature(second);
    await peg.claimed(second, asked.height);
    await peg.paid(pegout);
    balanced(await peg.settled());
    for (const member of fed.running) assert.equal((await member.call('getfederationinfo')).frozen, false);
    await fed.stop();
});
