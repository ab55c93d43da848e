// Amounts: RPC speaks decimal coins, everything else counts satoshi. No floating point sums.
export const COIN = 100_000_000;

/** "1.5" or 1.5 -> 150000000 (number). Exact for every amount with at most eight decimals. */
export function toSatoshi(value) {
    const text = typeof value === 'number' ? value.toFixed(8) : String(value);
    const match = /^(-?)(\d+)(?:\.(\d{1,8}))?$/.exec(text);
    if (!match) throw new Error(`not an amount: ${value}`);
    const units = BigInt(match[2]) * BigInt(COIN) + BigInt((match[3] ?? '').padEnd(8, '0'));
    return Number(match[1] ? -units : units);
}

/** 150000000 -> "1.50000000" */
export function toCoins(satoshi) {
    const sign = satoshi < 0 ? '-' : '';
    const units = Math.abs(satoshi);
    return `${sign}${Math.floor(units / COIN)}.${String(units % COIN).padStart(8, '0')}`;
}
