// Peg-outs on a chain that enforces a PAK list: a wallet makes its entry, is listed, and pegs out to one fresh address of its
// offline key after the other; whoever is not listed cannot, neither by the pool nor by a block.
import assert from 'node:assert/strict';
import { toSatoshi } from './lib/amounts.mjs';
import { miningNode, prepareMiningNode, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const NEEDED = ['sluiced'];
const XPUB = 'tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B';
const MAINNET_XPUB = 'xpub6AATBi58516uxLogbuaG3jkom7x1qyDoZzMN2AePBuQnMFKUV9xC2BW9vXsFJ9rELsvbeGQcFWhtbyM4qDeijM22u3AaSiSYEvuMZkJqtLn';
const CHAIN = { evbparams: 'dynafed:-1:::', acceptnonstdtxn: 0 };
const error = (code, text) => (thrown) => {
    assert.equal(thrown.code, code, thrown.message);
    if (text) assert.ok(thrown.message.includes(text), thrown.message);
    return true;
};
const listed = (entry) => entry.slice('pak='.length).replace(':', '');

async function mature(node, blocks = 102) {
    await node.call('generatetoaddress', blocks, await node.call('getnewaddress'));
    await until('a mature coin', async () => toSatoshi((await node.call('getbalance')).bitcoin ?? 0) > 0);
}

story('a wallet says how it pegs out', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { ...CHAIN, enforce_pak: 1 } });
    await assert.rejects(node.call('initpegoutwallet', XPUB, -1), error(-8, 'bip32_counter must be between'));
    await assert.rejects(node.call('initpegoutwallet', XPUB, 1000000001), error(-8, 'bip32_counter must be between'));
    await assert.rejects(node.call('initpegoutwallet', MAINNET_XPUB), error(-8, `'${MAINNET_XPUB}' is not a valid descriptor function`));
    await assert.rejects(node.call('initpegoutwallet', `pk(${XPUB}/0/*)`), error(-8, 'is not of any type supported'));
    await assert.rejects(node.call('initpegoutwallet', `pkh(${XPUB})`), error(-8, 'must be a ranged descriptor'));
    await assert.rejects(node.call('initpegoutwallet', `pkh(${XPUB}/0/*)#aaaaaaaa`), error(-8, 'Provided checksum'));
    await assert.rejects(node.call('initpegoutwallet', `pkh(${XPUB}/0h/*)`), error(-4, 'hardened'));
    await assert.rejects(node.call('initpegoutwallet', XPUB, 0, '02'.repeat(33)), error(-4));
    await assert.rejects(node.call('sendtomainchain', '', '0.0009'), error(-8, 'must send more than 0.00100000 BTC'));
    await assert.rejects(node.call('sendtomainchain', '', 1), error(-4, 'has not been set'));
    await assert.rejects(node.call('sendtomainchain', 'n3NkSZqoPMCQN5FENxUBw4qVATbytH6FDK', 1), error(-3, 'must be ""'));

    await assert.rejects(node.call('getwalletpakinfo'), error(-1, 'has not been initialized'));
    const first = await node.call('initpegoutwallet', XPUB);
    assert.match(first.pakentry, /^pak=0[23][0-9a-f]{64}:0[23][0-9a-f]{64}$/);
    assert.equal(first.pakentry.split(':')[1], first.liquid_pak);
    assert.equal(new Set(first.address_lookahead).size, 3);
    const info = await node.call('getwalletpakinfo');
    assert.deepEqual({ ...info, bip32_counter: undefined, bitcoin_descriptor: undefined },
        { ...first, bip32_counter: undefined, bitcoin_descriptor: undefined });
    assert.equal(info.bip32_counter, '0');
    assert.equal(info.bitcoin_descriptor, `pkh(${XPUB}/0/*)`);
    // The same key gives the same entry; without one a fresh key is made. The origin of the key is no matter.
    assert.deepEqual(await node.call('initpegoutwallet', XPUB, 0, first.liquid_pak), first);
    const other = await node.call('initpegoutwallet', `pkh([deadbeef/44h/0h/0h]${XPUB}/0/*)`, 2);
    assert.notEqual(other.liquid_pak, first.liquid_pak);
    assert.equal(other.address_lookahead[0], first.address_lookahead[2]);
    await node.restart();
    assert.equal((await node.call('getwalletpakinfo')).bip32_counter, '2');

    const open = await miningNode(t, { options: CHAIN });
    await assert.rejects(open.call('initpegoutwallet', XPUB), error(-8, 'PAK enforcement is not enabled on this network.'));
});

