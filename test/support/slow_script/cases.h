// Spends and scripts drawn from a stream of octets, built so that most of them get far: signatures sign, tweaks tweak,
// operands have the right form more often than not. Any stream gives a case; what it lacks at its end reads as zeros.
#pragma once

#include <optional>
#include <span>

#include "consensus/script/checker.h"
#include "support/slow_script/slow_script.h"

namespace sluice::slow {

class Draw {
public:
    explicit Draw(std::span<const uint8_t> stream) : stream_(stream) {}
    uint8_t byte();
    uint32_t u32();
    // In [0, bound). Precondition: 1 <= bound <= 256.
    uint32_t below(uint32_t bound) { return byte() % bound; }
    // False once the stream is used up. Precondition: 2 <= times <= 256.
    bool once_in(uint32_t times) { return below(times) == times - 1; }
    Octets bytes(size_t count);
    template <class T>
    T of(std::initializer_list<T> list) {
        return list.begin()[below(static_cast<uint32_t>(list.size()))];
    }
    [[nodiscard]] bool empty() const { return at_ >= stream_.size(); }

private:
    std::span<const uint8_t> stream_;
    size_t at_ = 0;
};

// A transaction, what it spends, and under which flags input `index` is judged.
struct SpendCase {
    Transaction tx;
    std::vector<TxOut> spent;
    size_t index = 0;
    BlockHash genesis;
    uint32_t flags = 0;
    [[nodiscard]] Spending spending() const;
};

// One script on a stack, run as if input `index` of `on` ran it.
struct ScriptCase {
    SpendCase on;
    Version version = Version::kLegacy;
    std::vector<Octets> stack;
    Octets script;
    TaprootState state;
};

SpendCase draw_spend(Draw& draw);
ScriptCase draw_script(Draw& draw);

}  // namespace sluice::slow
