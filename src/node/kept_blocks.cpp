#include "node/kept_blocks.h"

namespace sluice::node {
namespace {

constexpr size_t kMostKept = 2048;

// The rule that the block itself was found to break, if that was found.
std::optional<Failure> own_failure(const chain::BlockInfo& block, const chain::ChainState& chain) {
    const auto prev = chain.reader().find(block.prev);
    if (prev && prev->failed) return std::nullopt;
    auto refused = chain.refusal_of(block.hash);
    if (!refused || refused->failure.kind != Failure::Kind::kInvalid) return std::nullopt;
    return std::move(refused->failure);
}

}  // namespace

std::vector<sync::RefusedBlock> KeptBlocks::after(const BlockHash& hash, const chain::ChainState& chain) {
    std::vector<sync::RefusedBlock> refused;
    std::erase_if(kept_, [&](const BlockHash& kept) {
        const auto block = chain.reader().find(kept);
        if (!block || block->checked) return true;
        if (!block->failed) return false;
        if (auto failure = own_failure(*block, chain)) refused.push_back({kept, std::move(*failure)});
        return true;
    });
    const auto given = chain.reader().find(hash);
    if (given && given->has_block && !given->checked && !given->failed) kept_.push_back(hash);
    if (kept_.size() > kMostKept) kept_.pop_front();
    return refused;
}

}  // namespace sluice::node
