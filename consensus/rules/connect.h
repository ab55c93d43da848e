// connect_block: what a block changes, if its parent's coins are as a view says they are (blocks-and-dynafed.md
// sections 9 and 11). Nothing is changed here. Pure but for the memory of VersionBits.
#pragma once

#include <set>

#include "consensus/primitives/header_view.h"
#include "consensus/rules/block_delta.h"
#include "consensus/rules/coin_view.h"
#include "consensus/rules/script_check.h"
#include "consensus/rules/versionbits.h"
#include "peg/proof/parent_view.h"

namespace sluice::rules {

enum class PeginDepth {
    kJudged,     // by the parent view; without one every claim is Deferred
    kNotJudged,  // -validatepegin=0
};
enum class Trust {
    kNone,
    kAssumedValid,  // an ancestor of a block that the operator vouches for: neither scripts nor amounts are checked
};

struct ConnectContext {
    const ChainParams& params;
    const HeaderView& parents;  // ends at the block's parent
    const CoinView& coins;      // after the block's parent
    VersionBits& version_bits;
    const peg::ParentView* parent_view = nullptr;
    PeginDepth pegin_depth = PeginDepth::kJudged;
    // Deposits whose depth this node's operator accepts as given; null: none.
    const std::set<OutPoint>* accepted_pegins = nullptr;
    Trust trust = Trust::kNone;
};

struct Connected {
    BlockDelta delta;
    // The block is valid if verify() says so of these:
    std::vector<ScriptCheck> checks;
    std::vector<std::shared_ptr<const SpendingTx>> hidden;  // transactions whose amounts stand behind commitments
};
// Preconditions: check_block and check_block_in_place passed; not the genesis block.
// Deferred only if nothing is wrong that can be told without the parent chain (scripts apart).
Judged<Connected> connect_block(const Block& block, const ConnectContext& context);

// What the genesis block changes: its outputs, unvalidated, where the chain connects them.
BlockDelta connect_genesis(const ChainParams& params);

// The spendable outputs of a transaction as new coins.
void append_coins(std::vector<CoinChange>& created, const ParsedTx& tx, uint32_t height);

}  // namespace sluice::rules
