// What the member driver needs from the rest of the node, as narrow ports, so that members can be tested in one
// process. The driver lives on the federation thread: it calls ports there, and every answer and notice must come there
// too (an adapter posts it to that loop). node_chain.h and node_parent.h implement them over the real modules.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/primitives/verdict.h"
#include "peg/ledger/bitcoin_view.h"
#include "peg/parent/u256.h"
#include "util/result.h"

namespace sluice::member {

using BlockRef = std::shared_ptr<const Block>;

struct Tip {
    BlockHash hash;
    uint32_t height = 0;
    uint32_t time = 0;  // Unix seconds
};

struct BuildRequest {
    BlockHash prev;
    uint32_t time = 0;  // Unix seconds
    parent::ParentBlockHash commitment;
    std::optional<Bytes> plan;  // record to put into the coinbase
    bool claims = true;         // peg-in claims may be included
    DynafedEntry proposed;      // parameters to vote for; null: none
    // Claims are included only if this says so (depth at the committed block).
    std::function<bool(const Transaction&)> claim_fits;
};

struct TestVerdict {
    Judged<void> rules;                 // consensus, peg-in depth aside
    std::optional<std::string> ripens;  // a claim is not deep enough yet, as this node sees Bitcoin: what it waits for
};

class ChainPort {
public:
    virtual ~ChainPort() = default;

    [[nodiscard]] virtual Tip tip() const = 0;
    [[nodiscard]] virtual Result<BlockRef> block_at(uint32_t height) const = 0;  // active chain
    [[nodiscard]] virtual std::optional<BlockHash> hash_at(uint32_t height) const = 0;
    // Parameters that hold for the block after `tip` (full entry).
    [[nodiscard]] virtual Result<DynafedEntry> parameters_after(const BlockHash& tip) const = 0;

    // A block on `prev`, unsigned, coinbase laid out as federation-design section 3 says.
    virtual void build(BuildRequest request, std::function<void(Result<BlockRef>)> done) = 0;
    // All consensus rules but the proof, without changing anything.
    virtual void test(BlockRef block, std::function<void(TestVerdict)> done) = 0;
    // A signed block: connect it and tell the network.
    virtual void submit(BlockRef block, std::function<void(Status)> done) = 0;
    // Nothing at or below this height is reorganised from now on.
    virtual void set_final(uint32_t height) = 0;
};

// Bitcoin at one moment; immutable. Answers about different things never contradict each other.
class ParentSnapshot {
public:
    virtual ~ParentSnapshot() = default;
    [[nodiscard]] virtual parent::ParentBlockHash tip() const = 0;
    [[nodiscard]] virtual uint32_t height() const = 0;
    [[nodiscard]] virtual std::optional<parent::ParentBlockHash> hash_at(uint32_t height) const = 0;  // best chain
    [[nodiscard]] virtual std::optional<uint32_t> height_in_best(const parent::ParentBlockHash& hash) const = 0;
    // Work up to any known header, of any branch.
    [[nodiscard]] virtual std::optional<parent::U256> work(const parent::ParentBlockHash& hash) const = 0;
    // chain(c), complete for what was last asked to be watched; null while blocks up to c are not scanned, or if c is
    // not in the best chain.
    [[nodiscard]] virtual std::shared_ptr<const ledger::BitcoinView> view_at(
        const parent::ParentBlockHash& c) const = 0;
};

struct BroadcastResult {
    bool visible = false;  // the node shows the transaction (mempool or chain)
    std::string refusal;   // its words, if it gave any
};

class ParentPort {
public:
    virtual ~ParentPort() = default;
    // Null until the header chain is ready.
    [[nodiscard]] virtual std::shared_ptr<const ParentSnapshot> snapshot() const = 0;
    // What must be scanned for from now on; grows.
    virtual void watch(ledger::WatchList list) = 0;
    // Look for new blocks now rather than at the next poll.
    virtual void poll_soon() = 0;
    // sat/kvB; nullopt: the node has none.
    [[nodiscard]] virtual std::optional<uint32_t> fee_estimate() const = 0;
    // nullopt: the node did not answer.
    virtual void is_unspent(parent::ParentOutPoint outpoint, std::function<void(std::optional<bool>)> done) = 0;
    virtual void broadcast(parent::ParentTransaction tx, std::function<void(BroadcastResult)> done) = 0;
};

struct Manifest;

// Frames to other members; transport in the node, a switchboard in tests. Members are named by their place in the
// manifest's list.
class LinkPort {
public:
    virtual ~LinkPort() = default;
    virtual void send(uint8_t to, Bytes frame) = 0;
    // A successor of the manifest was loaded: it may name more members and other addresses.
    virtual void set_roster(const Manifest& manifest) = 0;
};

}  // namespace sluice::member
