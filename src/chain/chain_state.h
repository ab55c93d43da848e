// ChainState: the chain that this node believes in. It keeps every header, stores blocks, judges them by the rules, and
// moves the coins, the claimed peg-ins and the tip together, one block to a database batch, so that a crash at any
// moment leaves the state of some block.
//
// Thread: everything here runs on the state thread; reader() may be used from any. Checks run on the worker pool and
// this thread; no lock is held. Errors: a Failure is about the block (Invalid, Deferred) or about the machine (Fault:
// after the first one every call answers with it, and the node must stop). It does not fetch blocks, keep a mempool or
// know of peers.
#pragma once

#include <memory>
#include <set>

#include "chain/chain_reader.h"
#include "chain/chain_types.h"
#include "chain/coin_cache.h"
#include "chain/refused_blocks.h"
#include "consensus/params/chain_params.h"
#include "peg/proof/parent_view.h"
#include "runtime/worker_pool.h"
#include "storage/disk.h"
#include "util/clock.h"

namespace sluice::rules {
class ProofCache;
}

namespace sluice::chain {

struct ChainData;
struct BlockNode;
namespace judge {
struct Judges;
}

struct ChainStateOptions {
    size_t db_cache_bytes = 64u << 20;
    size_t coin_cache_bytes = 64u << 20;
    uint32_t check_blocks = 6;  // blocks below the tip that are read back at start
    uint32_t max_block_file_bytes = 128u << 20;
    int64_t max_tip_age = 24 * 60 * 60;  // seconds; with an older tip the node says that it is catching up
    bool check_pegin_depth = true;       // -validatepegin
};

// What it uses; all outlive it.
struct ChainStateNeeds {
    storage::Disk& disk;
    const ChainParams& params;
    const Clock& clock;
    runtime::WorkerPool& workers;
};

struct TestBlockOptions {
    bool check_proof = false;  // proposals are not signed yet
    // False: peg-in depth aside. Nothing is remembered then, so connecting judges it.
    bool check_pegin_depth = true;
};

class ChainState {
public:
    // Opens or creates `chainstate` and `blocks/` on the disk and repairs what a crash left. Errors: another network's
    // directory, an unknown schema, damaged or lost data; nothing is deleted except what a crash left unfinished.
    static Result<std::unique_ptr<ChainState>> open(const ChainStateNeeds& needs, const ChainStateOptions& options);
    ~ChainState();
    ChainState(const ChainState&) = delete;
    ChainState& operator=(const ChainState&) = delete;

    // At composition, before start().
    void add_listener(ChainListener listener);
    // Moves to the best chain known. Call once, after the listeners.
    [[nodiscard]] Status start();

    [[nodiscard]] const ChainReader& reader() const;
    [[nodiscard]] const ChainParams& params() const { return needs_.params; }

    // Headers in order. Those before the first refused one are kept. A known header is fine unless it is known to be
    // bad.
    struct HeadersOutcome {
        size_t accepted = 0;             // leading headers that are now known
        size_t fresh = 0;                // of them, unknown before
        std::optional<Failure> failure;  // of headers[accepted]
    };
    HeadersOutcome accept_headers(const std::vector<BlockHeader>& headers);

    // Judges, stores and, if it makes the best chain, connects. `requested` false: kept only if it may matter soon.
    BlockOutcome accept_block(const std::shared_ptr<const Block>& block, bool requested = true);

    // Why a block or header was refused lately, or what it waits for; nullopt: not remembered (any more).
    [[nodiscard]] std::optional<RefusedBlock> refusal_of(const BlockHash& hash) const { return refused_.find(hash); }

    // Judges a block on the tip without changing anything; what it would change. The answer is remembered, so that the
    // same block, once signed, is connected without being checked twice. Invalid "inconclusive-not-best-prevblk" off
    // the tip.
    [[nodiscard]] Judged<std::shared_ptr<const rules::BlockDelta>> test_block(const std::shared_ptr<const Block>& block,
                                                                              const TestBlockOptions& options);

    // Operator's commands. Errors: unknown block, genesis, or a final one.
    [[nodiscard]] Status invalidate_block(const BlockHash& hash);
    [[nodiscard]] Status reconsider_block(const BlockHash& hash);
    // Prefers the block to others of its height, until the next start. Nothing happens if it is below the tip, bad or
    // incomplete. Errors: unknown block, or one that contradicts a final block.
    [[nodiscard]] Status precious_block(const BlockHash& hash);

