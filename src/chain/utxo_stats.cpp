#include "chain/utxo_stats.h"

#include "chain/records.h"
#include "crypto/hash_writer.h"
#include "crypto/muhash.h"

namespace sluice::chain {
namespace {

// Script-independent part of bogosize: txid, index, height and coinbase flag, amount, script length.
constexpr uint64_t kBogoFixed = 32 + 4 + 4 + 8 + 2;

void write_coin(Writer& writer, const OutPoint& outpoint, const rules::Coin& coin) {
    describe(writer, outpoint);
    writer.u32(coin.height * 2 + (coin.coinbase ? 1 : 0));
    describe(writer, coin.out);
}

}  // namespace

Result<UtxoStats> compute_utxo_stats(const storage::DbReader& snapshot, UtxoHashKind kind,
                                     const std::atomic<bool>* stop) {
    UtxoStats stats;
    const std::optional<Bytes> tip = TRY(snapshot.get(single_key(kTipKey)));
    if (!tip || tip->size() != BlockHash::kSize) return fail("The chainstate database has no tip");
    stats.best_block = BlockHash::from_view(*tip);
    stats.total = Amount{0};
    HashWriter serialized;
    MuHash3072 muhash;
    std::optional<Txid> last;
    std::string problem;
    TRY_VOID(storage::for_each_prefix(snapshot, single_key(kCoinPrefix), [&](ByteView key, ByteView value) {
        const std::optional<OutPoint> outpoint = parse_coin_key(key);
        const std::optional<rules::Coin> coin = decode_coin(value);
        if (!outpoint || !coin) problem = "The chainstate database holds a damaged coin";
        if (stop != nullptr && stop->load(std::memory_order_relaxed)) problem = "Shutting down";
        if (!problem.empty()) return false;
        if (last != outpoint->txid) ++stats.transactions;
        last = outpoint->txid;
        ++stats.outputs;
        stats.bogosize += kBogoFixed + coin->out.script.size();
        stats.disk_size += key.size() + value.size();
        if (stats.total && coin->out.value.is_explicit())
            stats.total = add(*stats.total, coin->out.value.explicit_value());
        if (kind == UtxoHashKind::kSerialized) write_coin(serialized, *outpoint, *coin);
        if (kind == UtxoHashKind::kMuhash) {
            ByteWriter element;
            write_coin(element, *outpoint, *coin);
            muhash.insert(element.bytes());
        }
        return true;
    }));
    if (!problem.empty()) return fail(problem);
    if (kind == UtxoHashKind::kSerialized) stats.hash = serialized.sha256d();
    if (kind == UtxoHashKind::kMuhash) stats.hash = muhash.finalize();
    return stats;
}

}  // namespace sluice::chain
