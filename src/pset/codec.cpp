#include "pset/detail/records.h"
#include "pset/pset.h"

namespace sluice::pset {
namespace {

using detail::GlobalFields;
using detail::InputFields;
using detail::OutputFields;
using detail::Record;
using detail::RecordReader;
using detail::RecordWriter;

constexpr std::string_view kMagic = "pset\xff";
constexpr uint64_t kUnsignedTx = 0x00;
constexpr uint32_t kVersion = 2;
constexpr std::string_view kTruncated = "the data ends in the middle of a record";

// Reads records up to the map's end and lets `take(archive)` have each.
template <class F>
Status read_map(Reader& reader, const char* of_what, F take) {
    std::set<Bytes> seen;
    while (reader.remaining() > 0) {
        const ByteView key = reader.var_view();
        if (!reader.ok()) return fail(std::string(kTruncated));
        if (key.empty()) return {};
        const ByteView value = reader.var_view();
        if (!reader.ok()) return fail(std::string(kTruncated));
        const auto record = detail::take_apart(key, value);
        if (!record) return fail("the type of a key cannot be read");
        RecordReader archive(*record, seen);
        TRY_VOID(take(archive, *record));
        if (!archive.error().empty()) return fail(archive.error());
    }
    return fail(std::string("Separator is missing at the end of ") + of_what);
}

Result<GlobalFields> read_globals(Reader& reader) {
    GlobalFields out;
    TRY_VOID(read_map(reader, "the global map", [&](RecordReader& archive, const Record& record) -> Status {
        if (record.type == kUnsignedTx) return fail("Unsigned tx is not allowed in PSET");
        describe_map(archive, out);
        return {};
    }));
    const uint32_t version = out.version.value_or(0);
    if (version > kVersion) return fail("Unsupported version number");
    if (version == 0) return fail("No unsigned transaction was provided: only version 2 is supported");
    if (version != kVersion) return fail("There is no PSBT version 1");
    if (!out.tx_version) return fail("PSBT_GLOBAL_TX_VERSION is required in PSBTv2");
    if (!out.inputs) return fail("PSBT_GLOBAL_INPUT_COUNT is required in PSBTv2");
    if (!out.outputs) return fail("PSBT_GLOBAL_OUTPUT_COUNT is required in PSBTv2");
    return out;
}

Status check_input(const Input& in, const InputFields& required) {
    if (in.previous_txid.is_zero()) return fail("Previous TXID is required in PSBTv2");
    if (!required.previous_index) return fail("Previous output's index is required in PSBTv2");
    if (in.issuance_value_commitment && in.issuance_value_rangeproof.empty()) {
        return fail("Issuance value commitment provided without value rangeproof");
    }
    if (in.issuance_tokens_commitment && in.issuance_tokens_rangeproof.empty()) {
        return fail("Issuance inflation keys commitment provided without inflation keys rangeproof");
    }
    if (in.explicit_value.has_value() == in.value_proof.empty()) {
        return fail("Input explicit value and value proof must be provided together");
    }
    if (in.explicit_asset.has_value() == in.asset_proof.empty()) {
        return fail("Input explicit asset and asset proof must be provided together");
    }
    if (in.non_witness_utxo && in.non_witness_utxo->txid != in.previous_txid) {
        return fail("Non-witness UTXO does not match outpoint hash");
    }
    const size_t signature = in.tap_key_sig.size();
    if (signature != 0 && signature != 64 && signature != 65) {
        return fail("Input Taproot key path signature is not 64 or 65 bytes");
    }
    return {};
}

Result<Input> read_input(Reader& reader) {
    Input out;
    InputFields required;
    TRY_VOID(read_map(reader, "an input map", [&](RecordReader& archive, const Record&) -> Status {
        describe_map(archive, out, required);
        return {};
    }));
    TRY_VOID(check_input(out, required));
    out.previous_index = *required.previous_index;
    return out;
}

Status check_output(const Output& out, const OutputFields& required) {
    if (!out.amount && !out.value_commitment) return fail("Output amount is required in PSBTv2");
    if (!required.script) return fail("Output script is required in PSBTv2");
    if (!out.asset && !out.asset_commitment) return fail("Output asset is required in PSET");
    if (out.blinding_key && !out.blinder_index) { return fail("Output is blinded but does not have a blinder index"); }
    if (out.wants_blinding() && out.has_blinding_data() && !out.is_fully_blinded()) {
        return fail("Blinded output contains some blinding data but not all, this is an invalid state");
    }
    return {};
}

Result<Output> read_output(Reader& reader) {
    Output out;
    OutputFields required;
    TRY_VOID(read_map(reader, "an output map", [&](RecordReader& archive, const Record&) -> Status {
        describe_map(archive, out, required);
        return {};
    }));
    TRY_VOID(check_output(out, required));
    out.script = std::move(*required.script);
    return out;
}

}  // namespace

Result<Pset, Error> decode(ByteView bytes) {
    if (bytes.size() > kMaxSize) return fail("a PSET of more than 100 MB");
    Reader reader(bytes);
    if (as_text(reader.take(kMagic.size())) != kMagic) return fail("Invalid PSBT magic bytes");
    GlobalFields global = TRY(read_globals(reader));
    Pset out;
    out.xpubs = std::move(global.xpubs);
    out.tx_version = *global.tx_version;
    out.fallback_lock_time = global.fallback_lock_time;
    out.modifiable = global.modifiable;
    out.scalars = std::move(global.scalars);
    out.proprietary = std::move(global.proprietary);
    out.unknown = std::move(global.unknown);
    for (uint64_t i = 0; i < global.inputs->value; ++i) {
        if (reader.remaining() == 0) {
            return fail("Inputs provided does not match the number of inputs in transaction.");
        }
        out.inputs.push_back(TRY(read_input(reader)));
    }
    for (uint64_t i = 0; i < global.outputs->value; ++i) {
        if (reader.remaining() == 0) {
            return fail("Outputs provided does not match the number of outputs in transaction.");
        }
        out.outputs.push_back(TRY(read_output(reader)));
    }
    if (reader.remaining() > 0) return fail("extra data after PSBT");
    return out;
}

Bytes encode(const Pset& pset) {
    ByteWriter out;
    out.raw(as_bytes(kMagic));
    RecordWriter archive(out);
    const GlobalFields global{pset.xpubs,
                              pset.tx_version,
                              pset.fallback_lock_time,
                              detail::Count{pset.inputs.size()},
                              detail::Count{pset.outputs.size()},
                              pset.modifiable,
                              pset.scalars,
                              kVersion,
                              pset.proprietary,
                              pset.unknown};
    describe_map(archive, global);
    archive.end_of_map();
    for (const Input& in : pset.inputs) {
        const InputFields required{in.previous_index};
        describe_map(archive, in, required);
        archive.end_of_map();
    }
    for (const Output& each : pset.outputs) {
        const OutputFields required{each.script};
        describe_map(archive, each, required);
        archive.end_of_map();
    }
    return out.release();
}

}  // namespace sluice::pset
