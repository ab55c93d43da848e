#include "federation/signer/followed_chain.h"

#include <algorithm>
#include <map>

#include "federation/rules/block_proof.h"
#include "federation/rules/dynafed.h"

namespace sluice::signer {

using agreement::Refusal;

Hash256 FollowedChain::active_root() const {
    if (next_ % chain_.epoch_length == 0) {
        // Newest first: with epochs of few blocks more than one can have four fifths, rounded down.
        const size_t needed = chain_.epoch_length * 4 / 5;
        std::map<Hash256, size_t> votes;
        for (auto root = proposals_.rbegin(); root != proposals_.rend(); ++root) {
            if (!root->is_zero() && ++votes[*root] >= needed) return *root;
        }
    }
    return next_ == 1 ? sets_.front().root : root_;
}

Result<void, Refusal> FollowedChain::check(const BlockHeader& header, Proof proof) const {
    const auto wrong = [] { return unexpected(Refusal::kWrongHeader); };
    if (header.height != next_) return unexpected(Refusal::kWrongHeight);
    if (next_ == 0) {
        if (compute_hash(header) != chain_.genesis_hash) return wrong();
        return {};
    }
    if (header.prev != tip_ || !header.is_dynafed() || sets_.empty()) return wrong();
    const Hash256 root = active_root();
    if (fed_rules::entry_root(header.dynafed().current) != root) return wrong();
    if (std::ranges::find(sets_, root, &KnownSet::root) == sets_.end()) return wrong();
    if (proof == Proof::kCheck && !fed_rules::check_block_proof(header, chain_)) return wrong();
    return {};
}

void FollowedChain::take(const BlockHeader& header) {
    if (header.height % chain_.epoch_length == 0) proposals_.clear();
    root_ = header.is_dynafed() ? fed_rules::entry_root(header.dynafed().current) : Hash256{};
    proposals_.push_back(header.is_dynafed() ? fed_rules::entry_root(header.dynafed().proposed) : Hash256{});
    tip_ = compute_hash(header);
    next_ = header.height + 1;
}

}  // namespace sluice::signer
