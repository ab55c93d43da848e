#include "consensus/primitives/transaction.h"

#include "codec/hex.h"
#include "crypto/hash_writer.h"

namespace sluice {
namespace {

constexpr uint8_t kWitnessFlag = 1;
constexpr size_t kMinInput = 41;   // prevout 36, empty script 1, sequence 4
constexpr size_t kMinOutput = 44;  // asset 33, value 9, null nonce 1, empty script 1

void describe(Reader& reader, TxIn& in) {
    field(reader, in.prevout.txid);
    const uint32_t index = reader.u32();
    const bool flagged = index != kNullIndex;
    const bool has_issuance = flagged && (index & kOutPointIssuanceFlag) != 0;
    in.is_pegin = flagged && (index & kOutPointPeginFlag) != 0;
    in.prevout.index = flagged ? index & kOutPointIndexMask : index;
    field(reader, in.script_sig);
    field(reader, in.sequence);
    in.issuance = {};
    if (has_issuance) {
        field(reader, in.issuance);
        if (reader.ok() && in.issuance.is_null()) reader.fail(DecodeError::kBadValue);
    }
}

void describe(Writer& writer, const TxIn& in) {
    field(writer, in.prevout.txid);
    const bool flagged = in.prevout.index != kNullIndex;
    const bool has_issuance = flagged && !in.issuance.is_null();
    uint32_t index = in.prevout.index;
    if (has_issuance) index |= kOutPointIssuanceFlag;
    if (flagged && in.is_pegin) index |= kOutPointPeginFlag;
    field(writer, index);
    field(writer, in.script_sig);
    field(writer, in.sequence);
    if (has_issuance) field(writer, in.issuance);
}

template <class A, Like<TxInWitness> T>
void describe_witness(A& a, T& w) {
    field(a, w.issuance_amount_rangeproof);
    field(a, w.inflation_keys_rangeproof);
    describe_stack(a, w.script_witness);
    describe_stack(a, w.pegin_witness);
}
template <class A, Like<TxOutWitness> T>
void describe_witness(A& a, T& w) {
    field(a, w.surjection_proof);
    field(a, w.rangeproof);
}

}  // namespace

std::string to_display(const OutPoint& outpoint) {
    return to_display(outpoint.txid) + ":" + std::to_string(outpoint.index);
}

void describe_stack(Reader& reader, WitnessStack& stack) { list(reader, stack, 1); }
void describe_stack(Writer& writer, const WitnessStack& stack) { list(writer, stack, 1); }

void describe(Reader& reader, TxOut& out) {
    field(reader, out.asset);
    field(reader, out.value);
    field(reader, out.nonce);
    field(reader, out.script);
    if (reader.ok() && (out.asset.is_null() || out.value.is_null())) reader.fail(DecodeError::kBadValue);
}
void describe(Writer& writer, const TxOut& out) {
    field(writer, out.asset);
    field(writer, out.value);
    field(writer, out.nonce);
    field(writer, out.script);
}

void describe(Reader& reader, Transaction& tx) {
    field(reader, tx.version);
    const uint8_t flags = reader.u8();
    list(reader, tx.inputs, kMinInput, [](Reader& r, TxIn& in) { describe(r, in); });
    list(reader, tx.outputs, kMinOutput, [](Reader& r, TxOut& out) { describe(r, out); });
    field(reader, tx.lock_time);
    if ((flags & kWitnessFlag) != 0) {
        for (TxIn& in : tx.inputs) describe_witness(reader, in.witness);
        for (TxOut& out : tx.outputs) describe_witness(reader, out.witness);
        if (reader.ok() && !tx.has_witness()) reader.fail(DecodeError::kBadValue);
    }
    if ((flags & ~kWitnessFlag) != 0) reader.fail(DecodeError::kBadValue);
}

void describe(Writer& writer, const Transaction& tx, WitnessForm form) {
    const bool with_witness = form == WitnessForm::kWith && tx.has_witness();
    field(writer, tx.version);
    writer.u8(with_witness ? kWitnessFlag : 0);
    list(writer, tx.inputs, kMinInput, [](Writer& w, const TxIn& in) { describe(w, in); });
    list(writer, tx.outputs, kMinOutput, [](Writer& w, const TxOut& out) { describe(w, out); });
    field(writer, tx.lock_time);
    if (with_witness) {
        for (const TxIn& in : tx.inputs) describe_witness(writer, in.witness);
        for (const TxOut& out : tx.outputs) describe_witness(writer, out.witness);
    }
}

bool Transaction::has_witness() const {
    return std::ranges::any_of(inputs, [](const TxIn& in) { return !in.witness.is_null(); }) ||
           std::ranges::any_of(outputs, [](const TxOut& out) { return !out.witness.is_null(); });
}

Txid compute_txid(const Transaction& tx) {
    HashWriter writer;
    describe(writer, tx, WitnessForm::kWithout);
    return Txid::from(writer.sha256d());
}

Wtxid compute_wtxid(const Transaction& tx) {
    HashWriter writer;
    describe(writer, tx, WitnessForm::kWith);
    return Wtxid::from(writer.sha256d());
}

size_t serialized_size(const Transaction& tx, WitnessForm form) {
    SizeWriter writer;
    describe(writer, tx, form);
    return writer.size();
}

TxRef make_tx(Transaction tx) {
    auto parsed = std::make_shared<ParsedTx>();
    parsed->txid = compute_txid(tx);
    parsed->stripped_size = static_cast<uint32_t>(serialized_size(tx, WitnessForm::kWithout));
    if (tx.has_witness()) {
        parsed->wtxid = compute_wtxid(tx);
        parsed->size = static_cast<uint32_t>(serialized_size(tx, WitnessForm::kWith));
    } else {
        parsed->wtxid = Wtxid::from(parsed->txid);
        parsed->size = parsed->stripped_size;
    }
    parsed->tx = std::move(tx);
    return parsed;
}

TxRef parse_tx(ByteView bytes) {
    Reader reader(bytes);
    Transaction tx;
    describe(reader, tx);
    return reader.finish() ? make_tx(std::move(tx)) : nullptr;
}

Bytes encode_tx(const Transaction& tx, WitnessForm form) {
    ByteWriter writer;
    describe(writer, tx, form);
    return writer.release();
}

}  // namespace sluice
