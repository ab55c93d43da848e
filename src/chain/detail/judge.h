// The rules as ChainState asks for them, in the order in which the reference asks. Everything that chain knows of
// consensus/rules is here and in judge.cpp.
#pragma once

#include <set>

#include "chain/coin_cache.h"
#include "consensus/params/chain_params.h"
#include "consensus/primitives/header_view.h"
#include "consensus/primitives/verdict.h"
#include "consensus/rules/proof_cache.h"
#include "peg/proof/parent_view.h"
#include "runtime/worker_pool.h"

namespace sluice::rules {
class VersionBits;
}

namespace sluice::chain::judge {

// What the rules remember between blocks; state thread.
struct Judges {
    explicit Judges(const ChainParams& params);
    ~Judges();
    std::unique_ptr<rules::VersionBits> version_bits;
    rules::ProofCache proofs;  // the mempool puts in what it has verified
};

tl::unexpected<Failure> unknown_parent(const BlockHash& parent);
tl::unexpected<Failure> invalid_parent(const BlockHash& parent);

// The header by itself: its proof.
Judged<void> header_alone(const BlockHeader& header, const ChainParams& params);
// And after the branch's last header. `now` is Unix time in seconds.
Judged<void> header_in_place(const BlockHeader& header, const HeaderView& branch, const ChainParams& params,
                             Judges& judges, int64_t now);
// Precondition: the header is dynafed.
Hash256 proposed_root(const BlockHeader& header);
Judged<void> block_alone(const Block& block, const ChainParams& params, bool check_proof);
Judged<void> block_in_place(const Block& block, const HeaderView& branch, const ChainParams& params);

struct Place {
    const HeaderView& branch;  // ends with the block's parent
    const rules::CoinView& coins;
    const ChainParams& params;
    Judges& judges;
    const peg::ParentView* parent;  // null: not known
    bool check_pegin_depth;
    const std::set<OutPoint>& accepted_pegins;  // whatever their depth
    bool assumed_valid;  // the operator vouches for a descendant: scripts and amounts are not checked
};
// The block on the coins: all that is left, scripts and proofs included, run on the workers and this thread.
Judged<rules::BlockDelta> block_on_coins(const Block& block, const Place& place, runtime::WorkerPool& workers);

}  // namespace sluice::chain::judge
