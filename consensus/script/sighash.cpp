#include "consensus/script/sighash.h"

namespace sluice::script {

void write_legacy_script_code(Writer& w, ByteView script_code) {
    Bytes kept;
    ScriptParser parser(script_code);
    size_t copied = 0;
    size_t separators = 0;
    while (const auto instruction = parser.next()) {
        if (instruction->opcode != OP_CODESEPARATOR) continue;
        append(kept, script_code.subspan(copied, parser.position() - 1 - copied));
        copied = parser.position();
        ++separators;
    }
    // Of a push that is cut short, only what says how long it is, although the length in front counts all of it. (No
    // script that ends so succeeds; the reference hashes this.)
    append(kept, script_code.subspan(copied, parser.position_after_length() - copied));
    w.compact_size(script_code.size() - separators);
    w.raw(kept);
}

void ElementsLayout::write_prevout(Writer& w, size_t i) const { describe(w, tx_.inputs[i].prevout); }
void ElementsLayout::write_issuance(Writer& w, size_t i) const { describe(w, tx_.inputs[i].issuance); }
void ElementsLayout::write_output(Writer& w, size_t i) const { describe(w, tx_.outputs[i]); }
void ElementsLayout::write_blank_output(Writer& w) const { w.u32(0); }  // null asset, value, nonce; empty script
void ElementsLayout::write_proofs(Writer& w, size_t i) const {
    // The order here is the reverse of the witness's.
    w.var_bytes(tx_.outputs[i].witness.rangeproof);
    w.var_bytes(tx_.outputs[i].witness.surjection_proof);
}

TxHashes compute_tx_hashes(const Transaction& tx) {
    return TxHashes{compute_v0_hashes(ElementsLayout(tx)), std::nullopt};
}

TxHashes compute_tx_hashes(const Transaction& tx, std::span<const TxOut> spent, const BlockHash& genesis) {
    CHECK(spent.size() == tx.inputs.size());
    TxHashes out = compute_tx_hashes(tx);
    const bool has_taproot = std::ranges::any_of(spent, [](const TxOut& coin) {
        const auto program = parse_witness_program(coin.script.view());
        return program && program->version == 1 && program->program.size() == 32;
    });
    if (has_taproot) out.taproot = compute_taproot_hashes(tx, spent, genesis);
    return out;
}

Hash256 sighash_legacy(const Transaction& tx, ByteView script_code, size_t index, HashType type) {
    return legacy_sighash(ElementsLayout(tx), script_code, index, type);
}

Hash256 sighash_v0(const Transaction& tx, ByteView script_code, size_t index, const ConfidentialValue& spent_value,
                   HashType type, const TxHashes& hashes) {
    ByteWriter value;
    Writer& w = value;
    describe(w, spent_value);
    return witness_v0_sighash(ElementsLayout(tx), script_code, index, value.bytes(), type, hashes.v0);
}

}  // namespace sluice::script
