// A deposit becomes coins on a chain without a federation: the wallet claims it once it is deep enough, once; or its owner makes
// the claim, to hidden amounts, which leave again by a peg-out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { toSatoshi } from './lib/amounts.mjs';
import { Bcoin, BitcoinWallet, GENESIS, bcoin } from './lib/bcoin.mjs';
import { Peg } from './lib/peg.mjs';
import { prepareMiningNode, story } from './lib/stories.mjs';
import { sleep, temporary, until } from './lib/wait.mjs';

const DEPTH = 8;

/** A Bitcoin node, and one of a chain whose deposits go to 2 of 3 keys; it starts with `options` besides. */
async function chainWithDeposits(t, options) {
    const bitcoin = await Bcoin.start({ dir: join(temporary(t, 'bitcoin'), 'node') });
    t.after(() => bitcoin.kill());
    const wallet = new BitcoinWallet(bitcoin);
    await wallet.fund();
    const keys = [0, 1, 2].map(() => bcoin.KeyRing.generate(true).publicKey);
    const node = await prepareMiningNode(t, { options: {
        fedpegscript: bcoin.Script.fromMultisig(2, 3, keys).toJSON(), con_start_p2wsh_script: 1, parentgenesisblockhash: GENESIS,
        peginconfirmationdepth: DEPTH, parent_bech32_hrp: 'rb', con_blocksubsidy: 0, ...options(bitcoin),
    } });
    await node.start();
    return { bitcoin, wallet, node };
}

story('a deposit is claimed when it is deep enough, and only once', ['sluiced'], async (t) => {
    const { bitcoin, wallet, node } = await chainWithDeposits(t, ({ port, apiKey }) => ({
        validatepegin: 1, mainchainrpchost: '127.0.0.1', mainchainrpcport: port, mainchainrpcuser: 'bitcoinrpc',
        mainchainrpcpassword: apiKey,
    }));
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

story('a claim made by hand pays hidden amounts, which a peg-out takes back to Bitcoin', ['sluiced'], async (t) => {
    const { wallet, bitcoin, node } = await chainWithDeposits(t, () => ({ validatepegin: 0 }));
    const peg = new Peg({ bitcoin, wallet, members: [node] }, node);
    const mine = (await node.call('getaddressinfo', await node.call('getnewaddress'))).unconfidential;
    await node.call('generatetoaddress', 10, mine);
    const other = await peg.deposit('1.00');
    const deposit = await peg.deposit('5.00');
    await peg.mature(deposit);
    const [bitcoinTx, proof, claimScript] = await peg.claimArguments(deposit);
    const sign = (hex) => node.call('signrawtransactionwithwallet', hex);

    const { hex: whole } = await node.call('createrawpegin', bitcoinTx, proof, claimScript);
    const [allowed] = await node.call('testmempoolaccept', [(await sign(whole)).hex]);
    assert.equal(allowed.allowed, true, JSON.stringify(allowed));

    const pegin = { pegin_bitcoin_tx: bitcoinTx, pegin_txout_proof: proof, pegin_claim_script: claimScript };
    const from = { txid: deposit.txid, vout: deposit.vout };
    const outputs = [{ [await node.call('getnewaddress')]: 3 }, { [await node.call('getnewaddress')]: 1.999 }, { fee: 0.001 }];
    const refused = (inputs, text) => assert.rejects(node.call('createrawtransaction', inputs, outputs), (error) =>
        error.code === -8 && error.message.includes(text));
    await refused([{ ...from, pegin_bitcoin_tx: bitcoinTx }], 'Some but not all pegin_ arguments provided');
    await refused([{ ...from, ...pegin, pegin_claim_script: `${claimScript.slice(0, -2)}00` }], 'claim_script does not match');
    await refused([{ ...from, ...pegin, pegin_txout_proof: await bitcoin.proof(other.txid) }], 'Invalid tx out proof');
    // The deposit says which output it is.
    const raw = await node.call('createrawtransaction', [{ ...from, vout: 7, ...pegin }], outputs);
    assert.equal((await node.call('decoderawtransaction', raw)).vin[0].vout, deposit.vout);
    const blinded = await node.call('blindrawtransaction', raw);
    const claim = await node.call('sendrawtransaction', (await sign(blinded)).hex);
    const [hash] = await node.call('generatetoaddress', 1, mine);
    assert.equal(await peg.hidden(claim, hash), 2);
    assert.equal(toSatoshi((await node.call('getbalance')).bitcoin), 4.999e8);

    const target = BitcoinWallet.fresh();
    const out = await node.call('sendtomainchain', target.address, 4);
    const { vin, vout } = await node.call('getrawtransaction', out, 1);
    assert.deepEqual(vin.map((input) => input.txid), [claim, claim], 'both hidden coins are spent');
    const [pegout] = vout.filter((output) => output.scriptPubKey.pegout_chain);
    assert.equal(toSatoshi(pegout.value), 4e8);
    assert.equal(pegout.scriptPubKey.pegout_hex, target.script);
    await node.call('generatetoaddress', 1, mine);
    const left = toSatoshi((await node.call('getbalance')).bitcoin);
    assert.ok(left < 0.999e8 && left > 0.998e8, `what is left: ${left}`);
    await bitcoin.stop();
});
