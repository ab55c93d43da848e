// What sync needs from the chain, the mempool and the workers: interfaces, with fakes in the tests and adapters in the
// node's composition. Called on the net thread. Answers that need a disk or another thread come through a callback, on
// the net thread, once, perhaps never if the node stops; never from inside the call that asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/primitives/verdict.h"

namespace sluice::sync {

// A header that the node knows.
struct KnownBlock {
    BlockHash hash;
    BlockHash prev;
    uint32_t height = 0;  // also its chain's work
    uint32_t time = 0;    // Unix seconds
    bool active = false;  // on the active chain
    bool has_block = false;
    bool failed = false;
    bool checked = false;  // it was connected once: every rule was found to hold
};

struct Tip {
    BlockHash hash;
    uint32_t height = 0;
    uint32_t time = 0;  // Unix seconds
    BlockHash best_header;
    uint32_t best_header_height = 0;
    uint32_t best_header_time = 0;
    bool initial_download = true;
};

struct HeadersResult {
    size_t accepted = 0;             // leading headers that are now known
    std::optional<Failure> failure;  // of headers[accepted]
};

struct RefusedBlock {
    BlockHash hash;
    Failure failure;
};

struct BlockResult {
    bool is_new = false;  // it was not here before
    bool active = false;  // it stands on the active chain now
    std::optional<Failure> failure;
    std::vector<RefusedBlock> refused;  // others, kept before, that broke a rule when they were to be connected
};

class ChainPort {
public:
    virtual ~ChainPort() = default;

    // From memory, at once.
    [[nodiscard]] virtual Tip tip() const = 0;
    [[nodiscard]] virtual std::optional<KnownBlock> find(const BlockHash& hash) const = 0;
    [[nodiscard]] virtual std::optional<KnownBlock> ancestor(const BlockHash& of, uint32_t height) const = 0;
    [[nodiscard]] virtual std::optional<KnownBlock> at_height(uint32_t height) const = 0;  // active chain
    [[nodiscard]] virtual std::vector<BlockHash> locator(const BlockHash& from) const = 0;
    // Of the active chain, after the first entry of `locator` on it, up to `stop` (zero: no stop), at most `most`.
    [[nodiscard]] virtual std::vector<KnownBlock> after(const std::vector<BlockHash>& locator, const BlockHash& stop,
                                                        size_t most) const = 0;
    // The first `most` blocks on the way to `toward` that are not here, lowest first, none above max_height.
    [[nodiscard]] virtual std::vector<KnownBlock> missing(const BlockHash& toward, size_t most,
                                                          uint32_t max_height) const = 0;

    // With an answer later.
    virtual void accept_headers(std::vector<BlockHeader> headers, std::function<void(HeadersResult)> done) = 0;
    virtual void accept_block(std::shared_ptr<const Block> block, bool requested,
                              std::function<void(BlockResult)> done) = 0;
    // Whole headers; those that cannot be read are null.
    virtual void read_headers(std::vector<BlockHash> hashes,
                              std::function<void(std::vector<std::shared_ptr<const BlockHeader>>)> done) = 0;
    virtual void read_block(const BlockHash& hash,
                            std::function<void(std::shared_ptr<const Block>)> done) = 0;  // null: gone
};

// A transaction of the mempool as relay sees it.
struct RelayTx {
    TxRef tx;
    int64_t fee = 0;     // satoshi of the policy asset
    uint32_t vsize = 0;  // discounted virtual bytes, as the fee filter counts
};

struct TxResult {
    enum class Kind {
        kAccepted,
        kKnown,          // in the pool already, or an equal one
        kMissingInputs,  // an orphan: `missing` names what to ask for
        kRejected,       // `invalid`: it breaks consensus and its sender is at fault; else policy
        kDeferred,       // cannot be judged now (the parent chain)
    };
    Kind kind = Kind::kRejected;
    std::vector<Txid> missing;  // never transactions of the parent chain
    bool invalid = false;
    // kRejected for want of a witness: its name may be the txid of a good transaction, and is not remembered.
    bool stripped = false;
    std::string reason;
};

class MempoolPort {
public:
    virtual ~MempoolPort() = default;
    virtual void accept(TxRef tx, std::function<void(TxResult)> done) = 0;
    // Satoshi per 1000 discounted virtual bytes below which nothing is accepted now.
    [[nodiscard]] virtual int64_t min_fee_rate() const = 0;
};

// Heavy decoding happens elsewhere: `job` on any thread, then `done` on the net thread.
class ComputePort {
public:
    virtual ~ComputePort() = default;
    virtual void run(std::function<void()> job, std::function<void()> done) = 0;
};

}  // namespace sluice::sync
