// The PLAN: what a block's coinbase records about payouts (federation-design section 4.3). Once final it is the
// authority; it is never derived anew. Wire format:
//   u8 format (1), u8 planner version, u32 rate, entries: CompactSize count, then each
//   u8 kind, 32-byte batch id, and unless RELEASE: CompactSize version, request numbers and change positions
//   (CompactSize each, counted), the unsigned Bitcoin transaction.
#pragma once

#include <optional>
#include <vector>

#include "peg/parent/transaction.h"

namespace sluice::ledger {

using parent::ParentOutPoint;
using parent::ParentTransaction;
using parent::ParentTxid;

enum class PlanKind : uint8_t { kPay = 0, kSweep = 1, kCancel = 2, kRelease = 3 };
const char* to_string(PlanKind kind);

struct PlanEntry {
    PlanKind kind = PlanKind::kPay;
    ParentTxid batch;  // txid of version 0; zeros in version 0 itself
    uint32_t version = 0;
    std::vector<uint64_t> requests;  // by number, ascending
    std::vector<uint32_t> change;    // positions of change among the outputs, ascending
    ParentTransaction tx;            // without witness
    bool operator==(const PlanEntry&) const = default;
};
void describe(Reader& reader, PlanEntry& entry);
void describe(Writer& writer, const PlanEntry& entry);

struct PlanRecord {
    static constexpr uint8_t kFormat = 1;
    static constexpr uint8_t kPlannerVersion = 1;

    uint8_t planner_version = kPlannerVersion;
    uint32_t rate = 0;  // sat/kvB
    std::vector<PlanEntry> entries;
    bool operator==(const PlanRecord&) const = default;
};
void describe(Reader& reader, PlanRecord& record);
void describe(Writer& writer, const PlanRecord& record);

// nullopt unless the bytes are exactly one record of format 1 whose encoding is this one.
std::optional<PlanRecord> decode_plan(ByteView bytes);
Bytes encode_plan(const PlanRecord& record);

}  // namespace sluice::ledger
