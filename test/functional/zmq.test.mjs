// Events: topics and framing of Core, a sequence per topic, replay for a subscriber that missed some.
import assert from 'node:assert/strict';
import { prepareMiningNode, story } from './lib/stories.mjs';
import { freePort, sleep, until } from './lib/wait.mjs';
import { Subscriber } from './lib/zmq.mjs';

const CORE = ['hashblock', 'hashtx', 'rawblock', 'rawtx', 'sequence'];

story('a subscriber sees each block and transaction, and replays what it missed', ['sluiced'], async (t) => {
    const address = `tcp://127.0.0.1:${await freePort()}`;
    const node = await prepareMiningNode(t, { options: Object.fromEntries(CORE.map((topic) => [`zmqpub${topic}`, address])) });
    await node.start();
    const known = await node.call('getzmqnotifications');
    assert.deepEqual(known.map((one) => one.type).sort(), CORE.map((topic) => `pub${topic}`).sort());
    for (const one of known) assert.equal(one.address, address);

    const subscriber = new Subscriber(address);
    t.after(() => subscriber.close());
    const mine = await node.call('getnewaddress');
    // A subscription takes a moment: mine until the first event comes.
    await until('the first event', async () => {
        await node.call('generatetoaddress', 1, mine);
        await sleep(100);
        return subscriber.of('hashblock').length > 0;
    });
    const hashes = await node.call('generatetoaddress', 5, mine);
    await subscriber.wait('hashblock', (message) => message.body.toString('hex') === hashes[4]);
    const blocks = subscriber.of('hashblock');
    assert.deepEqual(blocks.slice(-5).map((message) => message.body.toString('hex')), hashes);
    for (const topic of CORE) {
        const seen = subscriber.of(topic);
        assert.ok(seen.length >= 5, topic);
        seen.forEach((message, i) => assert.equal(message.sequence, seen[0].sequence + i, `${topic} skips a number`));
    }
    const raw = subscriber.of('rawblock').at(-1).body.toString('hex');
    assert.equal(raw, await node.call('getblock', hashes[4], 0));
    // sequence: hash, then C for a connected block.
    const last = subscriber.of('sequence').at(-1).body;
    assert.equal(last.subarray(0, 32).toString('hex'), hashes[4]);
    assert.equal(last.subarray(32).toString(), 'C');

    // The subscriber is away, the node even restarts: numbers go on, and the replay gives what was missed.
    const seen = blocks.at(-1).sequence;
    await subscriber.close();
    const missed = await node.call('generatetoaddress', 2, mine);
    await node.restart();
    missed.push(...await node.call('generatetoaddress', 1, mine));
    const replay = await until('three missed events', async () => {
        const messages = await node.call('getzmqreplay', 'hashblock', seen + 1);
        return messages.length >= 3 && messages;
    });
    assert.deepEqual(replay.map((message) => message.sequence), [seen + 1, seen + 2, seen + 3]);
    assert.deepEqual(replay.map((message) => message.body), missed);
});
