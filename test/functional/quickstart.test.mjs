// The quickstart's own promise: its JSON line, its exit status, what --keep leaves behind, and a failure that names the log.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REPOSITORY, binary } from './lib/daemon.mjs';
import { run } from './lib/process.mjs';
import { PROGRAMS, story } from './lib/stories.mjs';
import { temporary } from './lib/wait.mjs';

const KEYS = ['pegin_txid', 'claim_txid', 'transfer_txid', 'pegout_txid', 'payout_txid', 'payout_confirmations', 'height',
    'federation_coins', 'circulating', 'pending_payouts', 'fee_pool', 'transfer_hidden_outputs', 'asset', 'issue_txid',
    'asset_transfer_txid'];
const play = (args, env) => run(process.execPath, [join(REPOSITORY, 'share/quickstart.mjs'), ...args], { timeout: 240_000, env });

story('quickstart --json --keep plays the peg, tells the figures and leaves it running', PROGRAMS, async (t) => {
    const dir = join(temporary(t), 'play');
    const { code, stdout, stderr } = await play(['--json', '--keep', '--dir', dir]);
    t.after(() => existsSync(join(dir, 'stop.sh')) && run('sh', [join(dir, 'stop.sh')]));
    assert.equal(code, 0, stdout.slice(-3_000) + stderr);
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1));
    assert.deepEqual(Object.keys(summary), KEYS);
    for (const key of KEYS.slice(0, 5)) assert.match(summary[key], /^[0-9a-f]{64}$/, key);
    for (const key of KEYS.slice(-3)) assert.match(summary[key], /^[0-9a-f]{64}$/, key);
    assert.ok(summary.transfer_hidden_outputs >= 2);
    assert.ok(summary.payout_confirmations >= 1);
    assert.equal(summary.federation_coins, summary.circulating + summary.pending_payouts + summary.fee_pool);
    assert.equal(summary.pending_payouts, 0);
    assert.ok(summary.circulating > 3.49e8 && summary.circulating <= 3.5e8, `${summary.circulating}`);
    assert.match(stdout, /event pegin /);
    assert.match(stdout, /event pegout /);
    assert.match(stdout, /event reserves /);

    const cli = (...args) => run(binary('sluice-cli'), [`-datadir=${join(dir, 'federation/alice')}`, ...args]);
    const height = Number((await cli('getblockcount')).stdout);
    assert.ok(height >= summary.height);
    const stopped = await run('sh', [join(dir, 'stop.sh')]);
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.notEqual((await cli('getblockcount')).code, 0);
});

test('a quickstart that fails says so and names what to read', async (t) => {
    const { code, stderr } = await play(['--dir', join(temporary(t), 'play')], { SLUICE_BIN: '/nonexistent' });
    assert.equal(code, 1);
    assert.match(stderr, /\/nonexistent\/sluiced/);
});
