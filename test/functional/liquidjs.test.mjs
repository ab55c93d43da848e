// An independent implementation (liquidjs-lib) reads what the node writes, and the node takes what it signs.
import assert from 'node:assert/strict';
import liquid from 'liquidjs-lib';
import { bcoin } from './lib/bcoin.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { miningNode, story } from './lib/stories.mjs';

const { AssetHash, ElementsValue, Transaction, networks, payments } = liquid;

story('liquidjs-lib decodes blocks of the node and spends its coins', ['sluiced'], async (t) => {
    const node = await miningNode(t);
    const { pegged_asset: asset } = await node.call('getsidechaininfo');
    const network = { ...networks.regtest, assetHash: asset };
    const key = bcoin.KeyRing.generate(true);
    const payment = payments.p2wpkh({ pubkey: key.publicKey, network });

    const [first] = await node.call('generatetoaddress', 101, payment.address);
    const { tx: [coinbase] } = await node.call('getblock', first, 2);
    const decoded = Transaction.fromHex(coinbase.hex);
    assert.equal(decoded.getId(), coinbase.txid);
    assert.equal(decoded.toHex(), coinbase.hex);
    const index = decoded.outs.findIndex((output) => output.script.equals(payment.output));
    const { value } = decoded.outs[index];
    assert.equal(ElementsValue.fromBytes(value).number, 5_000_000_000);
    assert.equal(toSatoshi(coinbase.vout[index].value), 5_000_000_000);

    const fee = 1_000;
    const explicit = (script, satoshi) => [script, ElementsValue.fromNumber(satoshi).bytes, AssetHash.fromHex(asset).bytes, Buffer.of(0)];
    const spend = (sign) => {
        const tx = new Transaction();
        tx.version = 2;
        tx.addInput(decoded.getHash(), index);
        tx.addOutput(...explicit(payment.output, 5_000_000_000 - fee));
        tx.addOutput(...explicit(Buffer.alloc(0), fee));
        const code = payments.p2pkh({ pubkey: key.publicKey, network }).output;
        const digest = tx.hashForWitnessV0(0, code, value, Transaction.SIGHASH_ALL);
        const signature = Buffer.concat([sign(digest), Buffer.of(Transaction.SIGHASH_ALL)]);
        tx.setWitness(0, [signature, key.publicKey]);
        return tx;
    };

    const wrong = spend((digest) => key.sign(Buffer.from(digest).reverse()));
    const [verdict] = await node.call('testmempoolaccept', [wrong.toHex()]);
    assert.equal(verdict.allowed, false);
    assert.match(verdict['reject-reason'], /^mandatory-script-verify-flag-failed/);

    const right = spend((digest) => key.sign(digest));
    const txid = await node.call('sendrawtransaction', right.toHex());
    assert.equal(txid, right.getId());
    const [hash] = await node.call('generatetoaddress', 1, payment.address);
    assert.ok((await node.call('getblock', hash)).tx.includes(txid));
    assert.equal(await node.call('gettxout', coinbase.txid, index), null);
    const out = await node.call('gettxout', txid, 0);
    assert.equal(out.asset, asset);
    assert.equal(toSatoshi(out.value), 5_000_000_000 - fee);
});
