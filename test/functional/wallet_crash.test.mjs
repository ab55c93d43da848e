// A node that dies while a wallet is made, encrypted, backed up or restored: afterwards the wallet is whole, or the name is
// free. Kills come at times spread over the call, not at chosen instructions; the unit tests cut between the writes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { miningNode, story } from './lib/stories.mjs';
import { Rpc } from './lib/rpc.mjs';

const NEEDED = ['sluiced'];
const DELAYS = [0, 2, 5, 10, 20, 40];  // ms after the call was sent
const walletOf = (node, name) => new Rpc({
    port: node.rpcPort, path: `/wallet/${encodeURIComponent(name)}`, auth: () => readFileSync(node.cookie, 'utf8').trim(),
});

/** Sends the call, kills the node `delay` ms later and starts it again. True: the call had been answered. */
async function cut(node, delay, call) {
    const answer = call().then(() => true, () => false);
    await new Promise((done) => setTimeout(done, delay));
    await node.kill();
    const done = await answer;
    await node.start();
    return done;
}

const loaded = async (node, name) => {
    if (!(await node.call('listwallets')).includes(name)) await node.call('loadwallet', name);
    return walletOf(node, name);
};
/** Loads the wallet, or makes it again if nothing of it stands. */
async function standing(node, name, again, answered) {
    const known = (await node.call('listwalletdir')).wallets.some((each) => each.name === name);
    assert.ok(known || !answered, 'what was answered stands');
    if (!known) await again();
    return loaded(node, name);
}

story('a wallet whose making was cut short is whole or can be made again', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    for (const delay of DELAYS) {
        const name = `made${delay}`;
        const make = () => node.call('createwallet', name, false, false, 'secret');
        const answered = await cut(node, delay, make);
        const wallet = await standing(node, name, make, answered);
        await wallet.call('walletpassphrase', 'secret', 60);
        assert.ok(await wallet.call('getnewaddress'));
    }
});

story('a backup and a restoration that were cut short lose nothing and are done again', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    await node.call('createwallet', 'first');
    const address = await walletOf(node, 'first').call('getnewaddress', 'kept');
    const file = join(node.dir, 'first.backup');
    await walletOf(node, 'first').call('backupwallet', file);
    for (const delay of DELAYS) {
        const first = await loaded(node, 'first');
        await cut(node, delay, () => first.call('backupwallet', file));
        assert.ok(existsSync(file));
        const name = `back${delay}`;
        const restore = () => node.call('restorewallet', name, file);
        const answered = await cut(node, delay, restore);
        const wallet = await standing(node, name, restore, answered);
        assert.deepEqual(await wallet.call('getaddressinfo', address).then((info) => [info.ismine, info.labels]), [true, ['kept']]);
    }
});

story('a passphrase that was being set is set or not, and the keys are there', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { wallet: [] } });
    for (const delay of DELAYS) {
        const name = `sealed${delay}`;
        await node.call('createwallet', name);
        const address = await walletOf(node, name).call('getnewaddress', '', 'legacy');
        const answered = await cut(node, delay, () => walletOf(node, name).call('encryptwallet', 'secret'));
        const wallet = await loaded(node, name);
        const sealed = 'unlocked_until' in await wallet.call('getwalletinfo');
        assert.ok(sealed || !answered);
        if (sealed) await wallet.call('walletpassphrase', 'secret', 60);
        const { unconfidential } = await wallet.call('getaddressinfo', address);
        assert.ok(await wallet.call('signmessage', unconfidential, 'the key is there'));
    }
});
