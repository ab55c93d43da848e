// PSETs between wallets: ours alone, and ours together with liquidjs-lib, each blinding first once.
import assert from 'node:assert/strict';
import liquid from 'liquidjs-lib';
import zkpModule from '@vulpemventures/secp256k1-zkp';
import { bcoin } from './lib/bcoin.mjs';
import { toSatoshi } from './lib/amounts.mjs';
import { miningNode, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const { Transaction, networks, payments } = liquid;
const { Blinder, Creator, CreatorInput, CreatorOutput, Pset, Signer, Updater, ZKPGenerator, ZKPValidator } = liquid;
const COINS = { initialfreecoins: 2_100_000_000_000_000, anyonecanspendaremine: 1, con_blocksubsidy: 0 };

const zkp = await (zkpModule.default ?? zkpModule)();
const pair = () => {
    const key = bcoin.KeyRing.generate(true);
    return { secret: key.privateKey, point: key.publicKey, key };
};

/** A node whose wallet holds a hidden coin. */
async function fundedNode(t) {
    const node = await miningNode(t, { options: COINS });
    const mine = await node.call('getnewaddress');
    await node.call('generatetoaddress', 1, mine);
    await node.call('sendtoaddress', mine, 1_000_000);
    await node.call('generatetoaddress', 1, mine);
    const { pegged_asset: asset } = await node.call('getsidechaininfo');
    return { node, mine, asset };
}

story('the wallet funds, blinds, signs and sends a PSET', ['sluiced'], async (t) => {
    const { node, mine } = await fundedNode(t);
    const target = await node.call('getnewaddress');
    const { psbt, fee, changepos } = await node.call('walletcreatefundedpsbt', [], [{ [target]: 5 }]);
    assert.ok(toSatoshi(fee) > 0 && changepos >= 0);
    const open = await node.call('decodepsbt', psbt);
    assert.equal(open.psbt_version, 2);
    assert.ok(open.outputs.some((one) => one.status === 'needs blinding'));
    const { outputs } = await node.call('analyzepsbt', psbt);
    assert.ok(outputs.some((one) => one.blind && one.status === 'unblinded'));
    assert.deepEqual(await node.call('parsepsbt', psbt), { psbt, canonical: true });

    const blinded = await node.call('walletprocesspsbt', psbt, false);
    assert.equal(blinded.complete, false);
    const hidden = await node.call('decodepsbt', blinded.psbt);
    for (const one of hidden.outputs.filter((each) => each.blinding_pubkey)) {
        assert.equal(one.status, undefined);
        assert.ok(one.value_commitment && one.rangeproof && one.blind_value_proof && one.blind_asset_proof);
    }
    const signed = await node.call('walletprocesspsbt', blinded.psbt, true, 'ALL', true, false);
    assert.equal(signed.complete, false);
    assert.ok(Object.keys((await node.call('decodepsbt', signed.psbt)).inputs[0].partial_signatures).length === 1);
    assert.equal((await node.call('analyzepsbt', signed.psbt)).next, 'finalizer');
    const { hex, complete } = await node.call('finalizepsbt', signed.psbt);
    assert.equal(complete, true);
    assert.equal((await node.call('walletprocesspsbt', psbt)).complete, true);

    const txid = await node.call('sendrawtransaction', hex);
    await node.call('generatetoaddress', 1, mine);
    await until('the payment', async () => (await node.call('listunspent')).some((one) => one.txid === txid && toSatoshi(one.amount) === 500_000_000));
});

story('raw transactions become PSETs, and broken texts say what is wrong', ['sluiced'], async (t) => {
    const { node, asset } = await fundedNode(t);
    const coin = (await node.call('listunspent'))[0];
    const { unconfidential } = await node.call('getaddressinfo', await node.call('getnewaddress'));
    const inputs = [{ txid: coin.txid, vout: coin.vout }];
    const outputs = [{ [unconfidential]: '1.5' }, { fee: '0.5' }];
    const converted = await node.call('converttopsbt', await node.call('createrawtransaction', inputs, outputs));
    const created = await node.call('createpsbt', inputs, outputs);
    for (const psbt of [converted, created]) {
        const decoded = await node.call('decodepsbt', psbt);
        assert.equal(decoded.input_count, 1);
        assert.equal(decoded.inputs[0].previous_txid, coin.txid);
        assert.equal(decoded.outputs[0].asset, asset);
        assert.equal(toSatoshi(decoded.outputs[0].amount), 150_000_000);
        assert.equal(decoded.outputs[1].script.type, 'fee');
        assert.equal(toSatoshi(decoded.fees.bitcoin), 50_000_000);
        assert.equal((await node.call('analyzepsbt', psbt)).next, 'updater');
    }
    const updated = await node.call('utxoupdatepsbt', created);
    assert.ok((await node.call('decodepsbt', updated)).inputs[0].witness_utxo.scriptPubKey);
    assert.equal(await node.call('combinepsbt', [created, updated]), updated);
    const confidential = await node.call('getnewaddress');
    for (const [method, params, code, text] of [
        ['decodepsbt', [';not base64;'], -22, 'TX decode failed invalid base64'],
        ['decodepsbt', ['cHNidP8='], -22, 'TX decode failed Invalid PSBT magic bytes'],
        ['combinepsbt', [[]], -8, "Parameter 'txs' cannot be empty"],
        ['createpsbt', [inputs, outputs, 0, true, 0], -8, 'The PSBT version can only be 2'],
        ['createpsbt', [inputs, [{ [confidential]: 1 }]], -8, 'Invalid parameter, blinder_index must be provided for outputs to be blinded'],
    ]) {
        await assert.rejects(node.call(method, ...params), (error) => error.code === code && error.message.includes(text), `${method} ${text}`);
    }
});

for (const weBlindFirst of [true, false]) {
    story(`a PSET of two wallets, ${weBlindFirst ? 'ours' : 'liquidjs-lib'} blinding first`, ['sluiced'], async (t) => {
        const { node, mine, asset } = await fundedNode(t);
        const owner = pair();
        const viewer = pair();
        const payment = payments.p2wpkh({ pubkey: owner.point, network: networks.regtest });
        const { segwit } = await node.call('decodescript', `21${owner.point.toString('hex')}ac`);
        const address = await node.call('createblindedaddress', segwit.address, viewer.point.toString('hex'));
        // liquidjs-lib proves its assets and its scalar only where the inputs of others, and of a blinder that is not the
        // last its own, are in the open.
        const txid = await node.call('sendtoaddress', weBlindFirst ? address : segwit.address, '7.5');
        const { unconfidential } = await node.call('getaddressinfo', await node.call('getnewaddress'));
        const ourTxid = await node.call('sendtoaddress', unconfidential, 3);
        await node.call('generatetoaddress', 1, mine);
        const sent = Transaction.fromHex((await node.call('gettransaction', txid)).hex);
        const index = sent.outs.findIndex((one) => one.script.equals(payment.output));
        const coin = (await node.call('listunspent')).find((one) => one.txid === ourTxid && toSatoshi(one.amount) === 300_000_000);

        // Ours is input 0, theirs input 1; each gets its own back, less half of the fee. (liquidjs-lib forgets the blinder's
        // index of what is blinded, and reads no other than 0 there.)
        const info = await node.call('getaddressinfo', await node.call('getnewaddress'));
        const fee = 10_000;
        const [theirBack, ourBack] = [750_000_000 - fee / 2, toSatoshi(coin.amount) - fee / 2];
        const created = Creator.newPset({
            inputs: [new CreatorInput(coin.txid, coin.vout), new CreatorInput(txid, index)],
            outputs: [
                new CreatorOutput(asset, ourBack, Buffer.from(info.scriptPubKey, 'hex'), Buffer.from(info.confidential_key, 'hex'), 0),
                new CreatorOutput(asset, theirBack, payment.output, viewer.point, 1),
                new CreatorOutput(asset, fee),
            ],
        });
        const updater = new Updater(created);
        updater.addInWitnessUtxo(1, sent.outs[index]);
        if (weBlindFirst) updater.addInUtxoRangeProof(1, sent.outs[index].rangeProof);
        updater.addInSighashType(1, Transaction.SIGHASH_ALL);

        const theyBlind = (text, last) => {
            const pset = Pset.fromBase64(text);
            const generator = new ZKPGenerator(zkp, ZKPGenerator.WithBlindingKeysOfInputs([viewer.secret]));
            const owned = generator.unblindInputs(pset, [1]);
            const outputBlindingArgs = generator.blindOutputs(pset, Pset.ECCKeysGenerator(zkp.ecc), [1]);
            const work = new Blinder(pset, owned, new ZKPValidator(zkp), generator);
            last ? work.blindLast({ outputBlindingArgs }) : work.blindNonLast({ outputBlindingArgs });
            return pset.toBase64();
        };
        const weBlind = async (text) => (await node.call('walletprocesspsbt', text, false)).psbt;

        let text = await node.call('utxoupdatepsbt', created.toBase64());
        text = weBlindFirst ? await weBlind(text) : theyBlind(text, false);
        assert.equal((await node.call('decodepsbt', text)).scalar_offsets.length, 1);
        text = weBlindFirst ? theyBlind(text, true) : await weBlind(text);
        const blinded = await node.call('decodepsbt', text);
        assert.equal(blinded.scalar_offsets, undefined);
        assert.ok(blinded.outputs.every((one) => one.status === undefined), JSON.stringify(blinded.outputs.map((one) => one.status)));

        // Both check what the other has hidden.
        const validator = new ZKPValidator(zkp);
        const pset = Pset.fromBase64(text);
        for (const out of pset.outputs.slice(0, 2)) {
            assert.ok(validator.verifyValueRangeProof(out.valueRangeproof, out.valueCommitment, out.assetCommitment, out.script));
            assert.ok(validator.verifyBlindValueProof(out.blindValueProof, out.valueCommitment, out.assetCommitment));
            assert.ok(validator.verifyBlindAssetProof(out.asset, out.assetCommitment, out.blindAssetProof));
        }

        // Signed apart, combined, finished here.
        const signature = Buffer.concat([owner.key.sign(pset.getInputPreimage(1, Transaction.SIGHASH_ALL)), Buffer.of(Transaction.SIGHASH_ALL)]);
        new Signer(pset).addSignature(1, { partialSig: { pubkey: owner.point, signature } }, Pset.ECDSASigValidator(zkp.ecc));
        const ours = await node.call('walletprocesspsbt', text);
        assert.equal(ours.complete, false);
        const combined = await node.call('combinepsbt', [pset.toBase64(), ours.psbt]);
        const { hex, complete } = await node.call('finalizepsbt', combined);
        assert.equal(complete, true);
        const accepted = await node.call('sendrawtransaction', hex);
        await node.call('generatetoaddress', 1, mine);
        await until('our part', async () => (await node.call('listunspent')).some((one) => one.txid === accepted && toSatoshi(one.amount) === ourBack));
    });
}
