// The mempool's tip over a chain in memory.
#pragma once

#include "mempool/tip_source.h"
#include "support/memory_chain.h"

namespace sluice::test {

class MemoryTip final : public mempool::TipSource {
public:
    explicit MemoryTip(MemoryChain& chain) : chain_(chain) {}
    std::optional<Error> with_tip(const std::function<void(const mempool::Tip&)>& use) override {
        use({chain_.headers, chain_.coins, chain_.version_bits, chain_.parent_view,
             chain_.pegin_depth == rules::PeginDepth::kJudged, &chain_.proofs});
        return std::nullopt;
    }

private:
    MemoryChain& chain_;
};

class FixedClock final : public Clock {
public:
    int64_t now = 2'000'000'000;
    [[nodiscard]] int64_t unix_time() const override { return now; }
    [[nodiscard]] SteadyTime steady() const override { return {}; }
};

}  // namespace sluice::test
