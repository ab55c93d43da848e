#include "chain/coin_scan.h"

#include "chain/records.h"

namespace sluice::chain {

Result<CoinScan> scan_coins(const storage::DbReader& snapshot, const std::set<Script>& scripts, ScanControl& control) {
    CoinScan scan;
    const std::optional<Bytes> tip = TRY(snapshot.get(single_key(kTipKey)));
    if (!tip || tip->size() != BlockHash::kSize) return fail("The chainstate database has no tip");
    scan.best_block = BlockHash::from_view(*tip);
    std::string problem;
    TRY_VOID(storage::for_each_prefix(snapshot, single_key(kCoinPrefix), [&](ByteView key, ByteView value) {
        const std::optional<OutPoint> outpoint = parse_coin_key(key);
        std::optional<rules::Coin> coin = decode_coin(value);
        if (!outpoint || !coin) {
            problem = "The chainstate database holds a damaged coin";
            return false;
        }
        if (control.stop.load(std::memory_order_relaxed)) {
            scan.complete = false;
            return false;
        }
        // Keys come in the order of their txid, which is a hash: its first byte says how far this is.
        control.percent = outpoint->txid.view()[0] * 100 / 256;
        ++scan.outputs;
        if (scripts.contains(coin->out.script)) scan.found.push_back({*outpoint, std::move(*coin)});
        return true;
    }));
    if (!problem.empty()) return fail(problem);
    return scan;
}

}  // namespace sluice::chain