for (const [form, open, close] of [['wpkh', 'wpkh(', ')'], ['sh(wpkh)', 'sh(wpkh(', '))'], ['pkh', 'pkh(', ')']]) {
    story(`the listed wallet pegs out, one address after the other: ${form}`, NEEDED, async (t) => {
        // One of them from confidential coins.
        const confidential = form === 'wpkh' ? 1 : 0;
        const node = await miningNode(t, { options: { ...CHAIN, enforce_pak: 1, blindedaddresses: confidential } });
        const mine = await node.call('initpegoutwallet', `${open}${XPUB}/0/1/*${close}`);
        await assert.rejects(node.call('sendtomainchain', '', 1), error(-4, 'not in Pegout Authorization Key List'));
        // Three entries: who of them it is stays unknown.
        const strangers = ['03', '02'].map((sign) => listed(`pak=${sign}79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798` +
            ':02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5'));
        node.options = { ...node.options, pak: [strangers[0], listed(mine.pakentry), strangers[1]] };
        await node.restart();
        const list = (await node.call('getpakinfo')).block_paklist;
        assert.equal(list.online.length, 3);
        assert.equal(list.online[1], mine.liquid_pak);
        assert.equal(list.reject, false);
        await mature(node);
        if (confidential) {
            const all = (await node.call('getbalance')).bitcoin;
            const moved = await node.call('sendtoaddress', await node.call('getnewaddress'), all, '', '', true);
            const { vout } = await node.call('decoderawtransaction', await node.call('getrawtransaction', moved));
            await node.call('generatetoaddress', 1, await node.call('getnewaddress'));
            assert.ok(vout.some((out) => out.valuecommitment), 'the coins are hidden');
        }

        for (const counter of [0, 1]) {
            const sent = await node.call('sendtomainchain', '', 1, false, true);
            assert.equal(sent.bitcoin_address, mine.address_lookahead[counter]);
            assert.equal(sent.bip32_counter, String(counter));
            assert.ok(sent.fee_reason);
            const decoded = await node.call('decoderawtransaction', await node.call('getrawtransaction', sent.txid));
            const burned = decoded.vout.find((out) => out.scriptPubKey.pegout_address);
            assert.equal(burned.scriptPubKey.pegout_address, sent.bitcoin_address);
            await node.call('generatetoaddress', 1, await node.call('getnewaddress'));
            await until('it to confirm', async () => (await node.call('gettransaction', sent.txid)).confirmations === 1);
        }
        // What fails uses no address up.
        await assert.rejects(node.call('sendtomainchain', '', 1000000), error(-6));
        assert.equal((await node.call('getwalletpakinfo')).bip32_counter, '2');
    });
}

story('who is not listed does not peg out', NEEDED, async (t) => {
    const guard = await prepareMiningNode(t, { options: { ...CHAIN, enforce_pak: 1 } });
    await guard.start();
    const free = await prepareMiningNode(t, { options: { ...CHAIN, acceptnonstdtxn: 1, multi_data_permitted: 1 } });
    await free.start();
    await mature(free);
    for (let height = 1; height <= await free.call('getblockcount'); ++height) {
        await guard.call('submitblock', await free.call('getblock', await free.call('getblockhash', height), 0));
    }
    assert.equal(await guard.call('getbestblockhash'), await free.call('getbestblockhash'));

    const txid = await free.call('sendtomainchain', 'n3NkSZqoPMCQN5FENxUBw4qVATbytH6FDK', 1);
    const raw = await free.call('getrawtransaction', txid);
    await assert.rejects(guard.call('sendrawtransaction', raw), error(-26, 'invalid-pegout-proof'));
    const [hash] = await free.call('generatetoaddress', 1, await free.call('getnewaddress'));
    assert.equal(await guard.call('submitblock', await free.call('getblock', hash, 0)), 'bad-pak-tx');
    assert.notEqual(await guard.call('getbestblockhash'), hash);
});
