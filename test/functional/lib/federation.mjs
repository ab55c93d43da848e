// A federation on this machine: one Bitcoin node, n members made by `sluice-signer makefederation`, each a sluiced of its
// own; and followers, which know the chain but hold no keys.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bcoin, BitcoinWallet, GENESIS } from './bcoin.mjs';
import { Daemon, binary } from './daemon.mjs';
import { run } from './process.mjs';
import { freePorts, until } from './wait.mjs';
import { TOPICS } from './zmq.mjs';

/** Each member has ten ports: p2p, RPC, federation link, ZeroMQ. */
const PORTS = 10;

/** Runs sluice-signer; resolves to what it prints. */
export async function signer(...args) {
    const done = await run(binary('sluice-signer'), args);
    if (done.code !== 0) throw new Error(`sluice-signer ${args[0]} failed (${done.code}):\n${done.stdout}${done.stderr}`);
    return done.stdout;
}

export class Federation {
    /**
     * Makes keys, manifest and configurations; starts the Bitcoin node, with mature coins in `wallet`. No member runs yet.
     * options: {dir, names, threshold, chain, report}.
     */
    static async create({ dir, names = ['alice', 'bob', 'carol', 'dave'], threshold = 3, chain = 'sluicetest', options = {},
        report = () => {} }) {
        const federation = new Federation();
        Object.assign(federation, { dir, names, threshold, chain, options, followers: [] });
        federation.bitcoin = await Bcoin.start({ dir: join(dir, 'bitcoin') });
        report(`Bitcoin node (bcoin, regtest) answers on port ${federation.bitcoin.port}`);
        federation.wallet = new BitcoinWallet(federation.bitcoin);
        await federation.wallet.fund();
        report(`Bitcoin has ${federation.wallet.height} blocks; the depositor's wallet is funded`);
        await federation.#makeConfigurations();
        report(`keys, manifest and configurations of ${names.join(', ')} (${threshold} of ${names.length}) are in ${federation.home}`);
        return federation;
    }

    get home() { return join(this.dir, 'federation'); }

