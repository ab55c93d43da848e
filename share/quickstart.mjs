// Plays the peg against real daemons and tells what happens; started by quickstart.sh, which installs and builds first.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toCoins } from '../test/functional/lib/amounts.mjs';
import { binary, needs } from '../test/functional/lib/daemon.mjs';
import { Federation } from '../test/functional/lib/federation.mjs';
import { Peg } from '../test/functional/lib/peg.mjs';
import { Subscriber, describe } from '../test/functional/lib/zmq.mjs';

const CHAIN = 'sluiceregtest';
const DONATION = '0.10';
const DEPOSIT = '5.00';
const TRANSFER = '1.25';
const ASSET = '1000.00';
const ASSET_TRANSFER = '250.00';
const PEG_OUT = '1.50';
const PAYOUT_CONFIRMATIONS = 6;

const { values: options } = parseArgs({ options: {
    json: { type: 'boolean' }, keep: { type: 'boolean' }, dir: { type: 'string' },
} });

const started = Date.now();
const clock = () => `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;
const terminal = process.stdout.isTTY;
let waiting = '';

function line(text) {
    if (waiting) process.stdout.write('\r\x1b[K');
    waiting = '';
    console.log(`${clock()}  ${text}`);
}

const step = (text) => line(`* ${text}`);
const detail = (text) => line(`    ${text}`);

/** Called while a step waits: one changing line on a terminal, a line every ten seconds elsewhere. */
function progress(federation) {
    let last = Date.now();
    return () => {
        if (!terminal && Date.now() - last < 10_000) return;
        last = Date.now();
        const text = `${clock()}    waiting; sidechain height ${federation.seenHeight}, Bitcoin height ${federation.wallet.height}`;
        if (terminal) process.stdout.write(`\r\x1b[K${text}`);
        else console.log(text);
        waiting = text;
    };
}

// What is shown of an event's JSON, in this order; the event itself holds more.
const SHOWN = {
    pegin: ['height', 'parent_txid', 'parent_vout', 'amount', 'claim_script'],
    pegout: ['txid', 'address', 'amount', 'state', 'held', 'payout_txid', 'confirmations'],
    reserves: ['held', 'circulating', 'pending', 'pool', 'discrepancy'],
    federation: ['signer', 'frozen', 'alarms'],
};

/** Shows what a subscriber of the first member sees: each event as it comes, its main fields; one that says nothing new is left out. */
function follow(federation) {
    const said = {};
    return new Subscriber(federation.members[0].zmq, { topics: ['hashblock', ...Object.keys(SHOWN)], onMessage(message) {
        const { topic, json, sequence } = message;
        if (topic === 'hashblock') {
            federation.seenHeight = sequence + 1;
            line(`    event ${describe(message)}`);
            return;
        }
        const text = JSON.stringify(Object.fromEntries(SHOWN[topic].filter((key) => key in json).map((key) => [key, json[key]])));
        if (said[topic] !== text) line(`    event ${topic} #${sequence} ${text}`);
        said[topic] = text;
    } });
}

