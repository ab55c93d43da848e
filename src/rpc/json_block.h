// Headers and blocks as JSON, key for key as getblockheader and getblock print them. Pure.
#pragma once

#include <optional>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/block.h"
#include "consensus/rules/block_delta.h"
#include "rpc/json.h"

namespace sluice::rpc {

// What the chain knows about a header beyond its bytes.
struct HeaderFacts {
    int64_t confirmations = 0;  // -1: not on the active chain
    uint32_t median_time_past = 0;
    uint32_t tx_count = 0;
    std::optional<BlockHash> next;
};
Json header_json(const BlockHeader& header, const BlockHash& hash, const HeaderFacts& facts);

enum class BlockVerbosity { kTxids, kTransactions, kTransactionsAndPrevouts };
// `delta`: the change that the block made; needed for prevouts, otherwise null.
Json block_json(const Block& block, const BlockHash& hash, const HeaderFacts& facts, BlockVerbosity verbosity,
                const rules::BlockDelta* delta, const ChainParams& params);

Json dynafed_entry_json(const DynafedEntry& entry);

}  // namespace sluice::rpc
