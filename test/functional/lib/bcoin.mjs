// A Bitcoin full node (bcoin, regtest) as a child process, and a wallet of one key in this process that follows it.
// What is peculiar about bcoin 1.0.2 is written down in ../README.md.
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toSatoshi } from './amounts.mjs';
import { Child, tail } from './process.mjs';
import { Rpc } from './rpc.mjs';
import { freePort, until } from './wait.mjs';

const require = createRequire(import.meta.url);
export const bcoin = require('bcoin');
const { Address, Block, Coin, KeyRing, MTX, Outpoint, Script, TX } = bcoin;

export const NETWORK = 'regtest';
export const GENESIS = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';
/** Blocks after which segwit is active in this network: three windows of 144. */
export const SEGWIT_HEIGHT = 432;

export class Bcoin {
    constructor({ dir, port, apiKey }) {
        Object.assign(this, { dir, port, apiKey });
        this.rpc = new Rpc({ port, auth: `bitcoinrpc:${apiKey}`, timeout: 120_000 });
    }

    /** Starts a node in `dir` (kept from one start to the next) and waits until its RPC answers. */
    static async start({ dir, port, apiKey = 'sluice-regtest' }) {
        const node = new Bcoin({ dir, port: port ?? await freePort(), apiKey });
        await node.start();
        return node;
    }

    get log() { return join(this.dir, 'bcoin.out'); }

    async start() {
        mkdirSync(this.dir, { recursive: true });
        this.child = new Child(process.execPath, [
            join(dirname(fileURLToPath(import.meta.url)), 'bcoin-node.cjs'), `--network=${NETWORK}`, `--prefix=${this.dir}`, '--memory=false',
            '--listen=false', '--no-wallet=true', '--workers=false', '--log-level=info', '--index-tx=true',
            '--http-host=127.0.0.1', `--http-port=${this.port}`, `--api-key=${this.apiKey}`,
            '--replace-by-fee=true', '--persistent-mempool=false', '--limit-free=false',
        ], { output: this.log, env: { BCOIN_CONFIG: join(this.dir, 'none.conf') } });
        await until('bcoin to answer', async () => {
            this.child.check();
            return await this.rpc.call('getblockcount') >= 0;
        }, { timeout: 60_000 });
    }

    /** Ends it by its own RPC, so that its database closes; kills it when it does not end. */
    async stop() {
        if (!this.child?.running) return;
        try {
            await this.rpc.call('stop');
        } catch {
            // It may close the connection before it answers.
        }
        await this.child.waitExit(15_000);
    }

    async kill() { await this.child?.kill(); }

    async restart() {
        await this.stop();
        await this.start();
    }

    tail() { return tail(this.log); }

    height() { return this.rpc.call('getblockcount'); }

    /** Mines n blocks, their coins to `address`; resolves to their hashes. */
    async mine(n, address) {
        const hashes = [];
        while (hashes.length < n) {
            const count = Math.min(50, n - hashes.length);
            hashes.push(...await this.rpc.call('generatetoaddress', count, address));
        }
        return hashes;
    }

    /** Sends a raw transaction and makes sure that the mempool or a block has it: bcoin answers a txid for anything. */
    async send(hex) {
        const txid = await this.rpc.call('sendrawtransaction', hex);
        await until(`bcoin to accept ${txid}`, async () => {
            try {
                return await this.rpc.call('getrawtransaction', txid, true);
            } catch (error) {
                throw Object.assign(new Error(`bcoin refused ${txid}: ${error.message}`), { cause: error });
            }
        }, { timeout: 5_000 });
        return txid;
    }

    /** Confirmations of a transaction: 0 in the mempool, undefined when it is unknown. */
    async confirmations(txid) {
        try {
            return (await this.rpc.call('getrawtransaction', txid, true)).confirmations ?? 0;
        } catch (error) {
            if (error.text === 'Transaction not found.') return undefined;
            throw error;
        }
    }

    async block(hash) { return Block.fromRaw(await this.rpc.call('getblock', hash, false), 'hex'); }

    /** The proof that a block holds a transaction, as claimpegin takes it (hex). */
    proof(txid) { return this.rpc.call('gettxoutproof', [txid]); }

    rawTransaction(txid) { return this.rpc.call('getrawtransaction', txid, false); }
}

/** A wallet of one key. Its coins are p2pkh, which every network state accepts; `fresh()` addresses are p2wpkh. */
export class BitcoinWallet {
    constructor(node, ring = KeyRing.generate(true)) {
        this.node = node;
        this.ring = ring;
        this.coins = new Map();
        this.height = -1;
        this.tip = undefined;
    }

    get address() { return this.ring.getAddress('string', NETWORK); }
    get script() { return Script.fromAddress(this.ring.getAddress()); }

    /** Mines past segwit activation and the maturity of the first coins. */
    async fund(blocks = SEGWIT_HEIGHT + 10) {
        await this.node.mine(blocks, this.address);
        await this.sync();
    }

    /** Follows the best chain; starts again from the genesis after a reorganisation. */
    async sync() {
        const best = await this.node.height();
        if (this.tip && (this.height > best || await this.node.rpc.call('getblockhash', this.height) !== this.tip)) {
            this.coins.clear();
            this.height = -1;
        }
        const ours = this.script.toRaw();
        while (this.height < best) {
            const hash = await this.node.rpc.call('getblockhash', this.height + 1);
            const block = await this.node.block(hash);
            this.height++;
            this.tip = hash;
            for (const tx of block.txs) {
                for (const input of tx.inputs) this.coins.delete(input.prevout.toKey());
                tx.outputs.forEach((output, index) => {
                    if (!output.script.toRaw().equals(ours)) return;
                    const coin = Coin.fromTX(tx, index, this.height);
                    this.coins.set(Outpoint.fromTX(tx, index).toKey(), coin);
                });
            }
        }
    }

    mature() {
        return [...this.coins.values()].filter((coin) => !coin.coinbase || this.height - coin.height >= 100);
    }

    /** Satoshi that can be spent now. */
    balance() { return this.mature().reduce((sum, coin) => sum + coin.value, 0); }

    /** Pays coins ("5" or 5) to an address or a Script; resolves to {txid, hex, tx}. Not mined yet. */
    async pay(to, coins) {
        await this.sync();
        const mtx = new MTX();
        const target = typeof to === 'string' ? Address.fromString(to, NETWORK) : to;
        mtx.addOutput(target, toSatoshi(coins));
        await mtx.fund(this.mature(), { changeAddress: this.ring.getAddress(), rate: 10_000 });
        mtx.sign(this.ring);
        const hex = mtx.toTX().toRaw().toString('hex');
        const txid = await this.node.send(hex);
        for (const input of mtx.inputs) this.coins.delete(input.prevout.toKey());
        return { txid, hex, tx: TX.fromRaw(hex, 'hex') };
    }

    mine(n = 1) { return this.node.mine(n, this.address); }

    /** A p2wpkh address of a new key, for money that leaves the sidechain. */
    static fresh() {
        const ring = KeyRing.generate(true);
        ring.witness = true;
        return { ring, address: ring.getAddress('string', NETWORK), script: Script.fromAddress(ring.getAddress()).toJSON() };
    }
}
