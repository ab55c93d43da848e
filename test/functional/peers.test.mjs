// Peers as an operator sees and steers them: permissions, connections of a kind, the address book, single peers; and as a
// peer sees us: a pong comes after what was sent before its ping, and what is permitted is done.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { miningNode, story } from './lib/stories.mjs';
import { until } from './lib/wait.mjs';

const error = (code, text) => (thrown) => {
    assert.equal(thrown.code, code, thrown.message);
    if (text) assert.match(thrown.text, text);
    return true;
};
const peer = (node) => `127.0.0.1:${node.p2pPort}`;

/** A peer that speaks just enough: greets, and keeps the commands that it is told, in order. */
class Stranger {
    static async meet(node, services = 9n) {
        const stranger = new Stranger();
        stranger.magic = Buffer.from('5319f20e', 'hex');
        stranger.heard = [];
        stranger.closed = false;
        let bytes = Buffer.alloc(0);
        stranger.socket = connect(node.p2pPort, '127.0.0.1');
        stranger.socket.on('error', () => {});
        stranger.socket.on('close', () => { stranger.closed = true; });
        stranger.socket.on('data', (data) => {
            bytes = Buffer.concat([bytes, data]);
            while (bytes.length >= 24 && bytes.length >= 24 + bytes.readUInt32LE(16)) {
                const size = bytes.readUInt32LE(16);
                stranger.heard.push({ command: bytes.toString('ascii', 4, 16).replace(/\0+$/, ''), payload: bytes.subarray(24, 24 + size) });
                bytes = bytes.subarray(24 + size);
            }
        });
        const version = Buffer.alloc(86);
        version.writeInt32LE(70016, 0);
        version.writeBigUInt64LE(services, 4);
        version.writeBigInt64LE(BigInt(Math.floor(Date.now() / 1000)), 12);
        version.writeUInt8(1, 85);
        stranger.say('version', version);
        await until('the version', async () => stranger.has('verack'));
        stranger.say('verack');
        return stranger;
    }
    say(command, payload = Buffer.alloc(0)) {
        const head = Buffer.alloc(24);
        this.magic.copy(head);
        head.write(command, 4, 'ascii');
        head.writeUInt32LE(payload.length, 16);
        const once = createHash('sha256').update(payload).digest();
        createHash('sha256').update(once).digest().copy(head, 20, 0, 4);
        this.socket.write(Buffer.concat([head, payload]));
    }
    has(command) { return this.heard.some((message) => message.command === command); }
    /** Resolves when the node has dealt with all that was said before. */
    async sync() {
        const nonce = Buffer.from(`${Math.random()}00000000`.slice(2, 10), 'ascii');
        this.say('ping', nonce);
        await until('the pong', async () => this.heard.some((message) => message.command === 'pong' && message.payload.equals(nonce)));
    }
}

story('permissions are shown, and mean something', ['sluiced'], async (t) => {
    const node = await miningNode(t, { options: { whitelist: 'noban,mempool@127.0.0.1' } });
    await node.call('generatetoaddress', 101, await node.call('getnewaddress'));
    const friend = await Stranger.meet(node);
    await friend.sync();
    assert.deepEqual((await node.call('getpeerinfo'))[0].permissions, ['noban', 'mempool', 'download']);
    const txid = await node.call('sendtoaddress', await node.call('getnewaddress'), 1);
    // At once, for one that is not kept waiting.
    await until('the announcement', async () => friend.has('inv'));
    friend.heard = [];
    friend.say('mempool');
    await friend.sync();
    const [inv] = friend.heard.filter((message) => message.command === 'inv');
    assert.equal(Buffer.from(inv.payload.subarray(5, 37)).reverse().toString('hex'), txid);
    // Nonsense does not end it.
    friend.say('headers', Buffer.from('fd0bb8', 'hex'));
    await friend.sync();
    assert.ok(!friend.closed);
    await node.stop();

    const { code, stderr } = await node.attempt({ whitebind: 'oopsie@127.0.0.1:1' });
    assert.notEqual(code, 0);
    assert.match(stderr, /Invalid P2P permission: 'oopsie'/);
});

