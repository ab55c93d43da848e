// A running federation changes its members: two of four leave, two join, while a deposit and payouts are under way.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS, balanced, federation, story } from './lib/stories.mjs';
import { signer } from './lib/federation.mjs';
import { Peg } from './lib/peg.mjs';
import { until } from './lib/wait.mjs';

const EPOCH = 15;

story('3-of-4 become another 3-of-4 with a deposit and payouts pending: nothing is lost', PROGRAMS, async (t) => {
    const fed = await federation(t, { options: { dynamic_epoch_length: EPOCH } });
    const [alice, bob, carol, dave] = fed.members;
    const peg = new Peg(fed, carol);  // a member that stays
    const info = (node) => node.call('getfederationinfo');
    await fed.agree(1);
    await peg.donate('0.10');
    const first = await peg.deposit('5.00');
    await peg.mature(first);
    await peg.claimed(first);
    balanced(await peg.reserves());

    // Unsigned, badly signed and foreign manifests change nothing.
    const newcomers = [await fed.newcomer('erin'), await fed.newcomer('frank')];
    const startHeight = await carol.call('getblockcount') + 1;
    const next = { members: ['carol', 'dave', 'erin', 'frank'], joining: newcomers, startHeight };
    const two = await fed.successor({ ...next, file: 'two.json', by: ['alice', 'bob'] });
    await assert.rejects(alice.call('loadmanifest', two), /2 good signatures by members of its predecessor; 3 are needed/);
    await assert.rejects(alice.call('loadmanifest', fed.manifest + '.none'), /Cannot open/);
    const manifest = await fed.successor({ ...next, file: 'next.json', by: ['alice', 'bob', 'dave'] });
    const forged = join(fed.home, 'forged.json');
    writeFileSync(forged, readFileSync(manifest, 'utf8').replace(`"start_height": ${startHeight}`, `"start_height": ${startHeight + 1}`));
    await assert.rejects(alice.call('loadmanifest', forged), /0 good signatures/);
    assert.match(await signer('showmanifest', '--manifest', manifest, '--predecessor', fed.manifest), /signed {3}dave/);

    // The old members load it, dave later; nobody votes before the new ones are there.
    for (const member of [alice, bob, carol]) await member.call('loadmanifest', manifest);
    // They come too late in an epoch for its vote: the next one decides.
    const at = await until('a place within an epoch', async () => {
        const height = await carol.call('getblockcount');
        return height > startHeight && height % EPOCH >= 4 && height % EPOCH <= 9 && height;
    });
    assert.equal((await info(carol)).change.votes, 0);
    const boundary = (Math.floor(at / EPOCH) + 2) * EPOCH;
    const [erin, frank] = [await fed.join(newcomers[0], manifest), await fed.join(newcomers[1], manifest)];
    await fed.start(['erin', 'frank']);
    await until('votes for the next set', async () => (await info(carol)).change?.votes > 0);
    assert.equal((await info(erin)).signs, false);
    assert.equal((await info(bob)).signs, true);
    await dave.call('loadmanifest', manifest);  // refused the newcomers' links until now
    const { change } = await info(carol);
    t.diagnostic(`votes: ${JSON.stringify(change)} at height ${await carol.call('getblockcount')}`);

    // Leave things under way when the set changes.
    await carol.waitHeight(boundary - 9);
    assert.equal((await info(carol)).change.epoch_end, boundary);
    const before = await carol.call('getsidechaininfo');
    const signblock = (await carol.call('getblockchaininfo')).current_signblock_hex;
    const pending = await peg.deposit('2.00');
    const pegout = await peg.pegOut('1.50');
    await until('the payout planned by the old set', async () => (await carol.call('getpegoutstatus', pegout.txid))[0]?.state === 'planned');
    assert.equal((await info(carol)).set, 0);

    await carol.waitHeight(boundary + 1);
    const after = await until('the next set at work', async () => {
        const status = await info(carol);
        return status.set === 1 ? status : false;
    });
    assert.equal(after.change, undefined);
    assert.notEqual((await carol.call('getblockchaininfo')).current_signblock_hex, signblock);
    assert.deepEqual(after.members.filter((member) => member.signs).map((member) => member.name), ['carol', 'dave', 'erin', 'frank']);
    assert.equal((await info(alice)).signs, false);
    assert.equal((await info(erin)).signs, true);
    const now = await carol.call('getsidechaininfo');
    assert.equal(now.current_fedpeg_programs[1], before.current_fedpeg_programs[0]);
    assert.notEqual(now.current_fedpeg_programs[0], before.current_fedpeg_programs[0]);
    const header = await carol.call('getblockheader', await carol.call('getblockhash', boundary));
    assert.equal(header.dynamic_parameters.current.fedpeg_program, now.current_fedpeg_programs[0]);
    t.diagnostic(`the next set signs from height ${boundary}`);

    // What was under way ends well: the deposit to the old address, the payout planned by the old set, and one asked now.
    const late = await peg.deposit('1.00');
    assert.notEqual(late.address, pending.address);
    await peg.mature(pending);
    await peg.claimed(pending, boundary);
    const paid = await peg.paid(pegout);
    assert.equal(paid.value, 150_000_000);
    await peg.mature(late);
    await peg.claimed(late, boundary);
    const another = await peg.pegOut('0.75');
    await peg.paid(another);

    // The old set's coins move to the new set; then those who left are no longer needed.
    await until('the old coins moved', async () => {
        await fed.wallet.mine(1);
        const { sets, held } = await peg.reserves();
        return sets.length === 1 && sets[0].set === 1 && sets[0].held === held;
    }, { timeout: 60_000, interval: 1_000 });
    balanced(await peg.settled());
    const { height } = await fed.agree(await carol.call('getblockcount'));
    for (const member of fed.members) {
        const reserves = await until(`${member.name} at height ${height}`, async () => {
            const figures = await member.call('getreserves');
            return figures.height >= height ? figures : false;
        });
        balanced(reserves);
        assert.equal(reserves.held, reserves.circulating + reserves.pool);
        assert.deepEqual((await info(member)).alarms.filter((alarm) => !/fee pool/.test(alarm)), [], member.name);
    }
    await Promise.all([alice.stop(), bob.stop()]);
    const last = await peg.pegOut('0.30');
    await peg.paid(last);

    // A restart finds the manifest and the set again.
    await dave.restart();
    assert.equal((await info(dave)).set, 1);
    assert.equal((await info(dave)).sequence, 1);
    await frank.kill();  // dave is needed
    await fed.agree(await carol.call('getblockcount') + 2);
    await fed.stop();
});
