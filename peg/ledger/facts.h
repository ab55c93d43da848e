// What a final sidechain block means to the ledger, and the records that a federation's coinbase carries
// (federation-design sections 3 and 4.1). Pure.
#pragma once

#include <optional>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/block.h"
#include "peg/ledger/ledger.h"

namespace sluice::ledger {

struct CoinbaseRecords {
    std::optional<ParentBlockHash> committed;
    std::optional<Bytes> plan;  // a PLAN record's bytes, not yet decoded
};
// The first output of each kind counts.
CoinbaseRecords read_coinbase(const Transaction& coinbase);

// OP_RETURN 0a8ce26f <hash>: Liquid's own form.
Script make_commitment_script(const ParentBlockHash& hash);
// OP_RETURN "SLPN"<record>.
Script make_plan_script(ByteView plan);

// The Bitcoin transaction that a claim in this block shows as having made the deposit; empty if none does.
Bytes claimed_transaction(const Block& block, const ParentOutPoint& deposit);

// Precondition: the block keeps the rules; `payout_set` is the index of the set that is active at its height.
BlockFacts facts_of(const Block& block, const ChainParams& chain, const LedgerParams& params, uint32_t payout_set);

}  // namespace sluice::ledger
