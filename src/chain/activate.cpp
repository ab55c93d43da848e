// Moving the tip: the best candidate, connecting and disconnecting, one database batch a block.
#include <unordered_set>

#include "chain/branch_view.h"
#include "chain/chain_state.h"
#include "chain/detail/chain_data.h"
#include "chain/detail/judge.h"
#include "codec/hex.h"
#include "util/log.h"

namespace sluice::chain {
namespace {
constexpr int64_t kAssumedValidAge = 2 * 7 * 24 * 60 * 60;  // seconds
}

BlockNode* ChainState::best_candidate() {
    const BlockNode* const final_block = data_->active[final_height_];
    for (BlockNode* const node : candidates_) {
        if (node->height >= final_height_ && node->ancestor(final_height_) == final_block) return node;
    }
    return &tip_node();
}

Judged<std::optional<Failure>> ChainState::activate(const std::shared_ptr<const Block>& given,
                                                    const BlockHash& given_hash) {
    std::optional<Failure> of_given;
    const BlockNode* const before = &tip_node();
    while (true) {
        BlockNode* const best = best_candidate();
        if (best == &tip_node() || is_better(tip_node(), *best)) break;
        const BlockNode* const fork = find_fork(best, &tip_node());
        while (&tip_node() != fork) TRY_VOID(disconnect_tip());
        std::vector<BlockNode*> path;
        for (BlockNode* at = best; at != fork; at = at->prev) path.push_back(at);
        for (auto it = path.rbegin(); it != path.rend(); ++it) {
            BlockNode& node = **it;
            auto connected = connect(node, given != nullptr && node.hash == given_hash ? given : nullptr);
            if (connected) continue;
            Failure failure = std::move(connected).error();
            if (failure.kind == Failure::Kind::kFault) return tl::make_unexpected(std::move(failure));
            log_info("chain", "Block {} at height {} is {}: {} {}", to_display(node.hash), node.height,
                     failure.kind == Failure::Kind::kInvalid ? "refused" : "deferred", failure.reason, failure.detail);
            remember_refusal(node.hash, node.prev->hash, failure);
            if (failure.kind == Failure::Kind::kInvalid) {
                mark_invalid(node);
            } else {
                {
                    const MutexLock lock(data_->mutex);
                    node.status |= kDeferred;
                }
                any_deferred_ = true;
                data_->waiting.store(std::make_shared<const std::string>(
                    "Block " + to_display(node.hash) + " at height " + std::to_string(node.height) +
                    " waits: " + failure.reason + " " + failure.detail));
                mark_branch(node, kDeferred);
                rebuild_candidates();
            }
            if (node.hash == given_hash) of_given = std::move(failure);
            break;  // the next round finds the best of what is left, perhaps the branch that we came from
        }
    }
    std::erase_if(candidates_, [&](const BlockNode* node) { return is_better(tip_node(), *node); });
    if (&tip_node() != before) {
        publish();
        emit(TipChanged{*data_->tip.load()});
    }
    return of_given;
}

// The reference's rule: the vouched-for block is on the way to the best header, and so much is built on this one that
// faking it would have taken the signers' work of two weeks.
bool ChainState::is_assumed_valid(const BlockNode& node) const {
    if (needs_.params.assume_valid.is_zero()) return false;
    const BlockNode* const vouched = data_->tree.find(needs_.params.assume_valid);
    if (vouched == nullptr || vouched->height < node.height || vouched->ancestor(node.height) != &node) return false;
    const BlockNode& best = *data_->best_header;
    if (best.height < vouched->height || best.ancestor(vouched->height) != vouched) return false;
    return (best.height - node.height) * needs_.params.spacing.target_spacing > kAssumedValidAge;
}

Judged<std::shared_ptr<const rules::BlockDelta>> ChainState::judge(const Block& block, const BlockHash& hash,
                                                                   const BlockNode& prev, const BlockNode* node,
                                                                   bool pegin_depth) {
    for (const Tested& tested : tested_) {
        if (tested.hash == hash) return tested.delta;
    }
    const BranchView branch(prev, data_->headers);
    const TipCoinView coins(*data_->db, cache_);
    const bool depth = options_.check_pegin_depth && pegin_depth;
    const judge::Place place{branch,
                             coins,
                             needs_.params,
                             *judges_,
                             depth ? parent_view_.get() : nullptr,
                             depth,
                             accepted_pegins_,
                             node != nullptr && is_assumed_valid(*node)};
    auto delta = judge::block_on_coins(block, place, needs_.workers);
    // What rules said about data that could not be read means nothing.
    if (branch.fault()) return tl::make_unexpected(stop_with(*branch.fault()));
    if (coins.fault()) return tl::make_unexpected(stop_with(*coins.fault()));
    if (!delta) return tl::make_unexpected(std::move(delta).error());
    return std::make_shared<const rules::BlockDelta>(std::move(*delta));
}

// A block that was connected before changes the same things again, whatever happened elsewhere; only whether its claims
// are deep enough may have changed since. nullptr: judge it.
Judged<std::shared_ptr<const rules::BlockDelta>> ChainState::known_delta(const Block& block, const BlockNode& node) {
    if (!node.has(kChecked | kHasUndo)) return nullptr;
    auto payload = data_->store.read_undo(node.undo, node.prev->hash);
    if (!payload) return tl::make_unexpected(stop_with(payload.error()));
    auto delta = rebuild_delta(block, node.height, *payload);
    if (!delta)
        return tl::make_unexpected(stop_with(Error{"Undo data of block " + to_display(node.hash) + " is damaged"}));
    if (!delta->pegins.empty()) return nullptr;
    return std::make_shared<const rules::BlockDelta>(std::move(*delta));
}

Judged<void> ChainState::connect(BlockNode& node, const std::shared_ptr<const Block>& given) {
    CHECK(node.prev == &tip_node());
    std::shared_ptr<const Block> block = given;
    if (block == nullptr) {
        auto read = data_->store.read_block(node.block, node.hash);
        if (!read) return tl::make_unexpected(stop_with(read.error()));
        block = std::move(*read);
    }
    std::shared_ptr<const rules::BlockDelta> delta = TRY(known_delta(*block, node));
    if (delta == nullptr) delta = TRY(judge(*block, node.hash, *node.prev, &node));
    tested_.clear();  // judged on the tip that goes now

    storage::FlatPosition undo = node.undo;
    if (!node.has(kHasUndo)) {
        const auto at = data_->store.append_undo(node.prev->hash, encode_undo(delta->spent));
        if (!at) return tl::make_unexpected(stop_with(at.error()));
        undo = *at;
    }
    // Coins that the block both makes and spends never reach the database.
    std::unordered_set<OutPoint, OutPointHash> spent;
    for (const rules::CoinChange& change : delta->spent) spent.insert(change.outpoint);
    for (const rules::CoinChange& change : delta->created) {
        if (spent.erase(change.outpoint) == 0) pending_.put(coin_key(change.outpoint), encode_coin(change.coin));
    }
    for (const OutPoint& outpoint : spent) pending_.erase(coin_key(outpoint));
    for (const rules::PeginId& pegin : delta->pegins) pending_.put(pegin_key(pegin), {});
    {
        const MutexLock lock(data_->mutex);
        node.undo = undo;
        node.status |= kHasUndo | kChecked;
    }
    put_node(node);
    pending_.put(single_key(kTipKey), node.hash.view());
    pending_.put(single_key(kFileEndsKey), encode(data_->store.ends()));
    if (auto written = flush(storage::Sync::kSynced); !written) return tl::make_unexpected(stop_with(written.error()));

    cache_.apply(*delta);
    {
        const MutexLock lock(data_->mutex);
        data_->active.push_back(&node);
    }
    refused_.forget(node.hash);
    emit(BlockConnected{data_->info_of(node), std::move(block), delta});
    return {};
}

Judged<void> ChainState::disconnect_tip() {
    BlockNode& node = tip_node();
    CHECK(node.prev != nullptr && node.height > final_height_);
    auto block = data_->store.read_block(node.block, node.hash);
    if (!block) return tl::make_unexpected(stop_with(block.error()));
    auto payload = data_->store.read_undo(node.undo, node.prev->hash);
    if (!payload) return tl::make_unexpected(stop_with(payload.error()));
    auto rebuilt = rebuild_delta(**block, node.height, *payload);
    if (!rebuilt)
        return tl::make_unexpected(stop_with(Error{"Undo data of block " + to_display(node.hash) + " is damaged"}));
    const auto delta = std::make_shared<const rules::BlockDelta>(std::move(*rebuilt));

    tested_.clear();
    for (const rules::CoinChange& change : delta->spent)
        pending_.put(coin_key(change.outpoint), encode_coin(change.coin));
    for (const rules::CoinChange& change : delta->created) pending_.erase(coin_key(change.outpoint));
    for (const rules::PeginId& pegin : delta->pegins) pending_.erase(pegin_key(pegin));
    pending_.put(single_key(kTipKey), node.prev->hash.view());
    if (auto written = flush(storage::Sync::kSynced); !written) return tl::make_unexpected(stop_with(written.error()));

    cache_.undo(*delta);
    const BlockInfo info = data_->info_of(node);
    {
        const MutexLock lock(data_->mutex);
        data_->active.pop_back();
    }
    emit(BlockDisconnected{info, std::move(*block), delta});
    return {};
}

}  // namespace sluice::chain
