#include "peg/ledger/plan_record.h"

namespace sluice::ledger {

namespace {

constexpr size_t kMinEntry = 33;

// A CompactSize that must fit 32 bits.
void field_u32(Reader& reader, uint32_t& value) {
    const uint64_t read = reader.compact_u64();
    if (read > UINT32_MAX) reader.fail(DecodeError::kOversize);
    value = static_cast<uint32_t>(read);
}
void field_u32(Writer& writer, uint32_t value) { writer.compact_size(value); }
void field_u64(Reader& reader, uint64_t& value) { value = reader.compact_u64(); }
void field_u64(Writer& writer, uint64_t value) { writer.compact_size(value); }

template <class A, Like<PlanEntry> T>
void describe_body(A& a, T& entry) {
    field_u32(a, entry.version);
    list(a, entry.requests, 1, [](A& archive, auto& value) { field_u64(archive, value); });
    list(a, entry.change, 1, [](A& archive, auto& value) { field_u32(archive, value); });
    if constexpr (kReads<A>) {
        describe(a, entry.tx);
        if (entry.tx.has_witness()) a.fail(DecodeError::kBadValue);
    } else {
        describe(a, entry.tx, parent::ParentWitness::kWithout);
    }
}

}  // namespace

const char* to_string(PlanKind kind) {
    switch (kind) {
        case PlanKind::kPay: return "pay";
        case PlanKind::kSweep: return "sweep";
        case PlanKind::kCancel: return "cancel";
        case PlanKind::kRelease: return "release";
    }
    return "unknown";
}

void describe(Reader& reader, PlanEntry& entry) {
    const uint8_t kind = reader.u8();
    if (kind > static_cast<uint8_t>(PlanKind::kRelease)) reader.fail(DecodeError::kBadValue);
    entry.kind = static_cast<PlanKind>(kind);
    field(reader, entry.batch);
    if (reader.ok() && entry.kind != PlanKind::kRelease) describe_body(reader, entry);
}

void describe(Writer& writer, const PlanEntry& entry) {
    writer.u8(static_cast<uint8_t>(entry.kind));
    field(writer, entry.batch);
    if (entry.kind != PlanKind::kRelease) describe_body(writer, entry);
}

void describe(Reader& reader, PlanRecord& record) {
    if (reader.u8() != PlanRecord::kFormat) reader.fail(DecodeError::kBadValue);
    field(reader, record.planner_version);
    field(reader, record.rate);
    list(reader, record.entries, kMinEntry, [](Reader& a, PlanEntry& entry) { describe(a, entry); });
}

void describe(Writer& writer, const PlanRecord& record) {
    writer.u8(PlanRecord::kFormat);
    field(writer, record.planner_version);
    field(writer, record.rate);
    list(writer, record.entries, kMinEntry, [](Writer& a, const PlanEntry& entry) { describe(a, entry); });
}

std::optional<PlanRecord> decode_plan(ByteView bytes) {
    Reader reader(bytes);
    PlanRecord record;
    describe(reader, record);
    // Two encodings of one record would be two plans: a transaction without inputs reads in two ways.
    if (!reader.finish() || !equal(encode_plan(record), bytes)) return std::nullopt;
    return record;
}

Bytes encode_plan(const PlanRecord& record) {
    ByteWriter writer;
    describe(static_cast<Writer&>(writer), record);
    return writer.release();
}

}  // namespace sluice::ledger
