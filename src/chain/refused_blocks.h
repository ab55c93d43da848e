// RefusedBlocks: why the last blocks and headers were refused or must wait, so that an operator who asks later is told
// in full. In memory only, and bounded: the oldest goes first. One thread (state).
#pragma once

#include <deque>
#include <optional>

#include "consensus/primitives/ids.h"
#include "consensus/primitives/verdict.h"

namespace sluice::chain {

struct RefusedBlock {
    BlockHash hash;
    std::optional<uint32_t> height;  // where it would stand; nullopt: its parent is not known
    Failure failure;
};

class RefusedBlocks {
public:
    static constexpr size_t kKept = 64;
    // Of these at most so many hold on to a transaction and what it spends, for its failed script.
    static constexpr size_t kScriptsKept = 8;

    // A block that breaks a rule or must wait; the last word on it counts. Faults of this machine say nothing about it,
    // and an answer without a rule ("duplicate-invalid") nothing new.
    void remember(RefusedBlock refused);
    // It was accepted after all: the claim that it waited for is deep enough, or a sound copy of it came.
    void forget(const BlockHash& hash);
    [[nodiscard]] std::optional<RefusedBlock> find(const BlockHash& hash) const;

private:
    std::deque<RefusedBlock> kept_;  // oldest first
};

}  // namespace sluice::chain
