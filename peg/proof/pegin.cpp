#include "peg/proof/pegin.h"

#include <algorithm>

#include "consensus/script/script.h"
#include "peg/proof/contract.h"

namespace sluice::peg {
namespace {

constexpr size_t kAmbiguousSize = 64;  // bytes of two hashes side by side

enum Item { kValue, kAsset, kGenesis, kClaimScript, kTransaction, kProof };

bool pays_federation(const Script& output, std::span<const FedpegScript> fedpegs, const Script& claim_script) {
    for (const FedpegScript& fedpeg : fedpegs) {
        const auto program = script::parse_witness_program(fedpeg.program.view());
        // Fact: a program of a later version says nothing about the script, and then any output will do.
        if (program && program->version > 0) return true;
        const std::optional<Script> expected = deposit_script(fedpeg, claim_script);
        if (expected && *expected == output) return true;
    }
    return false;
}

}  // namespace

Result<PeginClaim> parse_claim(const WitnessStack& stack) {
    if (stack.size() != kPeginStack) return fail("Not enough stack items.");
    PeginClaim claim;
    // Bytes after the eighth are ignored, as in the reference.
    Reader value(stack[kValue]);
    claim.value = Amount{value.i64()};
    if (!value.ok()) return fail("Could not deserialize value.");
    if (!in_money_range(claim.value)) return fail("Value was not in valid value range.");
    if (stack[kAsset].size() != AssetId::kSize) return fail("Asset type was not 32 bytes.");
    claim.asset = AssetId::from_view(stack[kAsset]);
    if (stack[kGenesis].size() != ParentGenesis::kSize) return fail("Parent genesis blockhash was not 32 bytes.");
    claim.genesis = ParentGenesis::from_view(stack[kGenesis]);
    if (stack[kClaimScript].size() > kMaxClaimScript) return fail("Claim script is too large.");
    claim.claim_script.bytes = stack[kClaimScript];
    return claim;
}

TxOut claimed_output(const PeginClaim& claim) {
    TxOut out;
    out.asset = claim.asset;
    out.value = claim.value;
    out.script = claim.claim_script;
    return out;
}

Result<PeginProof> check_pegin(const TxIn& in, std::span<const FedpegScript> fedpegs, const ChainParams& params) {
    CHECK(in.is_pegin);
    if (!params.parent.exists) return fail("Parent chain is not enabled on this network.");
    const WitnessStack& stack = in.witness.pegin_witness;
    PeginProof out;
    out.claim = TRY(parse_claim(stack));
    out.deposit = {parent::ParentTxid::from(in.prevout.txid), in.prevout.index};
    if (!params.parent.has_work()) return fail("Parent chains with signed blocks are not supported.");

    const auto block = decode<parent::MerkleBlock>(stack[kProof]);
    const auto matches = block ? parent::extract_matches(block->tree) : std::nullopt;
    if (!matches || matches->root != block->header.merkle_root || matches->matches.size() != 1) {
        return fail("Could not extract block and tx from merkleblock.");
    }
    out.block = parent::compute_hash(block->header);
    if (!parent::check_pow(out.block, block->header.bits, parent::U256::from_le(params.parent.work_limit.view()))) {
        return fail("Parent proof of work is invalid or insufficient.");
    }

    const auto tx = parent::decode_parent_tx(stack[kTransaction]);
    if (!tx || parent::compute_txid(*tx) != out.deposit.txid || out.deposit.index >= tx->outputs.size() ||
        tx->outputs[out.deposit.index].value != out.claim.value ||
        !pays_federation(tx->outputs[out.deposit.index].script, fedpegs, out.claim.claim_script)) {
        return fail("Peg-in tx is invalid.");
    }
    if (matches->matches[0].txid != out.deposit.txid) return fail("Merkle proof and txid mismatch.");
    if (out.claim.genesis != params.parent.genesis) return fail("Parent genesis block mismatch.");
    if (out.claim.asset != params.pegged_asset) return fail("Asset is not the pegged asset.");

    out.tx_index = matches->matches[0].index;
    out.tx_count = block->tree.transactions;
    out.ambiguous = matches->ambiguous_node || parent::serialized_size(*tx, parent::ParentWitness::kWithout) == kAmbiguousSize;
    return out;
}

Judged<void> judge_depth(const PeginProof& proof, const ParentView& view, const ChainParams& params) {
    const std::optional<ParentBlockStatus> status = view.find(proof.block);
    if (!status) return deferred("parent block of a peg-in is not known to be in the parent chain");
    // A coinbase of the parent cannot be spent, hence not paid out, before it is mature.
    const uint32_t needed = proof.tx_index == 0 ? std::max(params.parent.pegin_min_depth, kParentCoinbaseMaturity)
                                                : params.parent.pegin_min_depth;
    if (status->depth < needed) return deferred("Needs more confirmations.");
    if (status->tx_count ? *status->tx_count != proof.tx_count : proof.ambiguous) {
        return deferred("the parent block's transaction count does not settle a peg-in proof");
    }
    return {};
}

std::optional<WitnessStack> make_pegin_witness(const ChainParams& params, const parent::ParentTransaction& tx, uint32_t index,
                                               const parent::MerkleBlock& proof, const Script& claim_script) {
    if (index >= tx.outputs.size()) return std::nullopt;
    ByteWriter value;
    value.i64(tx.outputs[index].value.sat);
    return WitnessStack{value.release(),
                        to_bytes(params.pegged_asset.view()),
                        to_bytes(params.parent.genesis.view()),
                        claim_script.bytes,
                        encode_parent_tx(tx, parent::ParentWitness::kWithout),
                        encode(proof)};
}

}  // namespace sluice::peg
