// The Bitcoin node that all stories use: it mines, activates segwit, survives kill -9, and a p2wsh output is paid and spent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bcoin, BitcoinWallet, GENESIS, NETWORK, SEGWIT_HEIGHT, bcoin } from './lib/bcoin.mjs';
import { temporary } from './lib/wait.mjs';

const { Address, Coin, KeyRing, MTX, Script } = bcoin;

test('bcoin: p2wsh is paid and spent; kill -9 keeps the chain', async (t) => {
    const node = await Bcoin.start({ dir: temporary(t, 'bcoin') });
    t.after(() => node.kill());
    assert.equal(await node.rpc.call('getblockhash', 0), GENESIS);

    const wallet = new BitcoinWallet(node);
    const started = Date.now();
    await wallet.fund();
    t.diagnostic(`${wallet.height} blocks in ${Date.now() - started} ms`);
    assert.ok(wallet.height > SEGWIT_HEIGHT);
    assert.ok(wallet.balance() > 10e8);
    assert.equal((await node.rpc.call('getblockchaininfo')).bip9_softforks.segwit.status, 'active');

    // 2-of-3 behind a p2wsh program.
    const keys = [0, 1, 2].map(() => KeyRing.generate(true));
    const redeem = Script.fromMultisig(2, 3, keys.map((key) => key.publicKey));
    for (const key of keys) {
        key.witness = true;
        key.script = redeem;
    }
    const program = Address.fromWitnessScripthash(redeem.sha256()).toString(NETWORK);
    assert.match(program, /^rb1/);
    const paid = await wallet.pay(program, '1.5');
    assert.equal(await node.confirmations(paid.txid), 0);
    await wallet.mine(1);
    assert.equal(await node.confirmations(paid.txid), 1);

    const index = paid.tx.outputs.findIndex((output) => output.getAddress()?.toString(NETWORK) === program);
    const spend = new MTX();
    spend.addCoin(Coin.fromTX(paid.tx, index, await node.height()));
    const target = BitcoinWallet.fresh();
    spend.addOutput(Address.fromString(target.address, NETWORK), 150_000_000 - 2_000);
    spend.sign(keys.slice(0, 2));
    assert.ok(spend.verify());
    const txid = await node.send(spend.toTX().toRaw().toString('hex'));
    await wallet.mine(1);
    assert.equal(await node.confirmations(txid), 1);
    const out = await node.rpc.call('gettxout', txid, 0, true);
    assert.equal(out.scriptPubKey.hex, target.script);

    const proof = await node.proof(txid);
    assert.deepEqual(await node.rpc.call('verifytxoutproof', proof), [txid]);

    const height = await node.height();
    await node.kill();
    await node.start();
    assert.equal(await node.height(), height);
    await assert.rejects(node.send('00'));
    await node.stop();
});
