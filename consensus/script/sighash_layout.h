// The digests that ECDSA signatures cover, legacy and witness v0 (BIP143), over any transaction that can say how its
// parts are written. Elements' layout is in sighash.h; a Bitcoin layout exists only where Bitcoin's own vectors are
// checked. Pure. Source: protocol page "script", sections 6 and 7.
//
// A Layout has, with i an index and w a Writer:
//   inputs(), outputs(), version() (int32_t), lock_time(), sequence(i)
//   write_prevout(w, i)        the masked out-point
//   write_output(w, i)         the output as in the transaction
//   write_blank_output(w)      what stands for an output that SIGHASH_SINGLE does not cover
//   write_proofs(w, i)         what SIGHASH_RANGEPROOF adds after an output
//   has_issuance(i), write_issuance(w, i)
//   kElements                  whether witness v0 has the hash of issuances
#pragma once

#include "consensus/script/flags.h"
#include "consensus/script/script.h"
#include "crypto/hash_writer.h"
#include "util/check.h"

namespace sluice::script {

// How a hash type covers outputs; the upper bits are looked at one by one.
struct HashType {
    uint32_t value = 0;
    Flags flags = kVerifyNone;

    [[nodiscard]] bool anyone_can_pay() const { return (value & kSighashAnyoneCanPay) != 0; }
    [[nodiscard]] bool none() const { return (value & 0x1f) == kSighashNone; }
    [[nodiscard]] bool single() const { return (value & 0x1f) == kSighashSingle; }
    [[nodiscard]] bool rangeproof() const {
        return (value & kSighashRangeproof) != 0 && (flags & kVerifySighashRangeproof) != 0;
    }
};

// The script without OP_CODESEPARATOR, with its length in front, as legacy signatures cover it.
void write_legacy_script_code(Writer& w, ByteView script_code);

// Precondition: index < layout.inputs().
template <class Layout>
Hash256 legacy_sighash(const Layout& tx, ByteView script_code, size_t index, HashType type) {
    CHECK(index < tx.inputs());
    if (type.single() && index >= tx.outputs()) {
        Hash256 one;  // the number one: what the first implementation returned for an error became the rule
        one.bytes[0] = 1;
        return one;
    }
    HashWriter hash;
    Writer& w = hash;
    w.i32(tx.version());
    const size_t first = type.anyone_can_pay() ? index : 0;
    const size_t last = type.anyone_can_pay() ? index + 1 : tx.inputs();
    w.compact_size(last - first);
    for (size_t i = first; i < last; ++i) {
        tx.write_prevout(w, i);
        if (i == index) {
            write_legacy_script_code(w, script_code);
        } else {
            w.compact_size(0);
        }
        const bool others_may_change = i != index && (type.none() || type.single());
        w.u32(others_may_change ? 0 : tx.sequence(i));
        if (tx.has_issuance(i)) tx.write_issuance(w, i);
    }
    size_t outputs = tx.outputs();
    if (type.none()) outputs = 0;
    if (type.single()) outputs = index + 1;
    w.compact_size(outputs);
    for (size_t i = 0; i < outputs; ++i) {
        if (type.single() && i != index) {
            tx.write_blank_output(w);
            continue;
        }
        tx.write_output(w, i);
        if (type.rangeproof()) tx.write_proofs(w, i);
    }
    w.u32(tx.lock_time());
    w.u32(type.value);
    return hash.sha256d();
}

// The parts of a BIP143 digest that do not depend on the input: computed once a transaction, so that signing and
// checking many inputs stays linear.
struct V0Hashes {
    Hash256 prevouts;
    Hash256 sequences;
    Hash256 issuances;
    Hash256 outputs;
    Hash256 rangeproofs;
};

template <class Layout>
V0Hashes compute_v0_hashes(const Layout& tx) {
    HashWriter prevouts, sequences, issuances, outputs, rangeproofs;
    for (size_t i = 0; i < tx.inputs(); ++i) {
        tx.write_prevout(prevouts, i);
        sequences.u32(tx.sequence(i));
        if (tx.has_issuance(i)) {
            tx.write_issuance(issuances, i);
        } else {
            issuances.u8(0);
        }
    }
    for (size_t i = 0; i < tx.outputs(); ++i) {
        tx.write_output(outputs, i);
        tx.write_proofs(rangeproofs, i);
    }
    return {prevouts.sha256d(), sequences.sha256d(), issuances.sha256d(), outputs.sha256d(), rangeproofs.sha256d()};
}

// `spent_value` is the value field of the spent output as the layout writes it (Elements: 9 or 33 bytes; Bitcoin: 8).
// Precondition: index < layout.inputs().
template <class Layout>
Hash256 witness_v0_sighash(const Layout& tx, ByteView script_code, size_t index, ByteView spent_value, HashType type,
                           const V0Hashes& all) {
    CHECK(index < tx.inputs());
    const Hash256 zero;
    Hash256 outputs;
    Hash256 rangeproofs;
    if (!type.single() && !type.none()) {
        outputs = all.outputs;
        rangeproofs = all.rangeproofs;
    } else if (type.single() && index < tx.outputs()) {
        HashWriter one_output, one_proof;
        tx.write_output(one_output, index);
        tx.write_proofs(one_proof, index);
        outputs = one_output.sha256d();
        rangeproofs = one_proof.sha256d();
    }
    HashWriter hash;
    Writer& w = hash;
    w.i32(tx.version());
    w.raw((type.anyone_can_pay() ? zero : all.prevouts).view());
    w.raw((type.anyone_can_pay() || type.single() || type.none() ? zero : all.sequences).view());
    if (Layout::kElements) w.raw((type.anyone_can_pay() ? zero : all.issuances).view());
    tx.write_prevout(w, index);
    w.var_bytes(script_code);
    w.raw(spent_value);
    w.u32(tx.sequence(index));
    if (tx.has_issuance(index)) tx.write_issuance(w, index);
    w.raw(outputs.view());
    if (type.rangeproof()) w.raw(rangeproofs.view());
    w.u32(tx.lock_time());
    w.u32(type.value);
    return hash.sha256d();
}

}  // namespace sluice::script
