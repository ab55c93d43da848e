// The steps of the peg as a user takes them, against a running federation. Each waits for what it promises, and checks it
// where it can on the other chain or on another node, not only by the word of the node that acted.
import { bcoin, NETWORK, BitcoinWallet } from './bcoin.mjs';
import { toSatoshi } from './amounts.mjs';
import { until } from './wait.mjs';

const { Address, Script } = bcoin;

const scriptOf = (address) => Script.fromAddress(Address.fromString(address, NETWORK));

/** The output of a Bitcoin transaction that pays `address`: {vout, value}. */
export function outputTo(tx, address) {
    const script = scriptOf(address).toRaw();
    const vout = tx.outputs.findIndex((output) => output.script.toRaw().equals(script));
    if (vout < 0) throw new Error(`${tx.txid()} does not pay ${address}`);
    return { vout, value: tx.outputs[vout].value };
}

export class Peg {
    /** `member` serves the wallet RPCs; `wait` is passed to every waiting step: {timeout, progress}. */
    constructor(federation, member = federation.members[0], wait = {}) {
        Object.assign(this, { federation, member, wait });
        this.bitcoin = federation.bitcoin;
        this.wallet = federation.wallet;
    }

    /** Figures of the reserves in satoshi: {height, held, circulating, pending, pool, ...}. */
    reserves(node = this.member) { return node.call('getreserves'); }

    /** Pays bitcoin to the federation's own address and waits until the fee pool counts it. */
    async donate(coins) {
        const before = (await this.reserves()).pool;
        const { donation_address: address } = await this.member.call('getfederationinfo');
        const { txid } = await this.wallet.pay(address, coins);
        await this.#mineUntil(`the donation ${txid} in the fee pool`, async () =>
            (await this.reserves()).pool >= before + toSatoshi(coins));
        return txid;
    }

    /** Deposits bitcoin to a new peg-in address of the member's wallet and mines it once. */
    async deposit(coins) {
        const { mainchain_address: address, claim_script: claimScript } = await this.member.call('getpeginaddress');
        const paid = await this.wallet.pay(address, coins);
        await this.wallet.mine(1);
        return { txid: paid.txid, hex: paid.hex, vout: outputTo(paid.tx, address).vout, address, claimScript };
    }

    /** Mines the confirmations that a claim of this chain needs. */
    async mature(deposit) {
        const depth = (await this.member.call('getsidechaininfo')).pegin_confirmation_depth;
        const have = await this.bitcoin.confirmations(deposit.txid);
        if (have < depth) await this.wallet.mine(depth - have);
        return depth;
    }

    /** What claimpegin needs besides the transaction. */
    async claimArguments(deposit) {
        return [deposit.hex, await this.bitcoin.proof(deposit.txid), deposit.claimScript];
    }

    /**
     * Waits until a sidechain block holds the claim of a deposit, which the wallet makes by itself once it is deep enough;
     * resolves to {txid, height, hash}. `from` is a height at or below the claim's.
     */
    async claimed(deposit, from = 1) {
        const find = this.#scanner(from, (tx) => tx.vin.some((input) =>
            input.is_pegin && input.txid === deposit.txid && input.vout === deposit.vout));
        return until(`the claim of ${deposit.txid}`, find, { timeout: 120_000, ...this.wait });
    }

    /** Waits until a sidechain block holds the transaction; resolves to {txid, height, hash}. */
    async confirmed(txid, from = 1, node = this.member) {
        return until(`sidechain transaction ${txid} in a block`, this.#scanner(from, (tx) => tx.txid === txid, node), this.wait);
    }

    /** Sends coins, or an amount of an asset, on the sidechain to another member's new address; resolves to the txid. */
    async transfer(to, coins, asset = '') {
        return this.member.call('sendtoaddress', await to.call('getnewaddress'), coins, '', '', false, false, 1, 'UNSET', false, asset);
    }

    /** How many outputs of a transaction hide their amount; throws unless all but the fee do. */
    async hidden(txid, block) {
        const { vout } = await this.member.call('getrawtransaction', txid, 1, block);
        const outputs = vout.filter((output) => output.scriptPubKey.type !== 'fee');
        if (outputs.some((output) => 'value' in output)) throw new Error(`${txid} shows an amount: ${JSON.stringify(outputs)}`);
        return outputs.length;
    }

    /** Asks for a payout to a fresh Bitcoin address: {txid, address, script, satoshi}. */
    async pegOut(coins) {
        const target = BitcoinWallet.fresh();
        this.bitcoinBefore = await this.bitcoin.height();
        const reply = await this.member.call('sendtomainchain', target.address, coins);
        return { txid: reply.txid ?? reply, ...target, satoshi: toSatoshi(coins) };
    }

    /**
     * Mines now and then until Bitcoin has paid a peg-out and `confirmations` blocks are on it; resolves to
     * {txid, vout, confirmations}. Looks at every Bitcoin block since the request, and demands exactly one payment.
     */
    async paid(pegout, confirmations = 1) {
        let next = this.bitcoinBefore + 1;
        const found = [];
        await this.#mineUntil(`the payout of ${pegout.txid} on Bitcoin`, async () => {
            for (const best = await this.bitcoin.height(); next <= best; next++) {
                const block = await this.bitcoin.block(await this.bitcoin.rpc.call('getblockhash', next));
                for (const tx of block.txs) {
                    tx.outputs.forEach((output, vout) => {
                        if (output.script.toJSON() === pegout.script) found.push({ txid: tx.txid(), vout, value: output.value });
                    });
                }
            }
            return found.length > 0 && await this.bitcoin.confirmations(found[0].txid) >= confirmations;
        });
        if (found.length !== 1) throw new Error(`${pegout.txid} was paid ${found.length} times: ${JSON.stringify(found)}`);
        if (found[0].value !== pegout.satoshi) throw new Error(`paid ${found[0].value} instead of ${pegout.satoshi}`);
        return { ...found[0], confirmations: await this.bitcoin.confirmations(found[0].txid) };
    }

    /** Waits until nothing is pending and the reserves balance; resolves to their figures. */
    settled() {
        return until('no pending payouts', async () => {
            const figures = await this.reserves();
            return figures.pending === 0 && figures.held === figures.circulating + figures.pool ? figures : false;
        }, this.wait);
    }

    /** One Bitcoin block every `pace` ms until `probe` is content. */
    async #mineUntil(what, probe, pace = 1_000) {
        let last = 0;
        return until(what, async () => {
            const result = await probe();
            if (!result && Date.now() - last >= pace) {
                last = Date.now();
                await this.wallet.mine(1);
            }
            return result;
        }, { timeout: 120_000, ...this.wait });
    }

    /** A probe that reads each new block once: {txid, height, hash} of the first transaction that `match` accepts. */
    #scanner(from, match, node = this.member) {
        let next = from;
        return async () => {
            for (const best = await node.call('getblockcount'); next <= best; next++) {
                const hash = await node.call('getblockhash', next);
                const block = await node.call('getblock', hash, 2);
                const tx = block.tx.find(match);
                if (tx) return { txid: tx.txid, height: next, hash };
            }
            return undefined;
        };
    }
}
