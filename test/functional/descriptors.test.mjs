// Coins of descriptors: signed by descriptorprocesspsbt with the keys that the caller brings, by a wallet that imported
// them, and the confidential addresses of descriptors with a blinding key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bcoin } from './lib/bcoin.mjs';
import { Rpc } from './lib/rpc.mjs';
import { miningNode, story } from './lib/stories.mjs';

const COINS = { txindex: 1, initialfreecoins: 2_100_000_000_000_000, anyonecanspendaremine: 1, con_blocksubsidy: 0 };

/** The secret key as text, and the public key. */
const pair = () => {
    const key = bcoin.KeyRing.generate(true);
    return { wif: key.toSecret('testnet'), hex: key.publicKey.toString('hex'), x: key.publicKey.toString('hex', 1) };
};
const [a, b, c] = [pair(), pair(), pair()];
/** Every descriptor can be spent with the secrets of `a` and `b` that it names. */
const DESCRIPTORS = [
    `pkh(${a.wif})`,
    `sh(wpkh(${a.wif}))`,
    `sh(multi(2,${a.wif},${b.wif},${c.hex}))`,
    `wsh(sortedmulti(2,${c.hex},${a.wif},${b.wif}))`,
    `tr(${a.wif},pk(${c.x}))`,
    `tr(${c.x},{pk(${c.x}),pk(${b.wif})})`,
    `tr(${c.x},{pk(${c.x}),multi_a(2,${a.wif},${c.x},${b.wif})})`,
];

const walletOf = (node, name) => new Rpc({
    port: node.rpcPort, path: `/wallet/${encodeURIComponent(name)}`, auth: () => readFileSync(node.cookie, 'utf8').trim(),
});

async function fundedNode(t) {
    const node = await miningNode(t, { options: COINS });
    const mine = (await node.call('getaddressinfo', await node.call('getnewaddress'))).unconfidential;
    await node.call('generatetoaddress', 1, mine);
    return { node, mine };
}
const sealed = async (node, text) => `${text}#${(await node.call('getdescriptorinfo', text)).checksum}`;

/** Pays one coin to an address. */
async function coinOf(node, address, mine) {
    const txid = await node.call('sendtoaddress', address, 2);
    await node.call('generatetoaddress', 1, mine);
    const { vout } = await node.call('getrawtransaction', txid, true);
    return { txid, vout: vout.findIndex((out) => out.scriptPubKey.address === address) };
}

story('whoever brings a descriptor with its keys signs what is paid to it', ['sluiced'], async (t) => {
    const { node, mine } = await fundedNode(t);
    for (const text of DESCRIPTORS) {
        const desc = await sealed(node, text);
        const [address] = await node.call('deriveaddresses', desc);
        const coin = await coinOf(node, address, mine);
        const empty = await node.call('createpsbt', [coin], [{ [mine]: '1.9999' }, { fee: '0.0001' }]);
        const open = (await node.call('getdescriptorinfo', text)).descriptor;
        const updated = await node.call('utxoupdatepsbt', empty, [open]);
        const [input] = (await node.call('decodepsbt', updated)).inputs;
        assert.ok(input.bip32_derivs?.length > 0 || input.taproot_bip32_derivs?.length > 0, text);
        // The public half signs nothing.
        assert.equal((await node.call('descriptorprocesspsbt', empty, [open])).complete, false, text);
        const whole = await node.call('descriptorprocesspsbt', empty, [desc]);
        assert.equal(whole.complete, true, text);
        const partly = await node.call('descriptorprocesspsbt', updated, [desc], 'ALL', true, false);
        assert.equal(partly.complete, false, text);
        assert.equal((await node.call('finalizepsbt', partly.psbt)).complete, true, text);
        await node.call('sendrawtransaction', whole.hex);
    }
});

story('a wallet spends what is paid to the descriptors that it imported', ['sluiced'], async (t) => {
    const { node, mine } = await fundedNode(t);
    await node.call('createwallet', 'given', false, true);
    const given = walletOf(node, 'given');
    const first = walletOf(node, '');
    for (const text of DESCRIPTORS) {
        const desc = await sealed(node, text);
        assert.equal((await given.call('importdescriptors', [{ desc, timestamp: 'now' }]))[0].success, true, text);
        const [address] = await node.call('deriveaddresses', desc);
        const txid = await first.call('sendtoaddress', address, 2);
        await node.call('generatetoaddress', 1, mine);
        const { vout } = await node.call('getrawtransaction', txid, true);
        const coin = { txid, vout: vout.findIndex((out) => out.scriptPubKey.address === address) };
        const psbt = await node.call('createpsbt', [coin], [{ [mine]: '1.9999' }, { fee: '0.0001' }]);
        const signed = await given.call('walletprocesspsbt', psbt);
        assert.equal(signed.complete, true, text);
        const raw = await node.call('createrawtransaction', [coin], [{ [mine]: '1.9999' }, { fee: '0.0001' }]);
        const other = await given.call('signrawtransactionwithwallet', raw);
        assert.equal(other.complete, true, text);
        await node.call('sendrawtransaction', signed.hex);
    }
});

story('a descriptor with a blinding key has confidential addresses', ['sluiced'], async (t) => {
    const { node } = await fundedNode(t);
    const view = '9c8e4f05c7711a98c838be228bcb84924d4570ca53f35fa1c793e58841d47023';
    const desc = await sealed(node, `ct(slip77(${view}),elwpkh(${a.hex}))`);
    const [address] = await node.call('deriveaddresses', desc);
    const { confidential, unconfidential } = await node.call('getaddressinfo', address);
    assert.equal(confidential, address);
    assert.deepEqual(await node.call('deriveaddresses', await sealed(node, `wpkh(${a.hex})`)), [unconfidential]);
    await assert.rejects(node.call('getdescriptorinfo', `ct(elip151,elwpkh(${a.hex}))`), { code: -5 });
});
