// Peg-in inputs: the witness that claims a deposit, what is wrong with one, and the output that it stands for
// (transactions.md section 9). Pure; any thread. Whether the parent chain really buried the deposit is a question of
// its own (judge_depth).
#pragma once

#include <span>
#include <string>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/fedpeg_script.h"
#include "consensus/primitives/transaction.h"
#include "consensus/primitives/verdict.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"
#include "peg/proof/parent_view.h"

namespace sluice::peg {

inline constexpr size_t kPeginStack = 6;                  // items
inline constexpr size_t kMaxClaimScript = 100;            // bytes
inline constexpr uint32_t kParentCoinbaseMaturity = 100;  // blocks

// What the first four items of a witness say; enough to spend the deposit, not to believe it.
struct PeginClaim {
    Amount value;
    AssetId asset;
    ParentGenesis genesis;
    Script claim_script;
};
// The error is for logs.
Result<PeginClaim> parse_claim(const WitnessStack& stack);
// The output that the claim stands for as a spent coin.
TxOut claimed_output(const PeginClaim& claim);

// A claim whose proof holds by itself.
struct PeginProof {
    PeginClaim claim;
    parent::ParentOutPoint deposit;
    parent::ParentBlockHash block;
    uint32_t tx_index = 0;   // in that block
    uint32_t tx_count = 0;   // of that block, as the proof says
    bool ambiguous = false;  // without the block's real count, the transaction may be an inner node of the tree
    // Of a parent whose blocks are signed: the header, whose signatures are still to be checked (rules::check_claim
    // does).
    std::shared_ptr<const BlockHeader> signed_parent;
};
// Steps 1 to 5 of section 9, but for signatures of a parent's block. Precondition: in.is_pegin. The error says which
// part is wrong.
Result<PeginProof> check_pegin(const TxIn& in, std::span<const FedpegScript> fedpegs, const ChainParams& params);

// Depth of the claim's block, never Invalid: Deferred while the parent chain, as this view has it, does not bear the
// claim out.
Judged<void> judge_depth(const PeginProof& proof, const ParentView& view, const ChainParams& params);

// The first output of a Bitcoin transaction that pays one of these federations for this claim script.
std::optional<uint32_t> find_deposit(const parent::ParentTransaction& tx, std::span<const FedpegScript> fedpegs,
                                     const Script& claim_script);

// The witness that claims output `index` of a Bitcoin transaction with `proof` (gettxoutproof). nullopt if there is no
// such output.
std::optional<WitnessStack> make_pegin_witness(const ChainParams& params, const parent::ParentTransaction& tx,
                                               uint32_t index, const parent::MerkleBlock& proof,
                                               const Script& claim_script);

}  // namespace sluice::peg