    async #makeConfigurations() {
        const { bitcoin, names } = this;
        this.basePort = await freePorts(PORTS * names.length);
        await signer('makefederation', '--out', this.home, '--members', names.join(','),
            '--threshold', String(this.threshold), '--chain', this.chain, '--parent-genesis', GENESIS,
            '--parent-rpc', `127.0.0.1:${bitcoin.port}:bitcoinrpc:${bitcoin.apiKey}`, '--profile', 'regtest',
            '--base-port', String(this.basePort));
        this.members = names.map((name, i) => {
            const port = this.basePort + PORTS * i;
            const address = `tcp://127.0.0.1:${port + 3}`;
            const dir = join(this.home, name);
            const member = new Daemon({ name, dir, chain: this.chain, p2pPort: port, rpcPort: port + 1, options: this.options });
            // In the file, so that `sluiced -datadir=DIR` alone is this member. Its last section is the chain's.
            appendFileSync(join(dir, 'elements.conf'), TOPICS.map((topic) => `zmqpub${topic}=${address}\n`).join(''));
            member.zmq = address;
            return member;
        });
    }

    get manifest() { return join(this.home, 'manifest.json'); }

    /** Keys of a member that is to join: resolves to {name, dir, description, base}; its ports are free ones. */
    async newcomer(name) {
        const dir = join(this.home, name);
        const base = await freePorts(PORTS);
        mkdirSync(join(dir, this.chain), { recursive: true });
        const description = await signer('keygen', '--name', name, '--keys', join(dir, 'federation.keys'), '--journal',
            join(dir, this.chain, 'signer'), '--address', `tcp://127.0.0.1:${base + 2}`);
        const path = join(dir, 'member.json');
        writeFileSync(path, description);
        return { name, dir, description: path, base };
    }

    /** The manifest of a next set, signed by `by`; resolves to its file. */
    async successor({ file, before = this.manifest, members, joining = [], startHeight, by, threshold = this.threshold }) {
        const path = join(this.home, file);
        await signer('makesuccessor', '--manifest', before, '--out', path, '--members', members.join(','), '--threshold',
            String(threshold), '--start-height', String(startHeight),
            ...(joining.length ? ['--joining', joining.map((each) => each.description).join(',')] : []));
        for (const name of by) {
            await signer('signmanifest', '--manifest', path, '--predecessor', before, '--keys', join(this.home, name, 'federation.keys'));
        }
        return path;
    }

    /** Makes a newcomer a member of this federation under a manifest that lists it. Not started. */
    async join(newcomer, manifest) {
        const { name, dir, base } = newcomer;
        const own = /^\s*(fedmanifest\w*|fedmember|fedkeys|port|rpcport|bind|addnode|zmq\w+)\s*=/;
        const lines = readFileSync(join(this.members[0].dir, 'elements.conf'), 'utf8').split('\n').filter((line) => line && !own.test(line));
        const hash = (await signer('hash', '--manifest', manifest)).trim();
        lines.push(`fedmanifest=${manifest}`, `fedmanifesthash=${hash}`, `fedmember=${name}`, `fedkeys=${join(dir, 'federation.keys')}`,
            `port=${base}`, 'bind=127.0.0.1', `rpcport=${base + 1}`, ...this.members.map((each) => `addnode=127.0.0.1:${each.p2pPort}`));
        writeFileSync(join(dir, 'elements.conf'), `${lines.join('\n')}\n`);
        const member = new Daemon({ name, dir, chain: this.chain, p2pPort: base, rpcPort: base + 1, options: this.options });
        this.members.push(member);
        return member;
    }

    member(name) { return this.members.find((member) => member.name === name); }
    get running() { return this.members.filter((member) => member.running); }

    /** Starts the members (all, or those named) at once and waits for each of them. */
    async start(names = this.names) {
        const chosen = names.map((name) => this.member(name));
        for (const member of chosen) member.spawn();
        await Promise.all(chosen.map((member) => member.ready()));
    }

    async stop() {
        const results = await Promise.allSettled([...this.followers, ...this.members].map((node) => node.stop()));
        await this.bitcoin.stop();
        const failed = results.find((result) => result.status === 'rejected');
        if (failed) throw failed.reason;
    }

    /** Ends everything at once; for the end of a test. */
    async kill() {
        await Promise.all([...this.followers, ...this.members, this.bitcoin].map((node) => node.kill()));
    }

    /**
     * A node of this chain without keys, connected to `peers` (all members unless given). Its configuration is a member's
     * without what belongs to that member. Not started.
     */
    async follower(name, { peers = this.members, options = {} } = {}) {
        const dir = join(this.dir, name);
        mkdirSync(dir, { recursive: true });
        const own = /^\s*(fedmanifest\w*|fedmember|fedkeys|port|rpcport|bind|rpcbind|addnode|connect|wallet\w*|zmq\w+)\s*=/;
        const lines = readFileSync(join(this.members[0].dir, 'elements.conf'), 'utf8').split('\n').filter((line) => !own.test(line));
        writeFileSync(join(dir, 'elements.conf'), lines.join('\n'));
        const base = await freePorts(PORTS);
        const node = new Daemon({ name, dir, chain: this.chain, p2pPort: base, rpcPort: base + 1, options: {
            port: base, rpcport: base + 1, connect: peers.map((peer) => `127.0.0.1:${peer.p2pPort}`), ...options,
        } });
        this.followers.push(node);
        return node;
    }

    /** Waits until all of `nodes` have one tip, at least at `height`; resolves to {height, hash}. */
    agree(height = 1, nodes = this.running, options) {
        return until(`${nodes.map((node) => node.name).join(', ')} on one tip at height ${height} or above`, async () => {
            for (const node of nodes) node.child.check();
            const heights = await Promise.all(nodes.map((node) => node.call('getblockcount')));
            const common = Math.min(...heights);
            if (common < height) throw new Error(`heights ${heights.join(' ')}`);
            const hashes = new Set(await Promise.all(nodes.map((node) => node.call('getblockhash', common))));
            if (hashes.size !== 1) throw new Error(`${hashes.size} hashes at height ${common}`);
            return { height: common, hash: [...hashes][0] };
        }, options).catch((error) => {
            error.message += `\n${nodes.map((node) => node.tail()).join('\n')}`;
            throw error;
        });
    }

    logs() { return [...this.members, ...this.followers].map((node) => node.log).concat(this.bitcoin.log); }
    tail() { return [...this.members, ...this.followers].map((node) => node.tail()).join('\n'); }
}

