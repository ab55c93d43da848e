// The RPC as a client of Elements meets it: authentication, batches, named arguments, error codes, shapes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Rpc } from './lib/rpc.mjs';
import { miningNode, story } from './lib/stories.mjs';

const NEEDED = ['sluiced'];
const error = (code, text) => (thrown) => {
    assert.equal(thrown.code, code, thrown.message);
    if (text) assert.match(thrown.text, text);
    return true;
};
const has = (object, ...keys) => {
    for (const key of keys) assert.ok(key in object, `${key} is missing in ${Object.keys(object).join(' ')}`);
};

story('cookie, rpcuser, rpcauth', NEEDED, async (t) => {
    const salt = '0123456789abcdef0123456789abcdef';
    const hmac = createHmac('sha256', salt).update('sesame').digest('hex');
    const node = await miningNode(t, { options: { rpcauth: `carl:${salt}$${hmac}` } });
    assert.equal(statSync(node.cookie).mode & 0o777, 0o600);
    assert.match(readFileSync(node.cookie, 'utf8'), /^__cookie__:[0-9a-f]{64}$/);

    const carl = new Rpc({ port: node.rpcPort, auth: 'carl:sesame' });
    assert.equal(await carl.call('getblockcount'), 0);
    for (const auth of ['carl:wrong', 'nobody:sesame', '__cookie__:00', undefined]) {
        const reply = await new Rpc({ port: node.rpcPort, auth }).post('{"method":"getblockcount"}');
        assert.equal(reply.status, 401, auth);
        assert.match(reply.headers['www-authenticate'], /^Basic/);
    }
    const cookie = node.cookie;
    await node.stop();
    assert.ok(!existsSync(cookie), 'the cookie goes with the process');

    node.options = { ...node.options, rpcuser: 'u', rpcpassword: 'p' };
    node.spawn();
    node.rpc = new Rpc({ port: node.rpcPort, auth: 'u:p' });
    await node.ready();
    await node.stop();
});

story('requests: positional, named, batch, errors', NEEDED, async (t) => {
    const node = await miningNode(t);
    const genesis = await node.call('getblockhash', 0);
    assert.equal(await node.rpc.named('getblockhash', { height: 0 }), genesis);
    assert.equal((await node.rpc.named('getblock', { args: [genesis], verbosity: 1 })).hash, genesis);
    await assert.rejects(node.rpc.named('getblockhash', { nosuch: 0 }), error(-8, /Unknown named parameter nosuch/));
    await assert.rejects(node.call('nosuchmethod'), error(-32601, /Method not found/));
    await assert.rejects(node.call('getblockhash', 99), error(-8, /Block height out of range/));
    await assert.rejects(node.call('getblockhash', 'x'), error(-3));
    await assert.rejects(node.call('getblock', '00'.repeat(32)), error(-5, /Block not found/));
    await assert.rejects(node.call('getblock', 'zz'), error(-8));
    await assert.rejects(node.call('decoderawtransaction', '00'), error(-22, /TX decode failed/));
    await assert.rejects(node.call('getblockcount', 1), error(-1));

    const spends = (output) => node.call('gettxspendingprevout', [output]);
    await assert.rejects(spends({ txid: 42, vout: 0 }), error(-3, /type number for field txid is not of expected type string/));
    await assert.rejects(spends({ txid: genesis }), error(-3, /Missing vout/));
    await assert.rejects(spends({ txid: genesis, vout: 0, other: 1 }), error(-3, /Unexpected key other/));

    const replies = await node.rpc.batch([['getblockcount'], ['nosuchmethod'], ['getblockhash', 0]]);
    assert.deepEqual(replies.map((reply) => reply.id), [0, 1, 2]);
    assert.equal(replies[0].result, 0);
    assert.equal(replies[1].error.code, -32601);
    assert.equal(replies[2].result, genesis);

    const status = async (body) => (await node.rpc.post(body)).status;
    assert.equal(await status('{"method":"getblockcount","id":1}'), 200);
    assert.equal(await status('{"method":"nosuchmethod","id":1}'), 404);
    assert.equal(await status('{"method":"getblockhash","params":[99],"id":1}'), 500);
    assert.equal(await status('not json'), 500);
    const parse = JSON.parse((await node.rpc.post('not json')).text);
    assert.equal(parse.error.code, -32700);
    const two = JSON.parse((await node.rpc.post('{"jsonrpc":"2.0","method":"nosuchmethod","id":7}')).text);
    assert.deepEqual([two.jsonrpc, two.id, two.error.code, 'result' in two], ['2.0', 7, -32601, false]);
});

