#include "support/slow_script/digest.h"

#include "support/slow_script/curve.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

Tape& Tape::u8(uint8_t value) {
    bytes.push_back(value);
    return *this;
}
Tape& Tape::u32(uint32_t value) {
    for (int i = 0; i < 4; ++i) u8(static_cast<uint8_t>(value >> (8 * i)));
    return *this;
}
Tape& Tape::raw(const Octets& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
}
Tape& Tape::raw(const Digest& more) { return raw(octets(more)); }
Tape& Tape::size(uint64_t value) {
    if (value < 253) return u8(static_cast<uint8_t>(value));
    if (value < 0x10000) return u8(253).u8(static_cast<uint8_t>(value)).u8(static_cast<uint8_t>(value >> 8));
    return u8(254).u32(static_cast<uint32_t>(value));
}
Tape& Tape::sized(const Octets& more) { return size(more.size()).raw(more); }

namespace {
template <class Field>
Octets whole(const Field& field) {
    const auto view = field.view();
    return {view.begin(), view.end()};
}
Octets script_octets(const Script& script) { return {script.bytes.begin(), script.bytes.end()}; }

Tape& outpoint(Tape& t, const TxIn& in) { return t.raw(whole(in.prevout.txid)).u32(in.prevout.index); }
Tape& issuance(Tape& t, const TxIn& in) {
    return t.raw(whole(in.issuance.blinding_nonce))
        .raw(whole(in.issuance.entropy))
        .raw(value_octets(in.issuance.amount))
        .raw(value_octets(in.issuance.inflation_keys));
}
Tape& issuance_or_zero(Tape& t, const TxIn& in) { return in.issuance.is_null() ? t.u8(0) : issuance(t, in); }
Tape& output(Tape& t, const TxOut& out) {
    return t.raw(asset_octets(out.asset))
        .raw(value_octets(out.value))
        .raw(nonce_octets(out.nonce))
        .sized(script_octets(out.script));
}
// In a witness the surjection proof comes first; what SIGHASH_RANGEPROOF adds has it last.
Tape& proofs(Tape& t, const TxOut& out) { return t.sized(out.witness.rangeproof).sized(out.witness.surjection_proof); }
Tape& output_witness(Tape& t, const TxOut& out) {
    return t.sized(out.witness.surjection_proof).sized(out.witness.rangeproof);
}
Tape& issuance_proofs(Tape& t, const TxIn& in) {
    return t.sized(in.witness.issuance_amount_rangeproof).sized(in.witness.inflation_keys_rangeproof);
}
void stack_of(Tape& t, const std::vector<Octets>& stack) {
    t.size(stack.size());
    for (const Octets& item : stack) t.sized(item);
}

// All but the separators. Reading stops where a push is cut short, right behind the push's own opcode and length: what
// would be pushed is not covered, although the length in front counts it.
Octets legacy_code(const Octets& code, size_t& counted) {
    Octets kept;
    counted = code.size();
    size_t at = 0;
    while (at < code.size()) {
        const Token token = read_token(code, at);
        const bool separator = token.whole && token.opcode == 0xab;
        if (separator) --counted;
        if (!separator)
            kept.insert(kept.end(), code.begin() + static_cast<std::ptrdiff_t>(at),
                        code.begin() + static_cast<std::ptrdiff_t>(token.end));
        if (!token.whole) break;
        at = token.end;
    }
    return kept;
}

struct Type {
    bool one_input;
    bool none;
    bool single;
    bool proofs;
};
Type read_type(const Spending& on, uint8_t type) {
    return {(type & 0x80) != 0, (type & 0x1f) == 2, (type & 0x1f) == 3,
            (type & 0x40) != 0 && (on.flags & kRangeproof) != 0};
}
}  // namespace

