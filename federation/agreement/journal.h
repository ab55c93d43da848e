// The signer's journal: what a member has signed and followed (federation-design section 7). Records are written and
// synced before the signature that they hold leaves the signer; the state is what reading all of them gives. Pure:
// where records are kept is the business of a JournalStore. Any thread; a JournalState belongs to one signer.
#pragma once

#include <map>
#include <span>
#include <tuple>

#include "federation/agreement/height_machine.h"

namespace sluice::agreement {

using JournalId = FixedBytes<struct JournalIdTag, 16>;

// Written once when the keys are made, with the identity that the key file names. A journal without it is not the one
// that belongs to the keys, and the signer starts by observing.
struct BirthRecord {
    JournalId id;
    bool operator==(const BirthRecord&) const = default;
};
// One start of the signer: a counter, and randomness that tells two copies with one counter apart.
struct BootRecord {
    uint64_t boot = 0;
    InstanceId instance;
    bool operator==(const BootRecord&) const = default;
};
enum class SlotKind : uint8_t { kProposal = 0, kPrevote = 1, kPrecommit = 2 };
struct SlotRecord {
    Height height = 0;
    View view = 0;
    SlotKind kind = SlotKind::kProposal;
    BlockHash hash;
    View valid_view = kNoView;  // proposals
    Signature signature;
    bool operator==(const SlotRecord&) const = default;
};
// The highest lock of a height: the polka that a precommit was given for.
struct LockRecord {
    Cert polka;
    bool operator==(const LockRecord&) const = default;
};
struct BlockSigRecord {
    Height height = 0;
    BlockHash hash;
    Cert decision;
    Bytes der;
    bool operator==(const BlockSigRecord&) const = default;
};
struct FinalRecord {
    Height height = 0;
    BlockHash hash;
    bool operator==(const FinalRecord&) const = default;
};
// A parent-chain or sidechain outpoint: 32 bytes of txid, 4 of index, as on the wire.
using OutPointId = FixedBytes<struct OutPointIdTag, 36>;
struct PayoutRecord {
    Hash256 txid;
    Hash256 batch;  // txid of the batch's version 0: what a RELEASE names
    OutPointId pivot;
    std::vector<OutPointId> requests;
    std::vector<Bytes> signatures;  // per input, empty where we have no key
    bool operator==(const PayoutRecord&) const = default;
};
struct RequestRecord {
    OutPointId request;
    OutPointId pivot;
    Height released_at = 0;  // 0: bound to the pivot
    bool operator==(const RequestRecord&) const = default;
};
enum class SignerMode : uint8_t { kNormal = 0, kObserve = 1, kHalted = 2 };
inline constexpr Height kUntilReports = 0xffffffff;
struct ModeRecord {
    SignerMode mode = SignerMode::kNormal;
    Height until = 0;  // observe: sign only above this height; kUntilReports before enough members reported
    Bytes reason;      // text
    bool operator==(const ModeRecord&) const = default;
};

using Record = std::variant<BirthRecord, BootRecord, SlotRecord, LockRecord, BlockSigRecord, FinalRecord, PayoutRecord,
                            RequestRecord, ModeRecord>;

// Where the record lives in a key-value store; a record with the same key replaces the one before it. Keys sort by
// kind, then by big-endian height, view and slot.
Bytes record_key(const Record& record);
Bytes encode_record(const Record& record);
std::optional<Record> decode_record(ByteView bytes);

struct JournalState {
    using SlotId = std::tuple<Height, View, SlotKind>;

    std::optional<JournalId> id;
    uint64_t boot = 0;
    InstanceId instance;  // of this boot
    std::map<SlotId, SlotRecord> slots;
    std::map<Height, LockRecord> locks;
    std::map<Height, BlockSigRecord> block_sigs;
    std::map<Height, BlockHash> finals;  // the last ones; older ones stay in the store
    Height final_height = 0;
    std::map<Hash256, PayoutRecord> payouts;
    std::map<OutPointId, RequestRecord> requests;
    ModeRecord mode;

    // The last proposal or vote of a height, in the order of views and then kinds.
    [[nodiscard]] const SlotRecord* last_slot(Height height) const;
    [[nodiscard]] const SlotRecord* slot(Height height, View view, SlotKind kind) const;
    [[nodiscard]] std::optional<BlockHash> final_hash() const;
};

void apply(JournalState& state, const Record& record);
// Slots and locks older than 100 final heights, and final hashes too old to be needed in memory.
void forget_old(JournalState& state);
// Keys of slot and lock records that forget_old has dropped and the store may delete: everything of those kinds below
// this.
Height oldest_kept(const JournalState& state);

// What a restarted member goes on from.
HeightJournal height_journal(const JournalState& state, Height height, MemberIndex me);

// Appends records; returns only when they are durable. A port: LevelDB in federation/signer, faults in the simulator.
class JournalStore {
public:
    virtual ~JournalStore() = default;
    virtual bool append(std::span<const Record> records) = 0;
};

}  // namespace sluice::agreement
