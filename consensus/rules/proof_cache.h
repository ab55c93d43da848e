// ProofCache: names of range and surjection proofs that were found good, so that a block does not pay again for what
// the mempool checked. A name is a hash of everything that the proof covers (hidden_amounts.h): nothing else can be
// taken for it. Bounded: the oldest half goes when it is full. One thread (state).
#pragma once

#include <unordered_set>

#include "crypto/hash.h"

namespace sluice::rules {

class ProofCache {
public:
    static constexpr size_t kDefaultEntries = 200'000;  // about 10 MB; the proofs of some hundred full blocks

    explicit ProofCache(size_t entries = kDefaultEntries) : half_(entries / 2) {}

    [[nodiscard]] bool contains(const Hash256& name) const { return young_.contains(name) || old_.contains(name); }
    void insert(const Hash256& name);
    [[nodiscard]] size_t size() const { return young_.size() + old_.size(); }

private:
    using Names = std::unordered_set<Hash256, FixedBytesHash>;
    const size_t half_;
    Names young_;
    Names old_;
};

}  // namespace sluice::rules
