// CoinCache: coins read or made recently, in front of the database. Every change is written through in the block's
// batch, so the cache never holds what the database does not; dropping any part of it is always safe. Owner:
// ChainState, state thread only.
#pragma once

#include <unordered_map>

#include "consensus/rules/block_delta.h"
#include "consensus/rules/coin_view.h"
#include "storage/db.h"

namespace sluice::chain {

// Out-points are chosen by strangers: keyed hash.
class OutPointHash {
public:
    OutPointHash();
    size_t operator()(const OutPoint& outpoint) const;

private:
    uint64_t k0_;
    uint64_t k1_;
};

class CoinCache {
public:
    explicit CoinCache(size_t max_bytes) : half_(max_bytes / 2 + 1) {}

    Result<std::optional<rules::Coin>> get(const storage::DbReader& db, const OutPoint& outpoint);
    void apply(const rules::BlockDelta& delta);
    void undo(const rules::BlockDelta& delta);
    [[nodiscard]] size_t size() const { return young_.size() + old_.size(); }

private:
    using Map = std::unordered_map<OutPoint, rules::Coin, OutPointHash>;
    void put(const OutPoint& outpoint, const rules::Coin& coin);
    void erase(const OutPoint& outpoint);

    size_t half_;             // bytes of one generation, roughly
    size_t young_bytes_ = 0;  // that went in; what was erased still counts until the generations turn
    Map young_;  // two generations: when the young one is full it becomes the old one, and the old one goes
    Map old_;
};

// The coins at the tip as rules read them. State thread; a short-lived value. Ask fault() before trusting what rules
// said.
class TipCoinView final : public rules::CoinView {
public:
    TipCoinView(const storage::DbReader& db, CoinCache& cache) : db_(db), cache_(cache) {}
    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override;
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override;
    [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }

private:
    const storage::DbReader& db_;
    CoinCache& cache_;
    mutable std::optional<Error> fault_;
};

}  // namespace sluice::chain