async function play(dir, running) {
    step(`data and logs are in ${dir}`);
    const federation = await Federation.create({ dir, chain: CHAIN, report: step });
    running.federation = federation;
    federation.seenHeight = 0;
    await federation.start();
    step(`${federation.names.length} members answer; events of ${federation.names[0]} on ${federation.members[0].zmq}`);
    running.subscriber = follow(federation);
    const { height } = await federation.agree(2);
    step(`all members have block ${height}`);

    const [alice, bob] = federation.members;
    const wait = { timeout: 120_000, progress: progress(federation) };
    const peg = new Peg(federation, alice, wait);

    const donation = await peg.donate(DONATION);
    step(`fee pool: ${DONATION} BTC donated in Bitcoin transaction ${donation}`);

    const deposit = await peg.deposit(DEPOSIT);
    step(`deposit of ${DEPOSIT} BTC to ${deposit.address} in ${deposit.txid}`);
    const from = await alice.call('getblockcount');
    const depth = await peg.mature(deposit);
    step(`deposit has its ${depth} confirmations; the wallet of ${alice.name} claims it`);
    const claim = await peg.claimed(deposit, from);
    step(`claimed in sidechain transaction ${claim.txid}, block ${claim.height}`);

    const transfer = await peg.transfer(bob, TRANSFER);
    const sent = await peg.confirmed(transfer, claim.height, bob);
    const hidden = await peg.hidden(transfer, sent.hash);
    step(`${TRANSFER} sent from ${alice.name} to ${bob.name} in ${transfer}, block ${sent.height}; ${hidden} outputs hide amount and asset`);

    const issued = await alice.call('issueasset', ASSET, '0.00000001');
    const issue = await peg.confirmed(issued.txid, sent.height);
    const assetTransfer = await peg.transfer(bob, ASSET_TRANSFER, issued.asset);
    const given = await peg.confirmed(assetTransfer, issue.height, bob);
    step(`asset ${issued.asset}: ${ASSET} issued in ${issued.txid}, ${ASSET_TRANSFER} of it sent to ${bob.name} in ${assetTransfer}`);

    const pegout = await peg.pegOut(PEG_OUT);
    const asked = await peg.confirmed(pegout.txid, given.height);
    step(`peg-out of ${PEG_OUT} BTC to ${pegout.address} asked in ${pegout.txid}, block ${asked.height}`);
    const payout = await peg.paid(pegout, PAYOUT_CONFIRMATIONS);
    step(`paid on Bitcoin: ${toCoins(payout.value)} BTC in ${payout.txid}, ${payout.confirmations} confirmations`);

    const reserves = await peg.settled();
    const summary = {
        pegin_txid: deposit.txid,
        claim_txid: claim.txid,
        transfer_txid: transfer,
        pegout_txid: pegout.txid,
        payout_txid: payout.txid,
        payout_confirmations: payout.confirmations,
        height: reserves.height,
        federation_coins: reserves.held,
        circulating: reserves.circulating,
        pending_payouts: reserves.pending,
        fee_pool: reserves.pool,
        transfer_hidden_outputs: hidden,
        asset: issued.asset,
        issue_txid: issued.txid,
        asset_transfer_txid: assetTransfer,
    };
    const sum = summary.circulating + summary.pending_payouts + summary.fee_pool;
    if (summary.federation_coins !== sum) throw new Error(`reserves do not balance: ${JSON.stringify(reserves)}`);
    return summary;
}

function tell(summary) {
    console.log('\nSummary');
    const amounts = ['federation_coins', 'circulating', 'pending_payouts', 'fee_pool'];
    for (const [name, value] of Object.entries(summary)) {
        console.log(`  ${name.padEnd(23)} ${amounts.includes(name) ? `${toCoins(value)} BTC` : value}`);
    }
    console.log('  federation_coins = circulating + pending_payouts + fee_pool');
}

/** Leaves the processes running; writes the commands that reach and stop them. */
function leave(federation, dir) {
    const cli = (node) => `${binary('sluice-cli')} -datadir=${node.dir}`;
    const stop = join(dir, 'stop.sh');
    const pids = [...federation.members, federation.bitcoin].map((node) => node.child.pid);
    writeFileSync(stop, ['#!/bin/sh', '# Stops the members, then the Bitcoin node.',
        ...federation.members.map((node) => `${cli(node)} stop`), 'sleep 2',
        `kill ${federation.bitcoin.child.pid}`, `echo "stopped; data stays in ${dir}"`, ''].join('\n'), { mode: 0o755 });
    console.log('\nStill running. Talk to a member, see its events, stop everything:');
    for (const node of federation.members) console.log(`  ${cli(node)} getfederationinfo     # ${node.name}, events on ${node.zmq}`);
    console.log(`  ${stop}`);
    console.log(`  (processes ${pids.join(' ')}; Bitcoin RPC on port ${federation.bitcoin.port}, password ${federation.bitcoin.apiKey})`);
    for (const node of [...federation.members, federation.bitcoin]) node.child.release();
}

async function main() {
    const missing = needs('sluiced', 'sluice-cli', 'sluice-signer');
    if (missing) throw new Error(missing);
    const dir = options.dir ? resolve(options.dir) : mkdtempSync(join(tmpdir(), 'sluice-quickstart-'));
    if (options.dir) {
        if (existsSync(dir) && readdirSync(dir).length) throw new Error(`${dir} is not empty: name a new folder`);
        mkdirSync(dir, { recursive: true });
    }
    const running = {};
    let summary;
    try {
        summary = await play(dir, running);
    } catch (error) {
        line(`FAILED: ${error.message}`);
        const logs = running.federation?.logs().filter(existsSync) ?? [];
        console.error(`\nThe logs to read:\n  ${(logs.length ? logs : [dir]).join('\n  ')}`);
        await running.federation?.kill();
        await running.subscriber?.close();
        return 1;
    }
    await running.subscriber.close();
    tell(summary);
    if (options.keep) {
        leave(running.federation, dir);
    } else {
        await running.federation.stop();
        console.log(`\nStopped. Data and logs stay in ${dir}`);
    }
    if (options.json) console.log(JSON.stringify(summary));
    return 0;
}

main().then((status) => process.exit(status), (error) => {
    console.error(`quickstart: ${error.message}`);
    process.exit(1);
});
