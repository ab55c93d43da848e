// One sluiced: starts in its data directory, is ready when its RPC answers, can be stopped, killed and started again.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, run, tail } from './process.mjs';
import { Rpc } from './rpc.mjs';
import { freePorts, until } from './wait.mjs';

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const BIN = resolve(process.env.SLUICE_BIN ?? join(REPOSITORY, 'build/bin'));

export const binary = (name) => join(BIN, name);

/** A reason to skip when a binary is not built, else undefined: test(name, { skip: needs('sluiced') }, ...). */
export function needs(...names) {
    const missing = names.filter((name) => !existsSync(binary(name)));
    return missing.length ? `not built: ${missing.map(binary).join(' ')}` : undefined;
}

/** Options as an object ({listen: 0, zmqpubrawtx: ['a', 'b']}) to arguments. */
export function toArguments(options) {
    return Object.entries(options).flatMap(([name, value]) => [value].flat().map((one) => `-${name}=${one}`));
}

export class Daemon {
    /**
     * name: for messages; dir: data directory; chain: its chain; rpcPort, p2pPort: as its options or its elements.conf
     * say; options: command line options on top of that file; program: another daemon with the same options and RPC.
     */
    constructor({ name = 'sluiced', dir, chain, rpcPort, p2pPort, options = {}, program = binary('sluiced') }) {
        // Our daemon has no wallet unless it is told; `wallet=` makes the one without a name.
        const wallet = program === binary('sluiced') && !options.disablewallet ? { wallet: '' } : {};
        Object.assign(this, { name, dir, chain, rpcPort, p2pPort, options: { ...wallet, ...options }, program });
        this.rpc = new Rpc({ port: rpcPort, auth: () => readFileSync(this.cookie, 'utf8').trim() });
    }

    /** A node outside any federation with ports of its own. Not started. */
    static async create({ dir, chain = 'elementsregtest', name, options = {}, program }) {
        const base = await freePorts(2);
        return new Daemon({ name, dir, chain, program, p2pPort: base, rpcPort: base + 1, options: {
            chain, port: base, rpcport: base + 1, dnsseed: 0, listen: 1, validatepegin: 0, ...options,
        } });
    }

    get cookie() { return join(this.dir, this.chain, '.cookie'); }
    get log() { return join(this.dir, this.chain, 'debug.log'); }
    get output() { return join(this.dir, `${this.name}.out`); }
    get running() { return this.child?.running ?? false; }
    get arguments() { return [`-datadir=${this.dir}`, ...toArguments(this.options)]; }

    /** Starts the process; does not wait for it. */
    spawn(extra = {}) {
        this.child = new Child(this.program, [...this.arguments, ...toArguments(extra)], { output: this.output });
    }

    /** Starts and waits until the RPC answers. */
    async start(extra = {}) {
        this.spawn(extra);
        await this.ready();
        return this;
    }

    async ready({ timeout = 60_000 } = {}) {
        await until(`${this.name} to answer`, async () => {
            this.child.check();
            return await this.rpc.call('getblockcount') >= 0;
        }, { timeout, interval: 100 }).catch((error) => { throw this.#withLog(error); });
    }

    /** Runs it to its end (for a start that must fail): {code, stdout, stderr}. */
    attempt(extra = {}, timeout = 30_000) {
        return run(this.program, [...this.arguments, ...toArguments(extra)], { timeout });
    }

    call(method, ...params) { return this.rpc.call(method, ...params); }

    /** Ends it by RPC; throws when it did not end by itself with status 0. */
    async stop() {
        if (!this.running) return;
        await this.rpc.call('stop').catch(() => this.child.signal('SIGTERM'));
        const status = await this.child.waitExit(30_000);
        if (status.forced || status.code !== 0) {
            throw this.#withLog(new Error(`${this.name} did not end cleanly: ${JSON.stringify(status)}`));
        }
    }

    async kill() { await this.child?.kill(); }

    async restart(extra = {}) {
        await this.stop();
        return this.start(extra);
    }

    /** Resolves to the height once it is at least `height`. */
    waitHeight(height, options) {
        return until(`${this.name} at height ${height}`, async () => {
            this.child.check();
            const now = await this.call('getblockcount');
            return now >= height ? now : false;
        }, options).catch((error) => { throw this.#withLog(error); });
    }

    tail() { return [tail(this.output), tail(this.log)].filter(Boolean).join('\n'); }

    #withLog(error) {
        error.message += `\n${this.tail()}`;
        return error;
    }

    /** sluice-cli against this node. */
    cli(...args) {
        return run(binary('sluice-cli'), [`-datadir=${this.dir}`, `-chain=${this.chain}`, `-rpcport=${this.rpcPort}`, ...args]);
    }
}
