// Acceptance: the local predicates of a fresh proposal (federation-design section 2 rule 4 and section 3), beside the
// consensus rules. Pure: what it looks at is handed in. They bind fresh prevotes only; a polka overrules them.
#pragma once

#include <string>

#include "consensus/params/chain_params.h"
#include "federation/agreement/height_machine.h"
#include "federation/member/manifest.h"
#include "federation/member/ports.h"
#include "peg/ledger/planner.h"

namespace sluice::member {

struct CoinbaseLayout {
    parent::ParentBlockHash commitment;
    std::optional<Bytes> plan;
};
// The outputs are the commitment, perhaps a PLAN, the fee output and the witness commitment, in this order and no
// others. The error says what is amiss.
Result<CoinbaseLayout> read_layout(const Transaction& coinbase, const ChainParams& params);

struct AcceptanceInput {
    const ChainParams& params;
    const Manifest& manifest;
    agreement::View view = 0;
    uint32_t prev_time = 0;  // Unix seconds
    parent::ParentBlockHash prev_commitment;
    int64_t wall = 0;                              // Unix seconds
    std::shared_ptr<const ParentSnapshot> parent;  // may be null
    const ledger::Ledger& ledger;                  // of the blocks before this one
    bool frozen = false;
    std::set<parent::ParentTxid> cancel;
    uint32_t set = 0;  // index of the set active at the block
    std::optional<uint32_t> fee_estimate;
};

struct Acceptance {
    agreement::Judgement judgement = agreement::Judgement::kNo;
    std::string reason;                            // of kNo and kDeferred
    std::vector<parent::ParentOutPoint> deposits;  // kYes only if these are unspent on the Bitcoin node
};
Acceptance judge_acceptance(const Block& block, const AcceptanceInput& input);

// May a fresh block on `prev` commit to c? (section 3)
bool commitment_advances(const ParentSnapshot& parent, const parent::ParentBlockHash& prev,
                         const parent::ParentBlockHash& c);
// The required depth of a claim's block, counted at c.
bool claim_is_deep(const Transaction& tx, const ParentSnapshot& parent, uint32_t c_height, const ChainParams& params);

}  // namespace sluice::member
