// Dynamic federations as clients of Elements see them: activation by version bits, proposals, votes, a transition.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { miningNode, story } from './lib/stories.mjs';

const sha256 = (hex) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
const swap = (hex) => Buffer.from(hex, 'hex').reverse().toString('hex');
const p2wsh = (script) => `0020${sha256(script)}`;
const OPEN = p2wsh('51');  // anybody may sign
const PAK = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`;

// With the private key 1, as elementsd's signblock gives it: DER, low S, hash type.
const url64 = (hex) => Buffer.from(hex, 'hex').toString('base64url');
const key = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'secp256k1', d: url64('01'.padStart(64, '0')), x: url64(PAK.slice(2)),
    y: url64('483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8') } });
const signHeader = (hex) => {
    for (;;) {
        const der = sign('sha256', Buffer.from(sha256(hex), 'hex'), key).toString('hex');
        const sSize = parseInt(der.slice(2 * (5 + parseInt(der.slice(6, 8), 16)), 2 * (6 + parseInt(der.slice(6, 8), 16))), 16);
        if (sSize <= 32) return `${der}01`;
    }
};

const proposal = (changes = {}) => ({ signblockscript: OPEN, max_block_witness: 100, fedpegscript: '52', extension_space: [], ...changes });

story('parameters are proposed, voted for and take effect at the next epoch', ['sluiced', 'sluice-cli'], async (t) => {
    const node = await miningNode(t, { options: { evbparams: 'dynafed:0:::', con_dyna_deploy_signal: 1, enforce_pak: 1 } });
    const address = await node.call('getnewaddress');
    const info = () => node.call('getblockchaininfo');
    const header = async (height) => node.call('getblockheader', await node.call('getblockhash', height));
    const refused = (call, code, text) => assert.rejects(call, (error) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, text);
        return true;
    });

    // Before: the chain's own script, legacy headers, nothing to propose.
    const legacy = await info();
    assert.equal(legacy.current_signblock_hex, '51');
    assert.equal(legacy.max_block_witness, 74);
    assert.equal(legacy.current_params_root, undefined);
    assert.deepEqual((await node.call('getsidechaininfo')).current_fedpegscripts, ['51']);
    await refused(node.call('getnewblockhex', 0, {}), -8, /Dynamic federations is not active on this network\. Proposed parameters are not needed\./);
    await node.call('generatetoaddress', 431, address);
    assert.equal((await header(431)).dynamic_parameters, undefined);
    assert.equal((await header(431)).signblock_challenge, '51');
    assert.notEqual((await header(431)).version & (1 << 25), 0);  // signals

    // Active from 432 on: the first entry is full, further ones are compact until an epoch starts.
    await node.call('generatetoaddress', 9, address);
    const active = await info();
    assert.equal(active.current_signblock_hex, OPEN);
    assert.equal(active.current_fedpeg_script, '51');
    assert.equal(active.epoch_length, 10);
    assert.equal(active.total_valid_epochs, 2);
    assert.equal(active.epoch_age, active.blocks % 10);
    const first = (await header(432)).dynamic_parameters;
    assert.equal(first.current.type, 'full');
    assert.equal(first.current.root, active.current_params_root);
    assert.equal(first.current.fedpeg_program, `a914${active.current_fedpeg_program.slice(4, 44)}87`);
    assert.deepEqual(first.proposed, { type: 'null' });
    const second = (await header(433)).dynamic_parameters.current;
    assert.deepEqual({ ...second, root: undefined }, { type: 'compact', root: undefined, signblockscript: OPEN, max_block_witness: 74,
        extra_root: first.current.extra_root });
    assert.equal(second.root, first.current.root);
    // The proof of a transaction leaves the block's signatures out, as elementsd's does.
    const signed = await node.call('getblockheader', await node.call('getblockhash', 433), false);
    assert.match(signed, /010151$/);
    const [paid] = (await node.call('getblock', await node.call('getblockhash', 433))).tx;
    const proof = await node.call('gettxoutproof', [paid], await node.call('getblockhash', 433));
    assert.equal(proof, `${signed.slice(0, -6)}00${'01000000'}01${swap(paid)}0101`);
    assert.deepEqual(await node.call('verifytxoutproof', proof), [paid]);
    assert.equal((await header(440)).dynamic_parameters.current.type, 'full');
    assert.equal((await header(440)).version & (1 << 25), 0);

    // What may be proposed.
    const propose = (changes) => node.call('getnewblockhex', 0, proposal(changes));
    await refused(propose({ fedpegscript: '74' }), -1, /invalid-dyna-fed, Proposed fedpegscript starts with OP_DEPTH, which is illegal/);
    await refused(propose({ signblockscript: '51' }), -1, /invalid-dyna-fed, proposed signblockscript must be native segwit scriptPubkey/);
    await refused(propose({ extension_space: ['00'] }), -1, /invalid-dyna-fed, Extension space is not list of valid PAK entries/);
    await refused(propose({ extension_space: [''] }), -1, /Extension space is not list of valid PAK entries/);
    await refused(propose({ signblockscript: 'xx' }), -8, /signblockscript must be hex/);
    await refused(propose({ max_block_witness: -1 }), -8, /max_block_witness must be non-negative/);
    await propose({ fedpegscript: '0074' });
    assert.match(await node.call('getnewblockhex', 0, null, 'deadbeef'), /6a04deadbeef/);
    const { version } = await node.call('getblock', await node.call('getbestblockhash'));
    assert.equal(version, 0x20000000);

    // Seven votes of ten are too few.
    const wanted = { max_block_witness: 107, extension_space: [PAK + PAK] };
    const vote = async (changes) => assert.equal(await node.call('submitblock', await propose(changes)), null);
    await node.call('generatetoaddress', 450 - await node.call('getblockcount') - 1, address);
    for (let i = 0; i < 7; i++) await vote(wanted);
    await node.call('generatetoaddress', 3, address);
    assert.equal(await node.call('getblockcount'), 459);
    assert.equal((await info()).max_block_witness, 74);
    const voted = (await header(450)).dynamic_parameters.proposed;
    assert.equal(voted.type, 'full');
    assert.equal(voted.fedpeg_program, p2wsh('52'));
    assert.equal(voted.fedpegscript, '52');
    assert.deepEqual(voted.extension_space, [PAK + PAK]);

    // Eight change them: the RPC shows it for the next block already, deposits to either script stay good for an epoch.
    for (let i = 0; i < 8; i++) await vote(wanted);
    await node.call('generatetoaddress', 1, address);
    assert.equal((await info()).max_block_witness, 74);
    await node.call('generatetoaddress', 1, address);
    const changed = await info();
    assert.equal(changed.blocks, 469);
    assert.equal(changed.max_block_witness, 107);
    assert.equal(changed.current_fedpeg_program, p2wsh('52'));
    assert.deepEqual(changed.extension_space, [PAK + PAK]);
    assert.equal(changed.current_params_root, voted.root);
    assert.deepEqual((await node.call('getsidechaininfo')).current_fedpegscripts, ['52', '51']);
    await node.call('generatetoaddress', 1, address);
    assert.equal((await header(470)).dynamic_parameters.current.root, voted.root);
    assert.equal((await header(470)).dynamic_parameters.current.type, 'full');
    await node.call('generatetoaddress', 8, address);
    assert.deepEqual((await node.call('getsidechaininfo')).current_fedpegscripts, ['52', '51']);
    await node.call('generatetoaddress', 1, address);
    assert.deepEqual((await node.call('getsidechaininfo')).current_fedpegscripts, ['52', '52']);

    // A restart knows the same; a reorganisation across the boundary takes the change back.
    await node.restart();
    assert.equal((await info()).current_params_root, voted.root);
    const before = await node.call('getblockhash', 465);
    await node.call('invalidateblock', before);
    assert.equal((await info()).max_block_witness, 74);
    await node.call('reconsiderblock', before);
    assert.equal((await info()).max_block_witness, 107);

    // A script that needs a key: blocks without its signature are refused.
    const script = `21${PAK}ac`;
    const closed = { ...wanted, max_block_witness: 120, signblockscript: p2wsh(script) };
    await node.call('generatetoaddress', 480 - await node.call('getblockcount') - 1, address);
    for (let i = 0; i < 10; i++) await vote(closed);
    assert.equal((await info()).current_signblock_hex, p2wsh(script));
    assert.equal(await node.call('submitblock', await node.call('getnewblockhex')), 'block-proof-invalid');
    assert.equal(await node.call('getblockcount'), 489);

    // With it they are taken, whether or not the signature ends with its hash type.
    const unsigned = await node.call('getnewblockhex');
    const empty = await node.call('combineblocksigs', unsigned, [], script);
    assert.equal(empty.complete, false);
    const sig = signHeader(empty.hex.slice(0, empty.hex.indexOf(`0123${script}`)));
    for (const form of [sig.slice(0, -2), sig]) {
        const combined = await node.call('combineblocksigs', unsigned, [{ pubkey: PAK, sig: form }], script);
        assert.equal(combined.complete, true, form);
        assert.equal(await node.call('submitblock', combined.hex), form === sig ? 'duplicate' : null);
    }
    assert.equal(await node.call('getblockcount'), 490);
    await node.stop();
});