    // Blocks of the active chain up to this height stay. It never falls. Precondition: height <= tip's.
    void set_final_height(uint32_t height);
    [[nodiscard]] uint32_t final_height() const { return final_height_; }

    // The parent chain as of now: from here on claims are judged by it, and deferred blocks are tried again, once.
    [[nodiscard]] Status set_parent_view(std::shared_ptr<const peg::ParentView> view);
    [[nodiscard]] const std::shared_ptr<const peg::ParentView>& parent_view() const { return parent_view_; }

    // The operator vouches for a deposit: from here on, also after a restart, blocks may claim it whatever its depth in
    // the parent chain, and deferred blocks are tried again. On disk when it returns.
    [[nodiscard]] Status accept_pegin(const OutPoint& deposit);

    // Coins at the tip, through the cache; for the mempool. Valid until the chain moves.
    [[nodiscard]] TipCoinView coins();
    // Proofs that were found good; the mempool adds to them, so that blocks need not verify them again.
    [[nodiscard]] rules::ProofCache& proofs();

private:
    struct Better {
        bool operator()(const BlockNode* a, const BlockNode* b) const;
    };
    struct Tested {
        BlockHash hash;
        std::shared_ptr<const rules::BlockDelta> delta;
    };

    ChainState(const ChainStateNeeds& needs, const ChainStateOptions& options);

    BlockOutcome take_block(const std::shared_ptr<const Block>& block, const BlockHash& hash, bool requested);
    void remember_refusal(const BlockHash& hash, const BlockHash& prev, const Failure& failure);

    // Start-up.
    Status create();
    Status load();
    Status check_recent();

    // `proven`: the proof was found good.
    Judged<BlockNode*> accept_header(const BlockHeader& header, bool proven);
    Judged<void> store_block(const Block& block, BlockNode& node);
    void mark_complete(BlockNode& node);
    void mark_invalid(BlockNode& node);
    void mark_branch(BlockNode& root, uint16_t bits);
    void rebuild_candidates();
    void rebuild_best_header();
    [[nodiscard]] BlockNode* best_candidate();
    [[nodiscard]] Status retry_deferred();

    // Moves to the best candidate; `given` saves reading a block back. The failure of `given`, if it had one.
    Judged<std::optional<Failure>> activate(const std::shared_ptr<const Block>& given, const BlockHash& given_hash);
    Judged<void> connect(BlockNode& node, const std::shared_ptr<const Block>& given);
    Judged<void> disconnect_tip();
    Judged<std::shared_ptr<const rules::BlockDelta>> known_delta(const Block& block, const BlockNode& node);
    // `node` is null for a proposal.
    Judged<std::shared_ptr<const rules::BlockDelta>> judge(const Block& block, const BlockHash& hash,
                                                           const BlockNode& prev, const BlockNode* node,
                                                           bool pegin_depth = true);
    [[nodiscard]] bool is_assumed_valid(const BlockNode& node) const;

    [[nodiscard]] BlockNode& tip_node() const;
    void put_node(const BlockNode& node);
    [[nodiscard]] Status flush(storage::Sync sync);
    void publish();
    void emit(const ChainEvent& event);
    Failure stop_with(const Error& error);
    Failure stop_with(const Failure& failure);

    ChainStateNeeds needs_;
    ChainStateOptions options_;
    std::unique_ptr<judge::Judges> judges_;
    std::unique_ptr<ChainData> data_;
    std::unique_ptr<ChainReader> reader_;
    CoinCache cache_;
    std::vector<ChainListener> listeners_;
    std::shared_ptr<const peg::ParentView> parent_view_;
    std::set<OutPoint> accepted_pegins_;

    storage::Batch pending_;  // written by the next flush
    bool unsynced_ = false;   // something was written that a power cut may take back
    bool any_deferred_ = false;
    std::set<BlockNode*, Better> candidates_;  // complete, not bad, not worse than the tip
    std::vector<BlockNode*> waiting_;          // have their block but not all of their ancestors'
    std::vector<Tested> tested_;
    RefusedBlocks refused_;
    static constexpr uint32_t kFirstSequence = 1U << 30;  // below: precious blocks, the last one lowest
    uint32_t next_sequence_ = kFirstSequence;
    uint32_t precious_sequence_ = kFirstSequence - 1;
    uint32_t final_height_ = 0;
    bool catching_up_ = true;
    std::optional<Failure> stopped_;  // the first fault
};

}  // namespace sluice::chain
