// Waiting: polls with a deadline and a reason, free ports, a temporary folder per test.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `probe` until it returns something other than undefined, null or false, and returns that.
 * Throws after `timeout` ms with `what` and the last error. `probe` may throw: that counts as "not yet",
 * unless the error has `fatal` set (a process that died does not come back by waiting).
 */
export async function until(what, probe, { timeout = 60_000, interval = 200, progress } = {}) {
    const start = Date.now();
    let last;
    for (;;) {
        try {
            const value = await probe();
            if (value !== undefined && value !== null && value !== false) return value;
            last = undefined;
        } catch (error) {
            if (error.fatal) throw error;
            last = error;
        }
        const elapsed = Date.now() - start;
        if (elapsed > timeout) {
            const why = last ? `: ${last.message}` : '';
            throw new Error(`timed out after ${Math.round(elapsed / 1000)} s waiting for ${what}${why}`);
        }
        progress?.(elapsed);
        await sleep(interval);
    }
}

function tryListen(port) {
    return new Promise((resolve) => {
        const server = createServer();
        server.once('error', () => resolve(undefined));
        server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
            const got = server.address().port;
            server.close(() => resolve(got));
        });
    });
}

/** One port that was free a moment ago. Below the ephemeral range, so that outgoing connections do not take it. */
export const freePort = () => freePorts(1);

/** The first of `count` consecutive free ports. */
export async function freePorts(count) {
    for (let attempt = 0; attempt < 200; attempt++) {
        const base = 12_000 + Math.floor(Math.random() * 18_000);
        let free = true;
        for (let i = 0; i < count && free; i++) free = (await tryListen(base + i)) !== undefined;
        if (free) return base;
    }
    throw new Error(`no ${count} consecutive free ports found`);
}

/**
 * A temporary folder of a test (`t`, a node:test context), removed after it unless SLUICE_KEEP or t.keep is set.
 */
export function temporary(t, name = 'sluice') {
    const dir = mkdtempSync(join(process.env.SLUICE_TMP ?? tmpdir(), `${name}-`));
    t?.after(() => {
        if (!process.env.SLUICE_KEEP && !t.keep) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    });
    return dir;
}
