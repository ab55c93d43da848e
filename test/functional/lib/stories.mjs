// What the story tests share: a federation of a test, ended with it; a single node that mines for itself; the full peg round.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Daemon, needs } from './daemon.mjs';
import { Federation } from './federation.mjs';
import { Peg } from './peg.mjs';
import { temporary } from './wait.mjs';

export const PROGRAMS = ['sluiced', 'sluice-cli', 'sluice-signer'];

/**
 * One story: skipped by name when a program is not built; ended after `timeout` ms; when it fails, the logs of what it
 * started are shown and its folder stays.
 */
export function story(name, programs, tell, { timeout = 240_000, skip } = {}) {
    test(name, { skip: skip ?? needs(...programs), timeout }, async (t) => {
        t.nodes = [];
        try {
            await tell(t);
        } catch (error) {
            t.keep = true;
            for (const node of t.nodes) t.diagnostic(`${node.dir}\n${node.tail()}`);
            throw error;
        }
    });
}

/** A federation whose processes and folder go with the test. `absent` members are never started. */
export async function federation(t, { absent = [], ...options } = {}) {
    const made = await Federation.create({ dir: temporary(t, 'sluice-fed'), report: (text) => t.diagnostic(text), ...options });
    t.after(() => made.kill());
    t.nodes?.push(made);
    await made.start(made.names.filter((name) => !absent.includes(name)));
    return made;
}

/** A node of a chain that anybody may extend, with coins for whoever mines. `options` as Daemon's. Started. */
export async function miningNode(t, { dir = join(temporary(t, 'sluice-node'), 'node'), options = {}, ...rest } = {}) {
    const node = await prepareMiningNode(t, { dir, options, ...rest });
    return node.start();
}

export async function prepareMiningNode(t, { dir = join(temporary(t, 'sluice-node'), 'node'), options = {}, ...rest } = {}) {
    mkdirSync(dir, { recursive: true });
    const node = await Daemon.create({ dir, ...rest, options: { con_blocksubsidy: 5_000_000_000, ...options } });
    t.after(() => node.kill());
    t.nodes?.push(node);
    return node;
}

/** Figures of the reserves hold their identity, and nothing is missing. */
export function balanced(reserves) {
    assert.equal(reserves.held, reserves.circulating + reserves.pending + reserves.pool, JSON.stringify(reserves));
    assert.equal(reserves.discrepancy, 0);
}

/**
 * Donate, deposit 5, claim, send 1.25, peg out 1.5, payout confirmed. `between` is called after each step with its name, so
 * that a story can hurt the federation there.
 */
export async function pegRound(fed, { member = fed.running[0], other = fed.running[1], between = async () => {} } = {}) {
    const peg = new Peg(fed, member);
    await fed.agree(1);
    const donation = await peg.donate('0.10');
    balanced(await peg.reserves());
    await between('donated', peg);
    const deposit = await peg.deposit('5.00');
    const from = await member.call('getblockcount');
    await peg.mature(deposit);
    await between('deposited', peg);
    const claim = await peg.claimed(deposit, from);
    balanced(await peg.reserves());
    await between('claimed', peg);
    const transfer = await peg.transfer(other, '1.25');
    const sent = await peg.confirmed(transfer, claim.height);
    await between('transferred', peg);
    const pegout = await peg.pegOut('1.50');
    await peg.confirmed(pegout.txid, sent.height);
    await between('asked', peg);
    const payout = await peg.paid(pegout);
    await between('paid', peg);
    const reserves = await peg.settled();
    balanced(reserves);
    return { peg, donation, deposit, claim, transfer, pegout, payout, reserves };
}
