#include "chain/refused_blocks.h"

#include <algorithm>

namespace sluice::chain {

void RefusedBlocks::remember(RefusedBlock refused) {
    const Failure& failure = refused.failure;
    if (failure.kind == Failure::Kind::kFault) return;
    if (failure.kind == Failure::Kind::kInvalid && failure.breach.rule.empty()) return;
    forget(refused.hash);
    kept_.push_back(std::move(refused));
    if (kept_.size() > kKept) kept_.pop_front();
    size_t scripts = 0;
    for (auto each = kept_.rbegin(); each != kept_.rend(); ++each) {
        if (each->failure.breach.script != nullptr && ++scripts > kScriptsKept) each->failure.breach.script = nullptr;
    }
}

void RefusedBlocks::forget(const BlockHash& hash) {
    std::erase_if(kept_, [&](const RefusedBlock& each) { return each.hash == hash; });
}

std::optional<RefusedBlock> RefusedBlocks::find(const BlockHash& hash) const {
    const auto found = std::ranges::find(kept_, hash, &RefusedBlock::hash);
    return found == kept_.end() ? std::nullopt : std::optional(*found);
}

}  // namespace sluice::chain
