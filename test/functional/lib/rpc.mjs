// JSON-RPC over HTTP as a client of Elements speaks it: Basic auth, positional or named parameters, batches.
import http from 'node:http';

/** The server's error object as an exception: `code` is the RPC code, `message` its text. */
export class RpcError extends Error {
    constructor(method, error, status) {
        super(`${method}: ${error.message} (code ${error.code})`);
        this.name = 'RpcError';
        this.code = error.code;
        this.text = error.message;
        this.data = error.data;
        this.status = status;
    }
}

/**
 * POSTs `body` (string or Buffer); resolves to {status, headers, text}. `auth` is "user:password" or undefined. A connection
 * of its own each time: a kept one delays the end of the server (bcoin waits five seconds for it).
 */
export function post({ host = '127.0.0.1', port, path = '/', auth, headers, timeout = 60_000, agent = false }, body) {
    return new Promise((resolve, reject) => {
        const request = http.request({ host, port, path, method: 'POST', auth, agent, timeout, headers: {
            'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers,
        } }, (response) => {
            const parts = [];
            response.on('data', (data) => parts.push(data));
            response.on('error', reject);
            response.on('end', () => resolve({
                status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString(),
            }));
        });
        request.on('error', reject);
        request.on('timeout', () => request.destroy(new Error(`no answer from port ${port} in ${timeout} ms`)));
        request.end(body);
    });
}

export class Rpc {
    /** `auth`: "user:password", or a function that returns it (a cookie is read again at each start). */
    constructor({ host = '127.0.0.1', port, path = '/', auth, timeout = 60_000 }) {
        Object.assign(this, { host, port, path, auth, timeout });
        this.id = 0;
    }

    post(body, options = {}) {
        const auth = typeof this.auth === 'function' ? this.auth() : this.auth;
        return post({ host: this.host, port: this.port, path: this.path, timeout: this.timeout, auth, ...options }, body);
    }

    /** rpc.call('getblock', hash, 1): positional. Throws RpcError for an error reply. */
    call(method, ...params) { return this.#request(method, params); }

    /** rpc.named('getblock', {blockhash, verbosity: 1}). */
    named(method, params) { return this.#request(method, params); }

    async #request(method, params) {
        const reply = await this.post(JSON.stringify({ jsonrpc: '1.0', id: ++this.id, method, params }));
        let body;
        try {
            body = JSON.parse(reply.text);
        } catch {
            throw new Error(`${method}: HTTP ${reply.status}, not JSON: ${reply.text.slice(0, 200)}`);
        }
        if (body.error) throw new RpcError(method, body.error, reply.status);
        if (body.id !== this.id && !('result' in body)) throw new Error(`${method}: malformed reply ${reply.text}`);
        return body.result;
    }

    /** calls: [[method, ...params]]; resolves to the array of reply objects as received. */
    async batch(calls) {
        const body = calls.map(([method, ...params], id) => ({ id, method, params }));
        return JSON.parse((await this.post(JSON.stringify(body))).text);
    }
}
