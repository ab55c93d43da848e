// Mistakes of an operator: a clear message, a status that is not zero, nothing lost.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon } from './lib/daemon.mjs';
import { prepareMiningNode, story } from './lib/stories.mjs';
import { temporary } from './lib/wait.mjs';

const NEEDED = ['sluiced'];

/** Runs a start that must fail and returns its message. */
async function refused(node, extra) {
    const { code, signal, stdout, stderr } = await node.attempt(extra);
    const said = stdout + stderr;
    assert.equal(signal, null, `killed by ${signal}: ${said}`);
    assert.notEqual(code, 0, `started: ${said}`);
    assert.ok(!/terminate called|Assertion|Sanitizer/.test(said), said);
    return said;
}

story('an unknown option is named', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    assert.match(await refused(node, { nosuchoption: 1 }), /nosuchoption/);
});

story('an option value that is no number is named', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    assert.match(await refused(node, { peginconfirmationdepth: 'eight' }), /peginconfirmationdepth/);
});

story('a bad configuration file is refused with the line', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    writeFileSync(join(node.dir, 'elements.conf'), 'server=1\nthis is no option\n');
    assert.match(await refused(node), /line 2|this is no option/);
});

story('a missing configuration file that was asked for is refused', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    assert.match(await refused(node, { conf: join(node.dir, 'absent.conf') }), /absent\.conf/);
});

story('a data directory that does not exist is refused', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    node.dir = join(node.dir, 'absent');
    assert.match(await refused(node), /absent/);
});

story('the data directory of another network is refused and unharmed', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    await node.start();
    const hash = await node.call('getblockhash', 0);
    await node.stop();
    // Same chain name and folder, other genesis: another signing script.
    const said = await refused(node, { signblockscript: '5175' });
    assert.match(said, /genesis|network|chain/i);
    await node.start();
    assert.equal(await node.call('getblockhash', 0), hash);
    await node.stop();
});

story('a second instance on a directory is refused; the first goes on', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    await node.start();
    const second = await Daemon.create({ dir: node.dir, name: 'second', options: { con_blocksubsidy: 5_000_000_000 } });
    assert.match(await refused(second), /lock on directory|already running/i);
    assert.equal(await node.call('getblockcount'), 0);
    await node.stop();
});

story('a port that is taken is named', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    await node.start();
    const other = await Daemon.create({ dir: temporary(t), name: 'other' });
    assert.match(await refused(other, { rpcport: node.rpcPort }), new RegExp(`${node.rpcPort}|RPC|HTTP`));
    await node.stop();
});

story('a corrupt database is reported as such, and not overwritten', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    await node.start();
    await node.stop();
    const database = join(node.dir, node.chain, 'chainstate');
    const manifest = readdirSync(database).find((name) => name.startsWith('MANIFEST'));
    assert.ok(manifest, readdirSync(database).join(' '));
    const file = join(database, manifest);
    const size = statSync(file).size;
    truncateSync(file, Math.floor(size / 2));
    const other = readdirSync(database).filter((name) => /\.(ldb|log)$/.test(name));
    const said = await refused(node);
    assert.match(said, /corrupt|chainstate|database/i);
    // The tables that hold the data are as they were.
    assert.deepEqual(readdirSync(database).filter((name) => /\.(ldb|log)$/.test(name)), other);
});

story('a data directory that cannot be written is refused', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    // A file where the chain's folder should be stops root as well.
    writeFileSync(join(node.dir, node.chain), '');
    assert.match(await refused(node), new RegExp(node.chain));
});

story('a manifest that cannot be read, or is none, is refused', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    const file = join(node.dir, 'manifest.json');
    const options = { fedmanifest: file, fedmember: 'alice', fedkeys: join(node.dir, 'keys'), fedmanifesthash: '00'.repeat(32) };
    assert.match(await refused(node, options), /manifest/);
    writeFileSync(file, '{ this is no manifest');
    assert.match(await refused(node, options), /manifest/);
});

story('what this version cannot do is refused, not ignored', NEEDED, async (t) => {
    const node = await prepareMiningNode(t);
    assert.match(await refused(node, { prune: 550 }), /-prune/);
    assert.match(await refused(node, { reindex: 1 }), /-reindex/);
    await node.start({ prune: 0, dbcache: 8, debuglogfile: 'other.log' });
    await node.stop();
    assert.match(readFileSync(join(node.dir, node.chain, 'other.log'), 'utf8'), /stopped/);
});