Octets asset_octets(const ConfidentialAsset& asset) {
    if (asset.is_null()) return {0};
    if (asset.is_commitment()) return whole(asset.commitment());
    Octets out{1};
    const Octets id = whole(asset.explicit_value());
    out.insert(out.end(), id.begin(), id.end());
    return out;
}
Octets value_octets(const ConfidentialValue& value) {
    if (value.is_null()) return {0};
    if (value.is_commitment()) return whole(value.commitment());
    Octets out{1};
    const auto amount = static_cast<uint64_t>(value.explicit_value().sat);
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(amount >> shift));
    return out;
}
Octets nonce_octets(const ConfidentialNonce& nonce) { return nonce.is_null() ? Octets{0} : whole(*nonce.bytes); }
uint8_t input_flags(const TxIn& in) {
    return static_cast<uint8_t>((in.issuance.is_null() ? 0 : 128) + (in.is_pegin ? 64 : 0));
}

uint64_t transaction_weight(const Transaction& tx) {
    Tape base;
    base.u32(static_cast<uint32_t>(tx.version)).u8(0).size(tx.inputs.size());
    for (const TxIn& in : tx.inputs) {
        outpoint(base, in).sized(script_octets(in.script_sig)).u32(in.sequence);
        if (!in.issuance.is_null()) issuance(base, in);
    }
    base.size(tx.outputs.size());
    for (const TxOut& out : tx.outputs) output(base, out);
    base.u32(tx.lock_time);
    Tape witness;
    for (const TxIn& in : tx.inputs) {
        issuance_proofs(witness, in);
        stack_of(witness, in.witness.script_witness);
        stack_of(witness, in.witness.pegin_witness);
    }
    for (const TxOut& out : tx.outputs) output_witness(witness, out);
    bool any = false;
    for (const uint8_t byte : witness.bytes) any = any || byte != 0;
    return 4 * base.bytes.size() + (any ? witness.bytes.size() : 0);
}

Digest legacy_digest(const Spending& on, const Octets& code, uint8_t hash_type) {
    const Transaction& tx = on.tx;
    const Type type = read_type(on, hash_type);
    if (type.single && on.index >= tx.outputs.size()) {
        Digest one{};
        one[0] = 1;
        return one;
    }
    Tape t;
    t.u32(static_cast<uint32_t>(tx.version)).size(type.one_input ? 1 : tx.inputs.size());
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (type.one_input && i != on.index) continue;
        outpoint(t, tx.inputs[i]);
        if (i == on.index) {
            size_t counted = 0;
            const Octets kept = legacy_code(code, counted);
            t.size(counted).raw(kept);
        } else {
            t.size(0);
        }
        t.u32(i != on.index && (type.none || type.single) ? 0 : tx.inputs[i].sequence);
        if (!tx.inputs[i].issuance.is_null()) issuance(t, tx.inputs[i]);
    }
    const size_t outputs = type.none ? 0 : type.single ? on.index + 1 : tx.outputs.size();
    t.size(outputs);
    for (size_t i = 0; i < outputs; ++i) {
        if (type.single && i != on.index) {
            t.u32(0);  // three nulls and an empty script
            continue;
        }
        output(t, tx.outputs[i]);
        if (type.proofs) proofs(t, tx.outputs[i]);
    }
    return sha_twice(t.u32(tx.lock_time).u32(hash_type).bytes);
}

