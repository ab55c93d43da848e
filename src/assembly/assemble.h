// Block templates: an unsigned block on the tip (blocks-and-dynafed.md section 12, federation-design.md section 3).
// State thread, as the pool's and the chain's. The caller tests the result on the chain before it shows it to anybody.
#pragma once

#include <memory>
#include <string>

#include "assembly/block_policy.h"
#include "assembly/select.h"
#include "chain/chain_state.h"
#include "consensus/params/chain_params.h"
#include "mempool/tip_source.h"

namespace sluice::assembly {

struct BlockRequest {
    uint32_t time = 0;                // Unix seconds; raised above the median time past
    std::vector<Script> commitments;  // scripts of the coinbase's first outputs, which carry no value
    // Whom the fees in the policy asset are paid to, with the subsidy. Empty: nobody, they are burnt. Chains with a
    // mandatory destination pay that one.
    Script fee_destination;
    DynafedEntry proposed;  // null: no vote
    size_t max_weight = 4'000'000;
    size_t reserved_weight = 0;  // for header and coinbase, if they weigh less
    mempool::FeeRate min_rate{100};
    std::optional<int32_t> version;                     // else as deployments have it
    std::function<bool(const mempool::Entry&)> may_go;  // as SelectLimits::may_go
};

// The error says what cannot be: no room for the commitments, or a vote where dynafed is not active.
Result<std::shared_ptr<Block>> assemble(const mempool::Mempool& pool, const mempool::Tip& tip,
                                        const ChainParams& params, const BlockRequest& request);

// Assembles on the chain's tip, signs for nobody, and tests all but the proof. Follows the pool first. Transactions
// that no block can take just now are left out rather than failing it.
Result<std::shared_ptr<Block>> new_block(chain::ChainState& chain, mempool::Mempool& pool, mempool::TipSource& tips,
                                         const BlockRequest& request);

void apply(BlockRequest& request, const BlockPolicy& policy);

// What getnewblockhex asks for: fees to the mandatory destination or to anyone, and each commitment as OP_RETURN
// <data>.
BlockRequest getnewblock_request(const ChainParams& params, const std::vector<Bytes>& commitments,
                                 const DynafedEntry& proposed, int64_t now, int64_t min_tx_age);
// A vote as getnewblockhex takes it: always full, its fedpeg program the P2WSH of its script.
DynafedEntry make_proposal(const Script& signblockscript, uint32_t witness_limit, const Script& fedpegscript,
                           const std::vector<Bytes>& extension_space);

// Puts in the proof of a chain that anybody may sign: OP_TRUE, or P2WSH of it. Others stay as they are.
void seal_if_open(BlockHeader& header);

// Makes and connects `count` blocks on a chain that anybody may sign; fees to `destination`. The error says why the
// chain is none.
Result<std::vector<BlockHash>> generate(chain::ChainState& chain, mempool::Mempool& pool, mempool::TipSource& tips,
                                        const Clock& clock, size_t count, const Script& destination,
                                        const BlockPolicy& policy = {});

// Recomputes the witness commitment (if there is one) and the Merkle root; for whoever changes a block's transactions.
void finish(Block& block);

}  // namespace sluice::assembly
