// Opcodes that look at the transaction (protocol page "script", section 4).
#include "consensus/script/detail/evaluation.h"
#include "consensus/script/script_num.h"

namespace sluice::script::detail {

Result<const Introspection*, ScriptError> Evaluation::introspection() const {
    const Introspection* on = checker_.introspection();
    if (on == nullptr) return script_fail(ScriptError::kIntrospectContextUnavailable);
    return on;
}

Result<size_t, ScriptError> Evaluation::checked_index(int64_t index, size_t count) const {
    if (index < 0 || static_cast<uint64_t>(index) >= count)
        return script_fail(ScriptError::kIntrospectIndexOutOfBounds);
    return static_cast<size_t>(index);
}

namespace {
// A field as it stands in a transaction: prefix, then body.
template <class Field>
Bytes wire_form(const Field& field) {
    ByteWriter out;
    Writer& w = out;
    describe(w, field);
    return out.release();
}
}  // namespace

void Evaluation::push_asset(const ConfidentialAsset& asset) {
    Bytes wire = wire_form(asset);
    const uint8_t prefix = wire[0];
    wire.erase(wire.begin());
    push(std::move(wire));
    push({prefix});
}

// Explicit values are pushed little-endian, unlike in transactions; null counts as an explicit zero.
void Evaluation::push_value(const ConfidentialValue& value) {
    if (!value.is_commitment()) {
        push_little_endian(value.is_null() ? 0 : static_cast<uint64_t>(value.explicit_value().sat), 8);
        push({0x01});
        return;
    }
    const ByteView commitment = value.commitment().view();
    push(to_bytes(commitment.subspan(1)));
    push({commitment[0]});
}

void Evaluation::push_script_pubkey(const Script& script, const Hash256& hash) {
    if (const auto program = parse_witness_program(script.view())) {
        push(to_bytes(program->program));
        push_number(program->version);
        return;
    }
    push(to_bytes(hash.view()));
    push_number(-1);
}

ScriptResult Evaluation::inspect_input(uint8_t opcode) {
    TRY_VOID(need(1));
    const int64_t wanted = TRY(number(0));
    pop();
    const Introspection& on = *TRY(introspection());
    const size_t i = TRY(checked_index(wanted, on.tx.inputs.size()));
    const TxIn& in = on.tx.inputs[i];
    switch (opcode) {
        case OP_INSPECTINPUTOUTPOINT:
            push(to_bytes(in.prevout.txid.view()));
            push_little_endian(in.prevout.index, 4);
            push({outpoint_flags(in)});
            return {};
        case OP_INSPECTINPUTASSET: push_asset(on.spent[i].asset); return {};
        case OP_INSPECTINPUTVALUE: push_value(on.spent[i].value); return {};
        case OP_INSPECTINPUTSCRIPTPUBKEY:
            push_script_pubkey(on.spent[i].script, on.hashes.each_spent_script[i]);
            return {};
        case OP_INSPECTINPUTSEQUENCE: push_little_endian(in.sequence, 4); return {};
        case OP_INSPECTINPUTISSUANCE:
            if (in.issuance.is_null()) {
                push({});
                return {};
            }
            push_value(in.issuance.inflation_keys);
            push_value(in.issuance.amount);
            push(to_bytes(in.issuance.entropy.view()));
            push(to_bytes(in.issuance.blinding_nonce.view()));
            return {};
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

ScriptResult Evaluation::inspect_output(uint8_t opcode) {
    TRY_VOID(need(1));
    const int64_t wanted = TRY(number(0));
    pop();
    const Introspection& on = *TRY(introspection());
    const size_t i = TRY(checked_index(wanted, on.tx.outputs.size()));
    const TxOut& out = on.tx.outputs[i];
    switch (opcode) {
        case OP_INSPECTOUTPUTASSET: push_asset(out.asset); return {};
        case OP_INSPECTOUTPUTVALUE: push_value(out.value); return {};
        case OP_INSPECTOUTPUTNONCE: push(out.nonce.is_null() ? Bytes{} : to_bytes(out.nonce.bytes->view())); return {};
        case OP_INSPECTOUTPUTSCRIPTPUBKEY: push_script_pubkey(out.script, on.hashes.each_output_script[i]); return {};
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

ScriptResult Evaluation::inspect_transaction(uint8_t opcode) {
    const Introspection& on = *TRY(introspection());
    switch (opcode) {
        case OP_PUSHCURRENTINPUTINDEX: push_number(static_cast<int64_t>(on.index)); return {};
        case OP_INSPECTVERSION: push_little_endian(static_cast<uint32_t>(on.tx.version), 4); return {};
        case OP_INSPECTLOCKTIME: push_little_endian(on.tx.lock_time, 4); return {};
        case OP_INSPECTNUMINPUTS: push_number(static_cast<int64_t>(on.tx.inputs.size())); return {};
        case OP_INSPECTNUMOUTPUTS: push_number(static_cast<int64_t>(on.tx.outputs.size())); return {};
        case OP_TXWEIGHT: push_little_endian(on.hashes.tx_weight, 8); return {};
        default: return script_fail(ScriptError::kBadOpcode);
    }
}

}  // namespace sluice::script::detail
