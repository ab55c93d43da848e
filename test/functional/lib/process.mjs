// A child process whose output goes to a file: start, exit status, stop, kill -9. No shell in between, so the pid is
// the program's own.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sleep } from './wait.mjs';

const living = new Set();
// A runner that ends for whatever reason leaves nothing behind.
process.once('exit', () => { for (const child of living) child.signal('SIGKILL'); });
for (const [name, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) process.once(name, () => process.exit(status));

export class Child {
    constructor(program, args, { output, env, cwd } = {}) {
        this.program = program;
        this.args = args;
        this.output = output;
        this.status = undefined;
        mkdirSync(dirname(output), { recursive: true });
        const file = openSync(output, 'a');
        this.process = spawn(program, args, { stdio: ['ignore', file, file], env: { ...process.env, ...env }, cwd,
            detached: true });
        closeSync(file);
        living.add(this);
        this.exited = new Promise((resolve) => {
            this.process.once('error', (error) => this.#ended({ code: -1, error }, resolve));
            this.process.once('exit', (code, signal) => this.#ended({ code, signal }, resolve));
        });
    }

    #ended(status, resolve) {
        living.delete(this);
        this.status ??= status;
        resolve(this.status);
    }

    get pid() { return this.process.pid; }
    get running() { return this.status === undefined; }

    signal(name) {
        if (this.running) this.process.kill(name);
    }

    /** Lets it outlive this process. */
    release() {
        living.delete(this);
        this.process.unref();
    }

    /** Throws (fatal) when the process is gone. */
    check() {
        if (this.running) return;
        const { code, signal, error } = this.status;
        const how = error ? error.message : signal ? `signal ${signal}` : `status ${code}`;
        throw Object.assign(new Error(`${this.program} ended (${how})\n${tail(this.output)}`), { fatal: true });
    }

    async kill() {
        this.signal('SIGKILL');
        return this.exited;
    }

    /** Asks it to end, kills it after `grace` ms; resolves to the status, which says whether it came to a kill. */
    async terminate(grace = 30_000) {
        this.signal('SIGTERM');
        return this.waitExit(grace);
    }

    async waitExit(grace = 30_000) {
        const timer = sleepCancellable(grace);
        const ended = await Promise.race([this.exited, timer.promise]);
        timer.cancel();
        if (ended) return ended;
        await this.kill();
        return { ...this.status, forced: true };
    }
}

function sleepCancellable(ms) {
    let id;
    return { promise: new Promise((resolve) => { id = setTimeout(resolve, ms); }), cancel: () => clearTimeout(id) };
}

/** The last lines of a file; an empty string when there is none. */
export function tail(file, lines = 25) {
    if (!file || !existsSync(file)) return '';
    const text = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    return `--- end of ${file}\n${text}`;
}

/** Runs a program to its end: {code, signal, stdout, stderr}. Killed after `timeout` ms. */
export function run(program, args, { env, cwd, timeout = 60_000, input } = {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
        const out = [], err = [];
        child.stdout.on('data', (data) => out.push(data));
        child.stderr.on('data', (data) => err.push(data));
        child.stdin.on('error', () => {});
        child.stdin.end(input ?? '');
        const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
        child.once('error', reject);
        child.once('close', (code, signal) => {
            clearTimeout(timer);
            resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
        });
    });
}

export { sleep };
