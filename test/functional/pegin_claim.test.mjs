// A deposit becomes coins on a chain without a federation: the wallet claims it once it is deep enough, once.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { toSatoshi } from './lib/amounts.mjs';
import { Bcoin, BitcoinWallet, GENESIS, bcoin } from './lib/bcoin.mjs';
import { Peg } from './lib/peg.mjs';
import { prepareMiningNode, story } from './lib/stories.mjs';
import { sleep, temporary, until } from './lib/wait.mjs';

const DEPTH = 8;

story('a deposit is claimed when it is deep enough, and only once', ['sluiced'], async (t) => {
    const bitcoin = await Bcoin.start({ dir: join(temporary(t, 'bitcoin'), 'node') });
    t.after(() => bitcoin.kill());
    const wallet = new BitcoinWallet(bitcoin);
    await wallet.fund();
    const keys = [0, 1, 2].map(() => bcoin.KeyRing.generate(true).publicKey);
    const node = await prepareMiningNode(t, { options: {
        validatepegin: 1, fedpegscript: bcoin.Script.fromMultisig(2, 3, keys).toJSON(), con_start_p2wsh_script: 1,
        parentgenesisblockhash: GENESIS, peginconfirmationdepth: DEPTH, parent_bech32_hrp: 'rb', con_blocksubsidy: 0,
        mainchainrpchost: '127.0.0.1', mainchainrpcport: bitcoin.port, mainchainrpcuser: 'bitcoinrpc', mainchainrpcpassword: bitcoin.apiKey,
    } });
    await node.start();
    const peg = new Peg({ bitcoin, wallet, members: [node] }, node);
    const mine = await node.call('getnewaddress');
    const block = async () => (await node.call('generatetoaddress', 1, mine))[0];
    // In the first epoch the federation's program is P2SH whatever the chain's options say.
    await node.call('generatetoaddress', 10, mine);

    const deposit = await peg.deposit('5.00');
    assert.match(deposit.address, /^rb1q/);
    // Too shallow for a claim by hand; the wallet waits.
    const early = await peg.claimArguments(deposit);
    await assert.rejects(node.call('claimpegin', ...early), (error) => error.code < 0);
    await wallet.mine(DEPTH - 2);
    await sleep(2_000);
    assert.deepEqual(await node.call('getrawmempool'), []);
    await wallet.mine(1);
    const [claim] = await until('the wallet to claim', async () => {
        const pool = await node.call('getrawmempool');
        return pool.length > 0 && pool;
    });
    const hash = await block();
    const [, tx] = (await node.call('getblock', hash, 2)).tx;
    assert.equal(tx.txid, claim);
    assert.equal(tx.vin[0].is_pegin, true);
    assert.equal(tx.vin[0].txid, deposit.txid);
    assert.equal(tx.vin[0].vout, deposit.vout);
    const fee = toSatoshi(tx.vout.find((output) => output.scriptPubKey.type === 'fee').value);
    await until('the balance', async () => toSatoshi((await node.call('getbalance')).bitcoin ?? 0) === 5e8 - fee);

    await assert.rejects(node.call('claimpegin', ...await peg.claimArguments(deposit)), (error) => error.code < 0);

    // Bitcoin goes away: blocks go on, a claim waits; it comes back, the claim goes through.
    const second = await peg.deposit('1.00');
    await bitcoin.kill();
    await block();
    await bitcoin.start();
    await peg.mature(second);
    await until('the second claim', async () => (await node.call('getrawmempool')).length === 1);
    await block();
    assert.deepEqual(await node.call('getrawmempool'), []);
    await node.stop();
    await bitcoin.stop();
});
