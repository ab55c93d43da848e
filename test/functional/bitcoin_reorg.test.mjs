// Bitcoin takes back the block that paid a request. The ledger follows, nothing is missing at any time, and in the end the request
// is paid once.
import assert from 'node:assert/strict';
import { PROGRAMS, balanced, federation, pegRound, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const DEPTH = 3;

story('a Bitcoin reorganisation takes back a payout, which is paid again, once', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const { peg, pegout, payout } = await pegRound(fed, { between: async (step) => t.diagnostic(step) });
    const { bitcoin, wallet } = fed;
    const state = async () => (await peg.member.call('getpegoutstatus', pegout.txid))[0];
    await until('the member to see the payment', async () => (await state()).state === 'confirming');

    // The block with the payout and all after it go; the new branch is longer and, so far, empty.
    await wallet.sync();
    const { blockhash } = await bitcoin.rpc.call('getrawtransaction', payout.txid, true);
    const height = await bitcoin.height();
    await bitcoin.rpc.call('invalidateblock', blockhash);
    const fork = await bitcoin.height();
    assert.ok(fork < height);
    await bitcoin.restart();  // forgets its mempool
    await bitcoin.mine(height - fork + DEPTH, wallet.address);
    const tip = await bitcoin.rpc.call('getbestblockhash');
    t.diagnostic(`Bitcoin left height ${height} at ${fork} for ${height - fork + DEPTH} other blocks`);

    await until('the members to commit to the new branch', async () => {
        const { parent_height: seen } = await peg.reserves();
        return seen >= await bitcoin.height();
    });
    assert.equal(await bitcoin.rpc.call('getblockhash', height - fork + DEPTH + fork), tip);
    const during = await peg.reserves();
    balanced(during);

    // Members send it again by themselves; a few blocks make it final.
    await peg.paid(pegout, 6);
    await until('the payment to be final', async () => (await state()).state === 'paid', { timeout: 60_000 });
    balanced(await peg.settled());
    for (const member of fed.running) {
        const info = await member.call('getfederationinfo');
        assert.equal(info.frozen, false, JSON.stringify(info.alarms));
    }
    await fed.stop();
});
