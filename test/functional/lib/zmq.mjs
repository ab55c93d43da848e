// A ZeroMQ subscriber that keeps what it got, in order: {topic, body (Buffer), sequence}.
import * as zmq from 'zeromq';
import { until } from './wait.mjs';

export const JSON_TOPICS = ['pegin', 'pegout', 'reserves', 'federation'];
export const TOPICS = ['hashblock', 'hashtx', 'rawblock', 'rawtx', 'sequence', ...JSON_TOPICS];

export class Subscriber {
    /** `onMessage` is called for each message as it comes. */
    constructor(address, { topics = TOPICS, onMessage } = {}) {
        this.messages = [];
        this.socket = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 0 });
        this.socket.connect(address);
        for (const topic of topics) this.socket.subscribe(topic);
        this.done = this.#receive(onMessage);
    }

    async #receive(onMessage) {
        try {
            for await (const [topic, body, sequence] of this.socket) {
                const message = { topic: topic.toString(), body, sequence: sequence?.readUInt32LE(0) };
                if (JSON_TOPICS.includes(message.topic)) message.json = JSON.parse(body.toString());
                this.messages.push(message);
                onMessage?.(message);
            }
        } catch (error) {
            if (!this.socket.closed) throw error;
        }
    }

    of(topic) { return this.messages.filter((message) => message.topic === topic); }

    /** The first message of a topic that `match` accepts, waiting for it. */
    wait(topic, match = () => true, options) {
        return until(`a ${topic} event`, () => this.of(topic).find(match), options);
    }

    async close() {
        this.socket.close();
        await this.done;
    }
}

/** One line for a person. */
export function describe({ topic, body, json, sequence }) {
    const text = json ? JSON.stringify(json) : body.length > 32 ? `${body.length} bytes` : body.toString('hex');
    return `${topic} #${sequence} ${text}`;
}