story('connections of a kind, messages by hand, the address book', ['sluiced'], async (t) => {
    const node = await miningNode(t, { options: { connect: 0 } });
    const other = await miningNode(t, { name: 'other' });
    await assert.rejects(node.call('addconnection', peer(other), 'sideways', false), error(-8));
    await assert.rejects(node.call('addconnection', peer(other), 'feeler', true), error(-8, /v2transport/));
    assert.deepEqual(await node.call('addconnection', peer(other), 'block-relay-only', false),
        { address: peer(other), connection_type: 'block-relay-only' });
    const [{ id, connection_type: kind }] = await until('the connection', async () => {
        const peers = await node.call('getpeerinfo');
        return peers.length === 1 && peers[0].version > 0 && peers;
    });
    assert.equal(kind, 'block-relay-only');

    const pongs = async () => (await node.call('getpeerinfo'))[0].bytesrecv_per_msg.pong ?? 0;
    const before = await pongs();
    assert.deepEqual(await node.call('sendmsgtopeer', id, 'ping', '0102030405060708'), {});
    await until('its pong', async () => await pongs() > before);
    await assert.rejects(node.call('sendmsgtopeer', id, 'thirteenchars', ''), error(-8, /too long/));
    await assert.rejects(node.call('sendmsgtopeer', 99, 'ping', ''), error(-1, /Could not send/));

    assert.equal((await node.call('addpeeraddress', '8.8.4.4', 7042, true)).success, true);
    assert.equal((await node.call('addpeeraddress', '9.9.9.9', 7042)).success, true);
    const info = await node.call('getaddrmaninfo');
    assert.deepEqual(info.ipv4, { new: 1, tried: 1, total: 2 });
    assert.deepEqual(info.all_networks, info.ipv4);
    const book = await node.call('getrawaddrman');
    const [[place, entry]] = Object.entries(book.tried);
    assert.match(place, /^\d+\/\d+$/);
    assert.equal(`${entry.address}:${entry.port} ${entry.network} ${entry.source}`, '8.8.4.4:7042 ipv4 8.8.4.4');
    await assert.rejects(node.call('getnodeaddresses', 1, 'pigeon'), error(-8, /Network not recognized/));

    const [hash] = await other.call('generatetoaddress', 1, await other.call('getnewaddress'));
    await node.waitHeight(1);
    await assert.rejects(node.call('getblockfrompeer', hash, id), error(-1, /already downloaded/));
    await assert.rejects(node.call('getblockfrompeer', '00'.repeat(32), id), error(-1, /header missing/));
    assert.deepEqual(await node.call('getorphantxs', 2), []);
    await assert.rejects(node.call('getorphantxs', 3), error(-8, /verbosity/));
});

story('timers of the peer protocol follow a set clock', ['sluiced'], async (t) => {
    const node = await miningNode(t, { options: { peertimeout: 3 } });
    const start = Math.floor(Date.now() / 1000);
    await node.call('setmocktime', start);
    const silent = connect(node.p2pPort, '127.0.0.1');
    silent.on('error', () => {});
    const peerless = await Stranger.meet(node);
    await peerless.sync();
    let closed = false;
    silent.on('close', () => { closed = true; });
    await until('both', async () => (await node.call('getpeerinfo')).length === 2);
    await node.call('setmocktime', start + 4);
    await until('the silent one is gone', async () => closed);
    assert.equal((await node.call('getpeerinfo')).length, 1);
    // Its ping is unanswered since the handshake, by the set clock to the second.
    assert.equal((await node.call('getpeerinfo'))[0].pingwait, 4);
    await node.call('setmocktime', start + 20 * 60 + 1);
    await until('the one that never answers is gone', async () => peerless.closed);
});

story('bans are kept in the file that elementsd keeps', ['sluiced'], async (t) => {
    const node = await miningNode(t, { options: { connect: 0 } });
    const file = join(dirname(node.log), 'banlist.json');
    const kept = () => JSON.parse(readFileSync(file, 'utf8')).banned_nets;
    assert.deepEqual(kept(), []);
    await node.call('setban', '10.1.0.0/16', 'add', 1000);
    const [{ version, ban_created: from, banned_until: until_, address }] = kept();
    assert.deepEqual([version, until_ - from, address], [1, 1000, '10.1.0.0/16']);
    await node.stop();
    // One by the operator's hand, and one that says nothing to us.
    const later = from + 5000;
    writeFileSync(file, JSON.stringify({ banned_nets: [...kept(), { version: 1, ban_created: from, banned_until: later, address: '10.2.3.4' },
        { version: 7, whatever: true }] }));
    await node.start();
    assert.deepEqual((await node.call('listbanned')).map((ban) => [ban.address, ban.ban_duration]),
        [['10.1.0.0/16', 1000], ['10.2.3.4/32', 5000]]);
    await node.stop();
    unlinkSync(file);
    await node.start();
    assert.deepEqual(await node.call('listbanned'), []);
    assert.deepEqual(kept(), []);
});