Digest v0_digest(const Spending& on, const Octets& code, uint8_t hash_type) {
    const Transaction& tx = on.tx;
    const TxIn& me = tx.inputs[on.index];
    const Type type = read_type(on, hash_type);
    const Digest nothing{};
    Tape prevouts, sequences, issuances, outputs, rangeproofs;
    for (const TxIn& in : tx.inputs) {
        outpoint(prevouts, in);
        sequences.u32(in.sequence);
        issuance_or_zero(issuances, in);
    }
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        if (type.single && i != on.index) continue;
        output(outputs, tx.outputs[i]);
        proofs(rangeproofs, tx.outputs[i]);
    }
    const bool covers_outputs = !type.none && !(type.single && on.index >= tx.outputs.size());
    Tape t;
    t.u32(static_cast<uint32_t>(tx.version));
    t.raw(type.one_input ? nothing : sha_twice(prevouts.bytes));
    t.raw(type.one_input || type.none || type.single ? nothing : sha_twice(sequences.bytes));
    t.raw(type.one_input ? nothing : sha_twice(issuances.bytes));
    outpoint(t, me).sized(code).raw(value_octets(on.spent[on.index].value)).u32(me.sequence);
    if (!me.issuance.is_null()) issuance(t, me);
    t.raw(covers_outputs ? sha_twice(outputs.bytes) : nothing);
    if (type.proofs) t.raw(covers_outputs ? sha_twice(rangeproofs.bytes) : nothing);
    return sha_twice(t.u32(tx.lock_time).u32(hash_type).bytes);
}

std::optional<Digest> taproot_digest(const Spending& on, uint8_t hash_type, bool script_path,
                                     const TaprootState& state) {
    const Transaction& tx = on.tx;
    const TxIn& me = tx.inputs[on.index];
    const TxOut& coin = on.spent[on.index];
    bool known = false;
    for (const int type : {0x00, 0x01, 0x02, 0x03, 0x81, 0x82, 0x83}) known = known || type == hash_type;
    if (!known) return std::nullopt;
    const bool one_input = hash_type >= 0x80;
    const int outputs = hash_type == 0 ? 1 : hash_type & 3;
    if (outputs == 3 && on.index >= tx.outputs.size()) return std::nullopt;

    Tape t;
    t.raw(on.genesis).raw(on.genesis).u8(hash_type).u32(static_cast<uint32_t>(tx.version)).u32(tx.lock_time);
    if (!one_input) {
        Tape flags, prevouts, money, scripts, sequences, issuances, amount_proofs;
        for (size_t i = 0; i < tx.inputs.size(); ++i) {
            const TxIn& in = tx.inputs[i];
            flags.u8(input_flags(in));
            outpoint(prevouts, in);
            money.raw(asset_octets(on.spent[i].asset)).raw(value_octets(on.spent[i].value));
            scripts.sized(script_octets(on.spent[i].script));
            sequences.u32(in.sequence);
            issuance_or_zero(issuances, in);
            issuance_proofs(amount_proofs, in);
        }
        for (const Tape* part : {&flags, &prevouts, &money, &scripts, &sequences, &issuances, &amount_proofs})
            t.raw(sha(part->bytes));
    }
    if (outputs == 1) {
        Tape all, witnesses;
        for (const TxOut& out : tx.outputs) {
            output(all, out);
            output_witness(witnesses, out);
        }
        t.raw(sha(all.bytes)).raw(sha(witnesses.bytes));
    }
    t.u8(static_cast<uint8_t>((script_path ? 2 : 0) + (state.has_annex ? 1 : 0)));
    if (one_input) {
        t.u8(input_flags(me));
        outpoint(t, me)
            .raw(asset_octets(coin.asset))
            .raw(value_octets(coin.value))
            .sized(script_octets(coin.script))
            .u32(me.sequence);
        issuance_or_zero(t, me);
        if (!me.issuance.is_null()) {
            Tape amount_proofs;
            t.raw(sha(issuance_proofs(amount_proofs, me).bytes));
        }
    } else {
        t.u32(static_cast<uint32_t>(on.index));
    }
    if (state.has_annex) t.raw(state.annex);
    if (outputs == 3) {
        Tape one, witness;
        t.raw(sha(output(one, tx.outputs[on.index]).bytes))
            .raw(sha(output_witness(witness, tx.outputs[on.index]).bytes));
    }
    if (script_path) t.raw(state.leaf).u8(0).u32(state.separator);
    return tagged("TapSighash/elements", t.bytes);
}

}  // namespace sluice::slow
