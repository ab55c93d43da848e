#include "peg/parent/transaction.h"

#include "crypto/hash_writer.h"
#include "util/check.h"

namespace sluice::parent {

namespace {

constexpr size_t kMinInput = 41;
constexpr size_t kMinOutput = 9;
constexpr uint8_t kWitnessFlag = 1;

template <class A, Like<ParentTxIn> T>
void describe_input(A& a, T& input) {
    field(a, input.prevout);
    field(a, input.script_sig);
    field(a, input.sequence);
}

template <class A, Like<ParentTxOut> T>
void describe_output(A& a, T& output) {
    field(a, output.value.sat);
    field(a, output.script);
}

template <class A, class V>
void describe_inputs(A& a, V& inputs) {
    list(a, inputs, kMinInput, [](A& archive, auto& input) { describe_input(archive, input); });
}

template <class A, class V>
void describe_outputs(A& a, V& outputs) {
    list(a, outputs, kMinOutput, [](A& archive, auto& output) { describe_output(archive, output); });
}

void write_tx(Writer& writer, const ParentTransaction& tx, ParentWitness form) { describe(writer, tx, form); }

}  // namespace

bool ParentTransaction::has_witness() const {
    return std::ranges::any_of(inputs, [](const ParentTxIn& input) { return !input.witness.empty(); });
}

void describe(Reader& reader, ParentTxOut& out) { describe_output(reader, out); }
void describe(Writer& writer, const ParentTxOut& out) { describe_output(writer, out); }

void describe(Reader& reader, ParentTransaction& tx) {
    tx.version = reader.i32();
    uint8_t flags = 0;
    describe_inputs(reader, tx.inputs);
    if (tx.inputs.empty()) {
        // An empty list of inputs is the marker of the form with flags.
        flags = reader.u8();
        if (flags != 0) {
            describe_inputs(reader, tx.inputs);
            describe_outputs(reader, tx.outputs);
        }
    } else {
        describe_outputs(reader, tx.outputs);
    }
    if ((flags & kWitnessFlag) != 0) {
        flags ^= kWitnessFlag;
        for (ParentTxIn& input : tx.inputs) list(reader, input.witness, 1);
        if (reader.ok() && !tx.has_witness()) reader.fail(DecodeError::kBadValue);
    }
    if (flags != 0) reader.fail(DecodeError::kBadValue);
    tx.lock_time = reader.u32();
}

void describe(Writer& writer, const ParentTransaction& tx, ParentWitness form) {
    const bool with_witness = form == ParentWitness::kWith && tx.has_witness();
    writer.i32(tx.version);
    if (with_witness) {
        writer.u8(0);
        writer.u8(kWitnessFlag);
    }
    describe_inputs(writer, tx.inputs);
    describe_outputs(writer, tx.outputs);
    if (with_witness) {
        for (const ParentTxIn& input : tx.inputs) list(writer, input.witness, 1);
    }
    writer.u32(tx.lock_time);
}

std::optional<ParentTransaction> decode_parent_tx(ByteView bytes) {
    Reader reader(bytes);
    ParentTransaction tx;
    describe(reader, tx);
    if (!reader.finish()) return std::nullopt;
    return tx;
}

Bytes encode_parent_tx(const ParentTransaction& tx, ParentWitness form) {
    ByteWriter writer;
    write_tx(writer, tx, form);
    return writer.release();
}

ParentTxid compute_txid(const ParentTransaction& tx) {
    HashWriter writer;
    write_tx(writer, tx, ParentWitness::kWithout);
    return ParentTxid::from(writer.sha256d());
}

ParentWtxid compute_wtxid(const ParentTransaction& tx) {
    HashWriter writer;
    write_tx(writer, tx, ParentWitness::kWith);
    return ParentWtxid::from(writer.sha256d());
}

size_t serialized_size(const ParentTransaction& tx, ParentWitness form) {
    SizeWriter writer;
    write_tx(writer, tx, form);
    return writer.size();
}

size_t weight(const ParentTransaction& tx) {
    return 3 * serialized_size(tx, ParentWitness::kWithout) + serialized_size(tx, ParentWitness::kWith);
}

bool parses_as_transaction(ByteView node) {
    CHECK(node.size() == 64);
    Reader reader(node);
    ParentTransaction tx;
    tx.version = reader.i32();
    describe_inputs(reader, tx.inputs);
    describe_outputs(reader, tx.outputs);
    tx.lock_time = reader.u32();
    return reader.finish();
}

Hash256 segwit_sighash_all(const ParentTransaction& tx, size_t input, const Script& script_code, Amount amount) {
    CHECK(input < tx.inputs.size());
    HashWriter prevouts;
    HashWriter sequences;
    HashWriter outputs;
    for (const ParentTxIn& in : tx.inputs) {
        Writer& sink = prevouts;
        field(sink, in.prevout);
        sequences.u32(in.sequence);
    }
    for (const ParentTxOut& out : tx.outputs) describe(outputs, out);

    HashWriter hasher;
    Writer& sink = hasher;
    sink.i32(tx.version);
    sink.raw(prevouts.sha256d().view());
    sink.raw(sequences.sha256d().view());
    field(sink, tx.inputs[input].prevout);
    field(sink, script_code.bytes);
    sink.i64(amount.sat);
    sink.u32(tx.inputs[input].sequence);
    sink.raw(outputs.sha256d().view());
    sink.u32(tx.lock_time);
    sink.u32(kSighashAll);
    return hasher.sha256d();
}

}  // namespace sluice::parent