story('shapes of the node, chain and mempool methods', NEEDED, async (t) => {
    const node = await miningNode(t);
    const info = await node.call('getblockchaininfo');
    has(info, 'chain', 'blocks', 'headers', 'bestblockhash', 'time', 'mediantime', 'verificationprogress', 'initialblockdownload',
        'size_on_disk', 'pruned', 'current_signblock_hex', 'max_block_witness', 'current_params_root', 'current_fedpeg_program',
        'current_fedpeg_script', 'extension_space', 'epoch_age', 'epoch_length', 'warnings');
    assert.equal(info.chain, 'elementsregtest');
    has(await node.call('getsidechaininfo'), 'fedpegscript', 'current_fedpeg_programs', 'current_fedpegscripts', 'pegged_asset',
        'min_peg_diff', 'parent_blockhash', 'parent_chain_has_pow', 'enforce_pak', 'pegin_confirmation_depth');
    has(await node.call('getnetworkinfo'), 'version', 'subversion', 'protocolversion', 'connections', 'relayfee', 'warnings');
    has(await node.call('getmempoolinfo'), 'loaded', 'size', 'bytes', 'usage', 'maxmempool', 'mempoolminfee', 'minrelaytxfee');
    assert.deepEqual(await node.call('getrawmempool'), []);
    assert.deepEqual(await node.call('getpeerinfo'), []);
    assert.deepEqual(await node.call('getzmqnotifications'), []);
    assert.equal(typeof await node.call('uptime'), 'number');
    assert.match(await node.call('help'), /getblockcount/);
    assert.match(await node.call('help', 'getblockhash'), /getblockhash height/);

    const [hash] = await node.call('generatetoaddress', 1, await node.call('getnewaddress'));
    assert.equal(await node.call('getbestblockhash'), hash);
    const header = await node.call('getblockheader', hash);
    has(header, 'hash', 'confirmations', 'height', 'version', 'merkleroot', 'time', 'mediantime', 'nTx', 'previousblockhash');
    assert.match(await node.call('getblockheader', hash, false), /^[0-9a-f]+$/);
    const block = await node.call('getblock', hash, 2);
    assert.equal(block.height, 1);
    const [coinbase] = block.tx;
    has(coinbase, 'txid', 'hash', 'version', 'size', 'vsize', 'weight', 'locktime', 'vin', 'vout', 'hex');
    const raw = await node.call('getblock', hash, 0);
    assert.equal(await node.call('submitblock', raw), 'duplicate');
    const out = await node.call('gettxout', coinbase.txid, 0);
    has(out, 'bestblock', 'confirmations', 'value', 'asset', 'scriptPubKey', 'coinbase');
    const set = await node.call('gettxoutsetinfo');
    has(set, 'height', 'bestblock', 'txouts', 'bogosize', 'hash_serialized_3', 'total_amount', 'transactions', 'disk_size');
    const again = await node.call('getrawtransaction', coinbase.txid, 1, hash);
    assert.equal(again.txid, coinbase.txid);
    assert.equal(again.blockhash, hash);
    const decoded = await node.call('decoderawtransaction', coinbase.hex);
    assert.equal(decoded.txid, coinbase.txid);
    const [test] = await node.call('testmempoolaccept', [coinbase.hex]);
    assert.deepEqual([test.txid, test.allowed, test['reject-reason']], [coinbase.txid, false, 'coinbase']);
    await assert.rejects(node.call('sendrawtransaction', coinbase.hex), error(-27, /already in utxo set/));

    await node.call('invalidateblock', hash);
    assert.equal(await node.call('getblockcount'), 0);
    await node.call('reconsiderblock', hash);
    assert.equal(await node.call('getbestblockhash'), hash);
});

story('getnewblockhex, testproposedblock, combineblocksigs, submitblock make a block', NEEDED, async (t) => {
    const node = await miningNode(t);
    const hex = await node.call('getnewblockhex');
    assert.equal(await node.call('testproposedblock', hex), null);
    const combined = await node.call('combineblocksigs', hex, [], '');
    has(combined, 'hex', 'complete');
    assert.equal(combined.complete, true);
    assert.equal(await node.call('submitblock', combined.hex), null);
    assert.equal(await node.call('getblockcount'), 1);
});

story('sluice-cli: results, errors and exit status as elements-cli', [...NEEDED, 'sluice-cli'], async (t) => {
    const node = await miningNode(t);
    const count = await node.cli('getblockcount');
    assert.deepEqual([count.code, count.stdout], [0, '0\n']);
    const named = await node.cli('-named', 'getblockhash', 'height=0');
    assert.match(named.stdout, /^[0-9a-f]{64}\n$/);
    const wrong = await node.cli('getblockhash', '99');
    assert.equal(wrong.code, 8);
    assert.match(wrong.stderr, /error code: -8\nerror message:\nBlock height out of range/);
    const unknown = await node.cli('nosuchmethod');
    assert.match(unknown.stderr, /error code: -32601/);
    await node.stop();
    const down = await node.cli('getblockcount');
    assert.notEqual(down.code, 0);
    assert.match(down.stderr, /Could not connect|couldn't connect|Could not locate RPC credentials/i);
});

story('what a client of Elements finds around the daemon: a silent standard error, the wallets folder, a chain that can be copied', NEEDED, async (t) => {
    const node = await miningNode(t, { options: { coinstatsindex: 1, disablewallet: 1 } });
    await node.call('generatetodescriptor', 2, 'raw(51)');
    const scan = await node.call('scantxoutset', 'start', ['raw(51)']);
    assert.equal(scan.success, true);
    assert.equal(scan.height, 2);
    assert.equal((await node.call('addpeeraddress', '127.0.0.1', 7042)).success, false, 'nobody can reach it from outside');
    const folder = join(node.dir, 'elementsregtest');
    assert.equal(statSync(folder).mode & 0o777, 0o700, 'others read neither wallet nor log');
    await node.stop();
    assert.deepEqual(readdirSync(join(folder, 'wallets')), []);
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    assert.deepEqual(folders.sort(), ['blocks', 'chainstate', 'wallets'], 'who met nobody keeps no address book');
    assert.match(readFileSync(join(folder, 'debug.log'), 'utf8'), /coinstatsindex has no effect/);
    assert.equal(readFileSync(node.output, 'utf8'), '');
    await node.start();
    assert.equal(await node.call('getblockcount'), 2);
    await node.stop();
});
