// Accepting headers and blocks, and remembering what was judged. Moving the tip is in activate.cpp, start-up in
// open.cpp.
#include "chain/chain_state.h"

#include "chain/branch_view.h"
#include "chain/detail/chain_data.h"
#include "chain/detail/judge.h"
#include "codec/hex.h"
#include "util/log.h"

namespace sluice::chain {
namespace {

// An unrequested block this far above the tip is not stored: its ancestors are missing anyway.
constexpr uint32_t kMaxAhead = 288;
constexpr size_t kHeadersPerWrite = 1000;
// Proposals whose check is remembered until they come back signed.
constexpr size_t kMaxTested = 4;

}  // namespace

bool ChainState::Better::operator()(const BlockNode* a, const BlockNode* b) const { return is_better(*a, *b); }

ChainState::~ChainState() = default;

void ChainState::add_listener(ChainListener listener) { listeners_.push_back(std::move(listener)); }
const ChainReader& ChainState::reader() const { return *reader_; }
TipCoinView ChainState::coins() { return {*data_->db, cache_}; }
rules::ProofCache& ChainState::proofs() { return judges_->proofs; }
BlockNode& ChainState::tip_node() const { return *data_->active.back(); }

void ChainState::emit(const ChainEvent& event) {
    for (const ChainListener& listener : listeners_) listener(event);
}

Failure ChainState::stop_with(const Failure& failure) {
    CHECK(failure.kind == Failure::Kind::kFault);
    if (!stopped_) {
        stopped_ = failure;
        log_error("chain", "Stopping: {}", failure.reason);
    }
    return *stopped_;
}
Failure ChainState::stop_with(const Error& error) {
    return stop_with(Failure{Failure::Kind::kFault, error.message, {}, false});
}

void ChainState::put_node(const BlockNode& node) {
    pending_.put(block_key(kNodePrefix, node.hash), encode(data_->tree.record_of(node)));
}

Status ChainState::flush(storage::Sync sync) {
    if (pending_.empty() && (sync == storage::Sync::kBuffered || !unsynced_)) return {};
    TRY_VOID(data_->db->write(pending_, sync));
    pending_.clear();
    unsynced_ = sync == storage::Sync::kBuffered;
    return {};
}

void ChainState::publish() {
    const BlockNode& node = tip_node();
    if (catching_up_ && needs_.clock.unix_time() - node.time <= options_.max_tip_age) catching_up_ = false;
    auto tip = std::make_shared<ChainTip>();
    tip->hash = node.hash;
    tip->height = node.height;
    tip->time = node.time;
    tip->median_time_past = node.median_time_past;
    tip->chain_tx_count = node.chain_tx_count;
    tip->best_header = data_->best_header->hash;
    tip->best_header_height = data_->best_header->height;
    tip->initial_download = catching_up_;
    data_->tip.store(std::move(tip));
}

Judged<BlockNode*> ChainState::accept_header(const BlockHeader& header, bool proven) {
    const BlockHash hash = compute_hash(header);
    if (BlockNode* const known = data_->tree.find(hash); known != nullptr) {
        if (known->failed()) return invalid("duplicate-invalid");
        return known;
    }
    if (!proven) TRY_VOID(judge::header_alone(header, needs_.params));
    BlockNode* const prev = data_->tree.find(header.prev);
    if (prev == nullptr) return judge::unknown_parent(header.prev);
    if (prev->failed()) return judge::invalid_parent(header.prev);
    const BranchView branch(*prev, data_->headers);
    auto verdict = judge::header_in_place(header, branch, needs_.params, *judges_, needs_.clock.unix_time());
    if (branch.fault()) return tl::make_unexpected(stop_with(*branch.fault()));
    if (!verdict) return tl::make_unexpected(std::move(verdict).error());

    NodeRecord record;
    record.prev = header.prev;
    record.height = prev->height + 1;
    record.time = header.time;
    record.version = header.version;
    record.status = header.is_dynafed() ? kDynafed : 0;
    if (header.is_dynafed()) record.proposed_root = judge::proposed_root(header);
    BlockNode* node = nullptr;
    {
        const MutexLock lock(data_->mutex);
        node = data_->tree.insert(hash, record);
        if (node->height > data_->best_header->height) data_->best_header = node;
    }
    data_->headers.remember(hash, std::make_shared<const BlockHeader>(header));
    put_node(*node);
    pending_.put(block_key(kHeaderPrefix, hash), encode_header(header));
    emit(HeaderAccepted{data_->info_of(*node)});
    return node;
}

ChainState::HeadersOutcome ChainState::accept_headers(const std::vector<BlockHeader>& headers) {
    HeadersOutcome outcome;
    if (stopped_) {
        outcome.failure = stopped_;
        return outcome;
    }
    // Signatures take nearly all of the time and need nothing but the header: first, on all cores. The first bad one
    // ends it.
    std::vector<uint8_t> proven(headers.size());
    needs_.workers.run_all(headers.size(), [&](size_t i) {
        const bool known = data_->tree.find(compute_hash(headers[i])) != nullptr;
        proven[i] = !known && judge::header_alone(headers[i], needs_.params).has_value();
        return known || proven[i] != 0;
    });
    const size_t before = data_->tree.size();
    for (size_t i = 0; i < headers.size(); ++i) {
        auto node = accept_header(headers[i], proven[i] != 0);
        if (!node) {
            outcome.failure = std::move(node).error();
            remember_refusal(compute_hash(headers[i]), headers[i].prev, *outcome.failure);
            break;
        }
        ++outcome.accepted;
        // Before the header cache forgets what is not in the database yet.
        if (outcome.accepted % kHeadersPerWrite != 0) continue;
        if (auto written = flush(storage::Sync::kBuffered); !written) {
            outcome.failure = stop_with(written.error());
            return outcome;
        }
    }
    outcome.fresh = data_->tree.size() - before;
    if (auto written = flush(storage::Sync::kBuffered); !written) outcome.failure = stop_with(written.error());
    if (outcome.fresh != 0) publish();
    return outcome;
}

void ChainState::remember_refusal(const BlockHash& hash, const BlockHash& prev, const Failure& failure) {
    const BlockNode* const parent = data_->tree.find(prev);
    refused_.remember({hash, parent != nullptr ? std::optional(parent->height + 1) : std::nullopt, failure});
}

BlockOutcome ChainState::accept_block(const std::shared_ptr<const Block>& block, bool requested) {
    const BlockHash hash = compute_hash(block->header);
    BlockOutcome outcome = take_block(block, hash, requested);
    if (outcome.failure) remember_refusal(hash, block->header.prev, *outcome.failure);
    return outcome;
}

BlockOutcome ChainState::take_block(const std::shared_ptr<const Block>& block, const BlockHash& hash, bool requested) {
    BlockOutcome outcome;
    outcome.hash = hash;
    if (stopped_) {
        outcome.failure = stopped_;
        return outcome;
    }
    // Before the index is touched: a block that fails by itself may be somebody's damaged copy of a good one.
    if (auto verdict = judge::block_alone(*block, needs_.params, true); !verdict) {
        outcome.failure = std::move(verdict).error();
        return outcome;
    }
    auto accepted = accept_header(block->header, true);  // block_alone looked at the proof
    if (!accepted) {
        outcome.failure = std::move(accepted).error();
        return outcome;
    }
    BlockNode& node = **accepted;
    if (!node.has(kHasBlock)) {
        const uint32_t tip_height = tip_node().height;
        const bool matters = node.height >= tip_height && node.height <= tip_height + kMaxAhead;
        if (requested || matters) {
            if (auto stored = store_block(*block, node); !stored) {
                outcome.failure = std::move(stored).error();
                if (auto written = flush(storage::Sync::kBuffered); !written)
                    outcome.failure = stop_with(written.error());
                return outcome;
            }
            outcome.is_new = true;
        }
    }
    auto moved = activate(block, outcome.hash);
    if (!moved) {
        outcome.failure = std::move(moved).error();
        return outcome;
    }
    outcome.failure = std::move(*moved);
    if (auto written = flush(storage::Sync::kSynced); !written) outcome.failure = stop_with(written.error());
    outcome.active = data_->is_active(node);
    publish();
    return outcome;
}

Judged<void> ChainState::store_block(const Block& block, BlockNode& node) {
    const BranchView branch(*node.prev, data_->headers);
    auto verdict = judge::block_in_place(block, branch, needs_.params);
    if (branch.fault()) return tl::make_unexpected(stop_with(*branch.fault()));
    if (!verdict) {
        if (verdict.error().kind == Failure::Kind::kInvalid && !verdict.error().mutated) mark_invalid(node);
        return verdict;
    }
    const auto at = data_->store.append_block(block);
    if (!at) return tl::make_unexpected(stop_with(at.error()));
    {
        const MutexLock lock(data_->mutex);
        node.block = *at;
        node.tx_count = static_cast<uint32_t>(block.transactions.size());
        node.status |= kHasBlock;
        mark_complete(node);
    }
    put_node(node);
    pending_.put(single_key(kFileEndsKey), encode(data_->store.ends()));
    if (auto written = flush(storage::Sync::kBuffered); !written)
        return tl::make_unexpected(stop_with(written.error()));
    return {};
}

// The caller holds the lock. Marks the node, and every waiting descendant that it makes whole.
void ChainState::mark_complete(BlockNode& node) {
    if (node.prev != nullptr && !node.prev->has(kComplete)) {
        waiting_.push_back(&node);
        return;
    }
    std::vector<BlockNode*> ready{&node};
    while (!ready.empty()) {
        BlockNode* const at = ready.back();
        ready.pop_back();
        at->status |= kComplete;
        if (at->prev != nullptr) at->status |= at->prev->status & kDeferred;
        at->chain_tx_count = at->tx_count + (at->prev != nullptr ? at->prev->chain_tx_count : 0);
        at->sequence = next_sequence_++;
        const bool worse = !data_->active.empty() && is_better(*data_->active.back(), *at);
        if (!worse && !at->failed() && !at->has(kDeferred)) candidates_.insert(at);
        std::erase_if(waiting_, [&](BlockNode* waiting) {
            if (waiting->prev != at) return false;
            ready.push_back(waiting);
            return true;
        });
    }
}

void ChainState::mark_branch(BlockNode& root, uint16_t bits) {
    const MutexLock lock(data_->mutex);
    for (BlockNode& node : data_->tree.nodes()) {
        if (node.height > root.height && node.ancestor(root.height) == &root) node.status |= bits;
    }
}

void ChainState::mark_invalid(BlockNode& node) {
    {
        const MutexLock lock(data_->mutex);
        node.status |= kInvalid;
    }
    put_node(node);
    mark_branch(node, kInvalidAncestor);
    rebuild_candidates();
    rebuild_best_header();
}

void ChainState::rebuild_candidates() {
    candidates_.clear();
    for (BlockNode& node : data_->tree.nodes()) {
        if (!node.has(kComplete) || node.failed() || node.has(kDeferred)) continue;
        if (!is_better(tip_node(), node)) candidates_.insert(&node);
    }
}

void ChainState::rebuild_best_header() {
    BlockNode* best = &tip_node();
    for (BlockNode& node : data_->tree.nodes()) {
        if (!node.failed() && node.height > best->height) best = &node;
    }
    const MutexLock lock(data_->mutex);
    data_->best_header = best;
}

Judged<std::shared_ptr<const rules::BlockDelta>> ChainState::test_block(const std::shared_ptr<const Block>& block,
                                                                        const TestBlockOptions& options) {
    if (stopped_) return tl::make_unexpected(*stopped_);
    const BlockNode& tip = tip_node();
    if (block->header.prev != tip.hash) return invalid("inconclusive-not-best-prevblk");
    const BlockHash hash = compute_hash(block->header);
    const BranchView branch(tip, data_->headers);
    const auto check = [&]() -> Judged<void> {
        TRY_VOID(judge::header_in_place(block->header, branch, needs_.params, *judges_, needs_.clock.unix_time()));
        TRY_VOID(judge::block_alone(*block, needs_.params, options.check_proof));
        return judge::block_in_place(*block, branch, needs_.params);
    };
    auto verdict = check();
    if (branch.fault()) return tl::make_unexpected(stop_with(*branch.fault()));
    if (!verdict) return tl::make_unexpected(std::move(verdict).error());
    std::shared_ptr<const rules::BlockDelta> delta = TRY(judge(*block, hash, tip, nullptr, options.check_pegin_depth));
    if (!options.check_pegin_depth) return delta;
    if (tested_.size() >= kMaxTested) tested_.erase(tested_.begin());
    tested_.push_back({hash, delta});
    return delta;
}

Status ChainState::invalidate_block(const BlockHash& hash) {
    if (stopped_) return fail(stopped_->reason);
    BlockNode* const node = data_->tree.find(hash);
    if (node == nullptr) return fail("Block not found");
    if (node->prev == nullptr) return fail("The genesis block cannot be invalid");
    if (data_->is_active(*node) && node->height <= final_height_) {
        return fail("Block " + to_display(hash) + " is final: this node does not go back below height " +
                    std::to_string(final_height_));
    }
    const BlockNode* const before = &tip_node();
    while (data_->is_active(*node)) {
        if (auto done = disconnect_tip(); !done) return fail(done.error().reason);
    }
    const BlockNode* const left = &tip_node();
    mark_invalid(*node);
    if (auto moved = activate(nullptr, {}); !moved) return fail(moved.error().reason);
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    publish();
    // activate() tells of a better branch only; without one the chain rests here, and the mempool must hear of it as
    // well.
    if (left != before && &tip_node() == left) emit(TipChanged{*data_->tip.load()});
    return {};
}

Status ChainState::precious_block(const BlockHash& hash) {
    if (stopped_) return fail(stopped_->reason);
    BlockNode* const node = data_->tree.find(hash);
    if (node == nullptr) return fail("Block not found");
    if (node->height < tip_node().height || !node->has(kComplete) || node->failed() || node->has(kDeferred)) return {};
    const BlockNode* const fork = find_fork(node, &tip_node());
    if (fork->height < final_height_) return fail("Block " + to_display(hash) + " contradicts a final block");
    candidates_.erase(node);
    {
        const MutexLock lock(data_->mutex);
        node->sequence = precious_sequence_--;
    }
    candidates_.insert(node);
    if (auto moved = activate(nullptr, {}); !moved) return fail(moved.error().reason);
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    publish();
    return {};
}

Status ChainState::reconsider_block(const BlockHash& hash) {
    if (stopped_) return fail(stopped_->reason);
    BlockNode* const root = data_->tree.find(hash);
    if (root == nullptr) return fail("Block not found");
    for (BlockNode& node : data_->tree.nodes()) {
        const bool below = node.height >= root->height && node.ancestor(root->height) == root;
        const bool above = node.height < root->height && root->ancestor(node.height) == &node;
        const MutexLock lock(data_->mutex);
        if ((below || above) && node.has(kInvalid)) {
            node.status &= static_cast<uint16_t>(~kInvalid);
            put_node(node);
        }
        // Ancestors come first in the tree, so their answer is ready.
        if (node.prev != nullptr && node.prev->failed()) {
            node.status |= kInvalidAncestor;
        } else {
            node.status &= static_cast<uint16_t>(~kInvalidAncestor);
        }
    }
    rebuild_candidates();
    rebuild_best_header();
    if (auto moved = activate(nullptr, {}); !moved) return fail(moved.error().reason);
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    publish();
    return {};
}

void ChainState::set_final_height(uint32_t height) {
    CHECK(height <= tip_node().height);
    final_height_ = std::max(final_height_, height);
}

Status ChainState::set_parent_view(std::shared_ptr<const peg::ParentView> view) {
    if (stopped_) return fail(stopped_->reason);
    parent_view_ = std::move(view);
    return retry_deferred();
}

Status ChainState::accept_pegin(const OutPoint& deposit) {
    if (stopped_) return fail(stopped_->reason);
    pending_.put(accepted_pegin_key(deposit), {});
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    accepted_pegins_.insert(deposit);
    log_warning("chain", "the operator accepted the deposit {}:{} whatever its depth", to_display(deposit.txid),
                deposit.index);
    return retry_deferred();
}

Status ChainState::retry_deferred() {
    if (!any_deferred_) return {};
    any_deferred_ = false;
    data_->waiting.store(nullptr);
    {
        const MutexLock lock(data_->mutex);
        for (BlockNode& node : data_->tree.nodes()) node.status &= static_cast<uint16_t>(~kDeferred);
    }
    rebuild_candidates();
    if (auto moved = activate(nullptr, {}); !moved) return fail(moved.error().reason);
    if (auto written = flush(storage::Sync::kSynced); !written) return fail(stop_with(written.error()).reason);
    publish();
    return {};
}

}  // namespace sluice::chain
