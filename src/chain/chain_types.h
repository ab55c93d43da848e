// What chain tells the rest of the node: values, shared freely between threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "consensus/primitives/block.h"
#include "consensus/primitives/verdict.h"
#include "consensus/rules/block_delta.h"

namespace sluice::chain {

// One known header, with where it stood when it was asked for.
struct BlockInfo {
    BlockHash hash;
    BlockHash prev;                 // zero for genesis
    std::optional<BlockHash> next;  // on the active chain
    uint32_t height = 0;
    uint32_t time = 0;              // Unix seconds
    uint32_t median_time_past = 0;  // Unix seconds
    int32_t version = 0;
    uint32_t tx_count = 0;        // 0 while the block is unknown
    uint64_t chain_tx_count = 0;  // from genesis; 0 while any of the blocks is unknown
    bool active = false;          // on the active chain
    bool has_block = false;
    bool has_undo = false;
    bool failed = false;   // it or an ancestor is invalid
    bool checked = false;  // was connected once
};

struct ChainTip {
    BlockHash hash;
    uint32_t height = 0;
    uint32_t time = 0;              // Unix seconds
    uint32_t median_time_past = 0;  // Unix seconds
    uint64_t chain_tx_count = 0;
    // The best header that is not known to be bad; at least as high as the tip.
    BlockHash best_header;
    uint32_t best_header_height = 0;
    // True from start until the tip is recent; then false for good.
    bool initial_download = true;
};

struct BlockConnected {
    BlockInfo info;
    std::shared_ptr<const Block> block;
    std::shared_ptr<const rules::BlockDelta> delta;
};
struct BlockDisconnected {
    BlockInfo info;
    std::shared_ptr<const Block> block;
    std::shared_ptr<const rules::BlockDelta> delta;
};
// After a sequence of the above: the chain rests here.
struct TipChanged {
    ChainTip tip;
};
struct HeaderAccepted {
    BlockInfo info;
};
using ChainEvent = std::variant<BlockConnected, BlockDisconnected, TipChanged, HeaderAccepted>;

// Called on the state thread, inside the change: post onward, return at once, do not call back into ChainState.
using ChainListener = std::function<void(const ChainEvent&)>;

// How a block that was handed in fared.
struct BlockOutcome {
    BlockHash hash;
    bool is_new = false;             // its bytes were not known before
    bool active = false;             // it stands on the active chain now
    std::optional<Failure> failure;  // why it was refused; Deferred: it is kept and will be tried again

    // What BIP22's submitblock answers; nullopt: accepted.
    [[nodiscard]] std::optional<std::string> bip22() const;
};

}  // namespace sluice::chain
