#include "chain/coin_cache.h"

#include "chain/records.h"
#include "util/random.h"

namespace sluice::chain {
namespace {
// A coin in the map without its script: node, key, value, share of the buckets.
constexpr size_t kCoinOverhead = sizeof(OutPoint) + sizeof(rules::Coin) + 48;
}  // namespace

OutPointHash::OutPointHash() : k0_(random_u64()), k1_(random_u64()) {}

size_t OutPointHash::operator()(const OutPoint& outpoint) const {
    std::array<uint8_t, 36> bytes;
    std::memcpy(bytes.data(), outpoint.txid.bytes.data(), 32);
    std::memcpy(bytes.data() + 32, &outpoint.index, 4);
    return siphash24(k0_, k1_, bytes);
}

Result<std::optional<rules::Coin>> CoinCache::get(const storage::DbReader& db, const OutPoint& outpoint) {
    if (const auto found = young_.find(outpoint); found != young_.end()) return std::optional(found->second);
    if (const auto found = old_.find(outpoint); found != old_.end()) {
        rules::Coin coin = found->second;
        put(outpoint, coin);
        return std::optional(std::move(coin));
    }
    const std::optional<Bytes> bytes = TRY(db.get(coin_key(outpoint)));
    if (!bytes) return std::optional<rules::Coin>();
    std::optional<rules::Coin> coin = decode_coin(*bytes);
    if (!coin) return fail("The chainstate database holds a damaged coin");
    put(outpoint, *coin);
    return coin;
}

void CoinCache::put(const OutPoint& outpoint, const rules::Coin& coin) {
    if (young_bytes_ >= half_) {
        old_ = std::move(young_);
        young_ = Map();
        young_bytes_ = 0;
    }
    young_bytes_ += kCoinOverhead + coin.out.script.size();
    young_.insert_or_assign(outpoint, coin);
}

void CoinCache::erase(const OutPoint& outpoint) {
    young_.erase(outpoint);
    old_.erase(outpoint);
}

void CoinCache::apply(const rules::BlockDelta& delta) {
    for (const rules::CoinChange& change : delta.created) put(change.outpoint, change.coin);
    for (const rules::CoinChange& change : delta.spent) erase(change.outpoint);
}

void CoinCache::undo(const rules::BlockDelta& delta) {
    for (const rules::CoinChange& change : delta.spent) put(change.outpoint, change.coin);
    for (const rules::CoinChange& change : delta.created) erase(change.outpoint);
}

std::optional<rules::Coin> TipCoinView::get(const OutPoint& outpoint) const {
    auto coin = cache_.get(db_, outpoint);
    if (coin) return std::move(*coin);
    fault_ = coin.error();
    return std::nullopt;
}

bool TipCoinView::pegin_spent(const rules::PeginId& pegin) const {
    const auto found = db_.get(pegin_key(pegin));
    if (found) return found->has_value();
    fault_ = found.error();
    return false;
}

}  // namespace sluice::chain
