#include "peg/proof/pegin.h"

#include <algorithm>

#include "consensus/script/script.h"
#include "peg/proof/contract.h"

namespace sluice::peg {
namespace {

constexpr uint32_t kDynafedBit = 0x80000000;  // of the version on the wire
constexpr size_t kAmbiguousSize = 64;         // bytes of two hashes side by side

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

// What a claim's proof shows of the parent chain, whichever kind it is.
struct Shown {
    parent::ParentBlockHash block;
    parent::ParentTxid matched;
    uint32_t tx_index = 0;
    uint32_t tx_count = 0;
    bool ambiguous = false;
    std::shared_ptr<const BlockHeader> signed_parent;
};
// The output that the claim spends.
struct Paid {
    Amount value;
    Script script;
};

// The tree leads from exactly one transaction to the root.
Result<Shown> follow_tree(const parent::PartialMerkleTree& tree, const parent::ParentMerkleRoot& root) {
    const auto matches = parent::extract_matches(tree);
    if (!matches || matches->root != root || matches->matches.size() != 1) {
        return fail("Could not extract block and tx from merkleblock.");
    }
    Shown out;
    out.matched = matches->matches[0].txid;
    out.tx_index = matches->matches[0].index;
    out.tx_count = tree.transactions;
    out.ambiguous = matches->ambiguous_node;
    return out;
}

Result<Shown> show_bitcoin(const Bytes& bytes, const WorkLimit& limit) {
    const auto block = decode<parent::MerkleBlock>(bytes);
    if (!block) return fail("Could not extract block and tx from merkleblock.");
    Shown out = TRY(follow_tree(block->tree, block->header.merkle_root));
    out.block = parent::compute_hash(block->header);
    if (!parent::check_pow(out.block, block->header.bits, parent::U256::from_le(limit.view()))) {
        return fail("Parent proof of work is invalid or insufficient.");
    }
    return out;
}

struct SignedMerkleBlock {
    BlockHeader header;
    parent::PartialMerkleTree tree;
};
// HeaderForm::kUnsigned of a dynafed header.
void read_unsigned(Reader& reader, BlockHeader& header) {
    const uint32_t version = reader.u32();
    if ((version & kDynafedBit) == 0) return reader.fail(DecodeError::kBadValue);
    header.version = static_cast<int32_t>(version & ~kDynafedBit);
    field(reader, header.prev);
    field(reader, header.merkle_root);
    field(reader, header.time);
    field(reader, header.height);
    DynafedHeader dynafed;
    field(reader, dynafed.current);
    field(reader, dynafed.proposed);
    // Two null entries say nothing: as everywhere, that is a legacy header with an empty proof, which must hold.
    if (dynafed.current.is_null() && dynafed.proposed.is_null()) {
        header.seal = BlockProof{};
    } else {
        header.seal = std::move(dynafed);
    }
}

// A dynafed header stands there with its signatures or without: the reference's releases leave them out, its newest
// code does not.
std::optional<SignedMerkleBlock> decode_signed(const Bytes& bytes) {
    for (const bool with_signatures : {true, false}) {
        SignedMerkleBlock out;
        Reader reader(bytes);
        if (with_signatures) {
            describe(reader, out.header);
        } else {
            read_unsigned(reader, out.header);
        }
        describe(reader, out.tree);
        if (reader.finish()) return out;
    }
    return std::nullopt;
}

Result<Shown> show_signed(const Bytes& bytes) {
    std::optional<SignedMerkleBlock> block = decode_signed(bytes);
    if (!block) return fail("Could not extract block and tx from merkleblock.");
    Shown out = TRY(follow_tree(block->tree, parent::ParentMerkleRoot::from(block->header.merkle_root)));
    out.block = parent::ParentBlockHash::from(compute_hash(block->header));
    out.signed_parent = std::make_shared<const BlockHeader>(std::move(block->header));
    return out;
}

// The claimed output of a Bitcoin transaction. nullopt: it is another transaction, or has no such output.
std::optional<Paid> paid_by_bitcoin(const Bytes& bytes, const parent::ParentOutPoint& deposit, Shown& shown) {
    const auto tx = parent::decode_parent_tx(bytes);
    if (!tx || parent::compute_txid(*tx) != deposit.txid || deposit.index >= tx->outputs.size()) return std::nullopt;
    shown.ambiguous =
        shown.ambiguous || parent::serialized_size(*tx, parent::ParentWitness::kWithout) == kAmbiguousSize;
    return Paid{tx->outputs[deposit.index].value, tx->outputs[deposit.index].script};
}
// Of a transaction of an Elements-style parent: amount and asset in the open, the asset the one that is pegged.
std::optional<Paid> paid_by_elements(const Bytes& bytes, const parent::ParentOutPoint& deposit, const AssetId& pegged) {
    const TxRef tx = parse_tx(bytes);
    if (tx == nullptr || parent::ParentTxid::from(tx->txid) != deposit.txid || deposit.index >= tx->tx.outputs.size())
        return std::nullopt;
    const TxOut& out = tx->tx.outputs[deposit.index];
    if (!out.is_explicit() || out.asset.explicit_value() != pegged) return std::nullopt;
    return Paid{out.value.explicit_value(), out.script};
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
    const bool work = params.parent.has_work();
    Shown shown = work ? TRY(show_bitcoin(stack[kProof], params.parent.work_limit)) : TRY(show_signed(stack[kProof]));
    const std::optional<Paid> paid =
        work ? paid_by_bitcoin(stack[kTransaction], out.deposit, shown)
             : paid_by_elements(stack[kTransaction], out.deposit, params.parent.pegged_asset);
    if (!paid || paid->value != out.claim.value || !pays_federation(paid->script, fedpegs, out.claim.claim_script)) {
        return fail("Peg-in tx is invalid.");
    }
    if (shown.matched != out.deposit.txid) return fail("Merkle proof and txid mismatch.");
    if (out.claim.genesis != params.parent.genesis) return fail("Parent genesis block mismatch.");
    if (out.claim.asset != params.pegged_asset) return fail("Asset is not the pegged asset.");

    out.block = shown.block;
    out.tx_index = shown.tx_index;
    out.tx_count = shown.tx_count;
    out.ambiguous = shown.ambiguous;
    out.signed_parent = std::move(shown.signed_parent);
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

std::optional<uint32_t> find_deposit(const parent::ParentTransaction& tx, std::span<const FedpegScript> fedpegs,
                                     const Script& claim_script) {
    for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
        if (pays_federation(tx.outputs[i].script, fedpegs, claim_script)) return i;
    }
    return std::nullopt;
}

std::optional<WitnessStack> make_pegin_witness(const ChainParams& params, const parent::ParentTransaction& tx,
                                               uint32_t index, const parent::MerkleBlock& proof,
                                               const Script& claim_script) {
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
