// Garbage on each port of a member: p2p, RPC, federation link, events. The federation does not notice.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import * as zmq from 'zeromq';
import { PROGRAMS, federation, story } from './lib/stories.mjs';
import { sleep } from './lib/wait.mjs';

/** Sends bytes and waits until the other side closes or `ms` are over; resolves to what came back. */
function throwAt(port, bytes, ms = 300) {
    return new Promise((resolve) => {
        const got = [];
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        const end = () => {
            socket.destroy();
            resolve(Buffer.concat(got));
        };
        socket.on('data', (data) => got.push(data));
        socket.on('error', end);
        socket.on('close', end);
        setTimeout(end, ms);
    });
}

/** A p2p frame with a correct checksum field left out: magic, command, length, garbage. */
function frame(magic, command, length, payload) {
    const head = Buffer.alloc(24);
    magic.copy(head);
    head.write(command, 4, 'ascii');
    head.writeUInt32LE(length, 16);
    return Buffer.concat([head, payload]);
}

story('garbage on the ports of a member changes nothing', PROGRAMS, async (t) => {
    const fed = await federation(t);
    const [alice] = fed.members;
    await fed.agree(2);
    const [p2p, rpc, link, events] = [0, 1, 2, 3].map((offset) => alice.p2pPort + offset);
    const magic = Buffer.from('5319f20e', 'hex');

    const loads = [
        randomBytes(1), randomBytes(1_000), randomBytes(300_000), Buffer.alloc(100_000),
        Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from(`POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{`),
        Buffer.from('POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n'), Buffer.from(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`),
        Buffer.concat([Buffer.from('ff00000000000000017f', 'hex'), randomBytes(2_000)]), // the start of a ZeroMQ greeting
        frame(magic, 'version', 0xffffffff, randomBytes(100)), frame(magic, 'version', 100, randomBytes(100)),
        frame(magic, 'tx', 4_000_000, randomBytes(5_000)), frame(magic, 'verack', 0, Buffer.alloc(0)),
    ];
    for (const port of [p2p, rpc, link, events]) {
        await Promise.all(loads.map((bytes) => throwAt(port, bytes)));
        alice.child.check();
    }

    // Requests that are HTTP but nothing else.
    const head = `Authorization: Basic ${Buffer.from(alice.rpc.auth()).toString('base64')}\r\n`;
    for (const body of ['', '[', '[]', '{}', 'null', '"x"', '{"method":1}', '{"method":"getblock","params":7}', '['.repeat(20_000),
        `{"method":"getblockhash","params":[1e400]}`, Buffer.from([0xff, 0xfe, 0x00])]) {
        const size = Buffer.byteLength(body);
        const request = Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${head}Content-Length: ${size}\r\n\r\n`), Buffer.from(body)]);
        const reply = await throwAt(rpc, request, 1_000);
        assert.match(reply.toString(), /^HTTP\/1\.[01] [245]\d\d/, `no answer to ${String(body).slice(0, 40)}`);
    }

    // A ZeroMQ peer without the federation's keys gets nothing in and nothing out.
    const stranger = new zmq.Dealer({ linger: 0, sendTimeout: 500, receiveTimeout: 1_000 });
    stranger.connect(`tcp://127.0.0.1:${link}`);
    for (let i = 0; i < 20; i++) await stranger.send(randomBytes(5_000)).catch(() => {});
    await assert.rejects(stranger.receive());
    stranger.close();

    await sleep(500);
    const { height } = await fed.agree(await alice.call('getblockcount') + 3);
    t.diagnostic(`height ${height}`);
    await fed.stop();
});
