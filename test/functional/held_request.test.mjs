// A request that cannot be paid is held, visible with its reason, and stops nobody; a donation sets it free. While Bitcoin is
// away blocks go on, and what waited goes on afterwards.
import assert from 'node:assert/strict';
import { Peg } from './lib/peg.mjs';
import { PROGRAMS, balanced, federation, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

story('a request waits for the fee pool and for Bitcoin, and is paid once', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const [alice, bob] = fed.members;
    const peg = new Peg(fed, alice);
    await fed.agree(1);
    const deposit = await peg.deposit('3.00');
    await peg.mature(deposit);
    const claim = await peg.claimed(deposit);

    // Nothing was donated: the pool holds less than a payout's fee.
    const pegout = await peg.pegOut('1.00');
    const asked = await peg.confirmed(pegout.txid, claim.height);
    const held = await until('the reason', async () => {
        const [status] = await bob.call('getpegoutstatus', pegout.txid);
        return status?.held && status;
    });
    t.diagnostic(`${held.state}, held: ${held.held}`);
    assert.match(held.held, /fee pool/);
    assert.equal(held.amount, 100_000_000);
    await fed.agree(asked.height + 5);
    balanced(await peg.reserves(bob));
    assert.equal((await peg.reserves()).pending, 100_000_000);

    // Bitcoin is away for everybody: the chain goes on.
    await fed.bitcoin.kill();
    const { height } = await fed.agree(await alice.call('getblockcount') + 6);
    await fed.bitcoin.start();
    t.diagnostic(`height ${height} without a Bitcoin node`);

    await peg.donate('0.05');
    const payout = await peg.paid(pegout);
    balanced(await peg.settled());
    const [status] = await until('the member to see the payment', async () => {
        const found = await bob.call('getpegoutstatus', pegout.txid);
        return found[0]?.payout_txid && found;
    });
    assert.equal(status.payout_txid, payout.txid);
    await fed.stop();
});
