#include "consensus/script/taproot.h"

#include "consensus/script/introspection.h"
#include "crypto/hash_writer.h"
#include "crypto/keys.h"

namespace sluice::script {

namespace {
// The tag is hashed once a process, not once a use.
Sha256 tap_leaf() {
    static const Sha256 kHasher = tagged_hasher("TapLeaf/elements");
    return kHasher;
}
Sha256 tap_branch() {
    static const Sha256 kHasher = tagged_hasher("TapBranch/elements");
    return kHasher;
}
Sha256 tap_sighash() {
    static const Sha256 kHasher = tagged_hasher("TapSighash/elements");
    return kHasher;
}

void write_issuance_proofs(Writer& w, const TxInWitness& witness) {
    w.var_bytes(witness.issuance_amount_rangeproof);
    w.var_bytes(witness.inflation_keys_rangeproof);
}
void write_output_witness(Writer& w, const TxOutWitness& witness) {
    w.var_bytes(witness.surjection_proof);
    w.var_bytes(witness.rangeproof);
}
void write_issuance_or_zero(Writer& w, const TxIn& in) {
    if (in.issuance.is_null()) {
        w.u8(0);
    } else {
        describe(w, in.issuance);
    }
}
}  // namespace

uint8_t outpoint_flags(const TxIn& in) {
    return static_cast<uint8_t>((in.issuance.is_null() ? 0 : 0x80) | (in.is_pegin ? 0x40 : 0));
}

Hash256 tapleaf_hash(uint8_t leaf_version, ByteView script) {
    HashWriter hash(tap_leaf());
    hash.u8(leaf_version);
    hash.var_bytes(script);
    return hash.sha256();
}

Hash256 tapbranch_hash(ByteView a, ByteView b) {
    Sha256 hash = tap_branch();
    if (std::ranges::lexicographical_compare(a, b)) {
        hash.write(a).write(b);
    } else {
        hash.write(b).write(a);
    }
    return hash.finish();
}

Hash256 taptweak_hash(ByteView internal_key, ByteView merkle_root) {
    static const Sha256 kHasher = tagged_hasher("TapTweak/elements");
    Sha256 hash = kHasher;
    return hash.write(internal_key).write(merkle_root).finish();
}

bool verify_taproot_commitment(ByteView control, ByteView program, const Hash256& leaf) {
    const auto internal_key = XOnlyPubKey::parse(control.subspan(1, 32));
    if (!internal_key) return false;
    Hash256 root = leaf;
    for (size_t at = kControlBase; at < control.size(); at += kControlNode) {
        root = tapbranch_hash(root.view(), control.subspan(at, kControlNode));
    }
    const Hash256 tweak = taptweak_hash(internal_key->view(), root.view());
    return internal_key->check_tweak(program, (control[0] & 1) != 0, tweak.view());
}

TaprootHashes compute_taproot_hashes(const Transaction& tx, std::span<const TxOut> spent, const BlockHash& genesis) {
    HashWriter flags, prevouts, assets_and_values, scripts, sequences, issuances, issuance_proofs, outputs,
        output_witnesses;
    TaprootHashes out;
    out.genesis = genesis;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        Writer& prevouts_writer = prevouts;
        flags.u8(outpoint_flags(in));
        describe(prevouts_writer, in.prevout);
        describe(assets_and_values, spent[i].asset);
        describe(assets_and_values, spent[i].value);
        scripts.var_bytes(spent[i].script.view());
        sequences.u32(in.sequence);
        write_issuance_or_zero(issuances, in);
        write_issuance_proofs(issuance_proofs, in.witness);
        out.each_spent_script.push_back(sha256(spent[i].script.view()));
    }
    for (const TxOut& output : tx.outputs) {
        describe(outputs, output);
        write_output_witness(output_witnesses, output.witness);
        out.each_output_script.push_back(sha256(output.script.view()));
    }
    out.tx_weight = 3 * serialized_size(tx, WitnessForm::kWithout) + serialized_size(tx, WitnessForm::kWith);
    out.outpoint_flags = flags.sha256();
    out.prevouts = prevouts.sha256();
    out.spent_assets_and_values = assets_and_values.sha256();
    out.spent_scripts = scripts.sha256();
    out.sequences = sequences.sha256();
    out.issuances = issuances.sha256();
    out.issuance_proofs = issuance_proofs.sha256();
    out.outputs = outputs.sha256();
    out.output_witnesses = output_witnesses.sha256();
    return out;
}

namespace {

void write_whole_transaction_inputs(Writer& w, const TaprootHashes& hashes) {
    for (const Hash256* hash : {&hashes.outpoint_flags, &hashes.prevouts, &hashes.spent_assets_and_values,
                                &hashes.spent_scripts, &hashes.sequences, &hashes.issuances, &hashes.issuance_proofs}) {
        w.raw(hash->view());
    }
}

void write_this_input(Writer& w, const TxIn& in, const TxOut& spent) {
    w.u8(outpoint_flags(in));
    describe(w, in.prevout);
    describe(w, spent.asset);
    describe(w, spent.value);
    w.var_bytes(spent.script.view());
    w.u32(in.sequence);
    write_issuance_or_zero(w, in);
    if (in.issuance.is_null()) return;
    HashWriter proofs;
    write_issuance_proofs(proofs, in.witness);
    w.raw(proofs.sha256().view());
}

void write_this_output(Writer& w, const TxOut& output) {
    HashWriter alone, witness;
    Writer& alone_writer = alone;
    describe(alone_writer, output);
    write_output_witness(witness, output.witness);
    w.raw(alone.sha256().view());
    w.raw(witness.sha256().view());
}

}  // namespace

std::optional<Hash256> sighash_taproot(const Transaction& tx, size_t index, std::span<const TxOut> spent,
                                       uint8_t hash_type, SigVersion version, const TaprootContext& context,
                                       const TaprootHashes& hashes) {
    CHECK(index < tx.inputs.size() && spent.size() == tx.inputs.size());
    if (hash_type > kSighashSingle && (hash_type < 0x81 || hash_type > 0x83)) return std::nullopt;
    const uint8_t output_type = hash_type == kSighashDefault ? kSighashAll : hash_type & 3;
    const bool anyone_can_pay = (hash_type & kSighashAnyoneCanPay) != 0;
    const bool script_path = version == SigVersion::kTapscript;
    if (output_type == kSighashSingle && index >= tx.outputs.size()) return std::nullopt;

    HashWriter hash(tap_sighash());
    Writer& w = hash;
    w.raw(hashes.genesis.view());
    w.raw(hashes.genesis.view());
    w.u8(hash_type);
    w.i32(tx.version);
    w.u32(tx.lock_time);
    if (!anyone_can_pay) write_whole_transaction_inputs(w, hashes);
    if (output_type == kSighashAll) {
        w.raw(hashes.outputs.view());
        w.raw(hashes.output_witnesses.view());
    }
    w.u8(static_cast<uint8_t>((script_path ? 2 : 0) | (context.has_annex ? 1 : 0)));
    if (anyone_can_pay) {
        write_this_input(w, tx.inputs[index], spent[index]);
    } else {
        w.u32(static_cast<uint32_t>(index));
    }
    if (context.has_annex) w.raw(context.annex_hash.view());
    if (output_type == kSighashSingle) write_this_output(w, tx.outputs[index]);
    if (script_path) {
        w.raw(context.leaf_hash.view());
        w.u8(0);  // version of 32-byte keys
        w.u32(context.code_separator_position);
    }
    return hash.sha256();
}

}  // namespace sluice::script
