#include "federation/agreement/journal.h"

#include "federation/agreement/detail/fields.h"

namespace sluice::agreement {
namespace {

constexpr Height kHeightsKept = 100;
constexpr size_t kFinalsInMemory = 1000;

using detail::enum_field;

template <class A, Like<BirthRecord> T>
void fields(A& a, T& o) {
    field(a, o.id);
}
template <class A, Like<BootRecord> T>
void fields(A& a, T& o) {
    field(a, o.boot);
    field(a, o.instance);
}
template <class A, Like<SlotRecord> T>
void fields(A& a, T& o) {
    field(a, o.height);
    field(a, o.view);
    enum_field(a, o.kind, 0, 2);
    field(a, o.hash);
    field(a, o.valid_view);
    field(a, o.signature);
}
template <class A, Like<LockRecord> T>
void fields(A& a, T& o) {
    field(a, o.polka);
}
template <class A, Like<BlockSigRecord> T>
void fields(A& a, T& o) {
    field(a, o.height);
    field(a, o.hash);
    field(a, o.decision);
    field(a, o.der);
}
template <class A, Like<FinalRecord> T>
void fields(A& a, T& o) {
    field(a, o.height);
    field(a, o.hash);
}
template <class A, Like<PayoutRecord> T>
void fields(A& a, T& o) {
    field(a, o.txid);
    field(a, o.batch);
    field(a, o.pivot);
    list(a, o.requests, OutPointId::kSize);
    list(a, o.signatures, 1);
}
template <class A, Like<RequestRecord> T>
void fields(A& a, T& o) {
    field(a, o.request);
    field(a, o.pivot);
    field(a, o.released_at);
}
template <class A, Like<ModeRecord> T>
void fields(A& a, T& o) {
    enum_field(a, o.mode, 0, 2);
    field(a, o.until);
    field(a, o.reason);
}

void key_u32(Bytes& key, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<uint8_t>(value >> shift));
}

struct KeyOf {
    Bytes& key;
    void operator()(const BirthRecord&) const {}
    void operator()(const BootRecord&) const {}
    void operator()(const ModeRecord&) const {}
    void operator()(const SlotRecord& r) const {
        key_u32(key, r.height);
        key_u32(key, static_cast<uint32_t>(r.view));
        key.push_back(static_cast<uint8_t>(r.kind));
    }
    void operator()(const LockRecord& r) const { key_u32(key, r.polka.height); }
    void operator()(const BlockSigRecord& r) const { key_u32(key, r.height); }
    void operator()(const FinalRecord& r) const { key_u32(key, r.height); }
    void operator()(const PayoutRecord& r) const { append(key, r.txid.view()); }
    void operator()(const RequestRecord& r) const { append(key, r.request.view()); }
};

struct Apply {
    JournalState& state;
    void operator()(const BirthRecord& r) const { state.id = r.id; }
    void operator()(const BootRecord& r) const {
        state.boot = r.boot;
        state.instance = r.instance;
    }
    void operator()(const SlotRecord& r) const { state.slots[{r.height, r.view, r.kind}] = r; }
    void operator()(const LockRecord& r) const { state.locks[r.polka.height] = r; }
    void operator()(const BlockSigRecord& r) const { state.block_sigs[r.height] = r; }
    void operator()(const FinalRecord& r) const {
        state.finals[r.height] = r.hash;
        if (r.height > state.final_height) state.final_height = r.height;
    }
    void operator()(const PayoutRecord& r) const { state.payouts[r.txid] = r; }
    void operator()(const RequestRecord& r) const { state.requests[r.request] = r; }
    void operator()(const ModeRecord& r) const { state.mode = r; }
};

}  // namespace

Bytes record_key(const Record& record) {
    Bytes key{static_cast<uint8_t>(record.index())};
    std::visit(KeyOf{key}, record);
    return key;
}

Bytes encode_record(const Record& record) {
    ByteWriter writer;
    Writer& sink = writer;
    sink.u8(static_cast<uint8_t>(record.index()));
    std::visit([&](const auto& r) { fields(sink, r); }, record);
    return writer.release();
}

std::optional<Record> decode_record(ByteView bytes) {
    Reader reader(bytes);
    const uint8_t type = reader.u8();
    if (!reader.ok() || type >= std::variant_size_v<Record>) return std::nullopt;
    Record record;
    detail::read_alternative(type, record, [&](auto& each) { fields(reader, each); });
    if (!reader.finish()) return std::nullopt;
    return record;
}

const SlotRecord* JournalState::last_slot(Height height) const {
    auto after = slots.lower_bound({height + 1, 0, SlotKind::kProposal});
    if (after == slots.begin()) return nullptr;
    --after;
    return after->second.height == height ? &after->second : nullptr;
}

const SlotRecord* JournalState::slot(Height height, View view, SlotKind kind) const {
    const auto at = slots.find({height, view, kind});
    return at == slots.end() ? nullptr : &at->second;
}

std::optional<BlockHash> JournalState::final_hash() const {
    const auto at = finals.find(final_height);
    if (at == finals.end()) return std::nullopt;
    return at->second;
}

void apply(JournalState& state, const Record& record) { std::visit(Apply{state}, record); }

Height oldest_kept(const JournalState& state) {
    return state.final_height > kHeightsKept ? state.final_height - kHeightsKept : 0;
}

void forget_old(JournalState& state) {
    const Height oldest = oldest_kept(state);
    state.slots.erase(state.slots.begin(), state.slots.lower_bound({oldest, 0, SlotKind::kProposal}));
    state.locks.erase(state.locks.begin(), state.locks.lower_bound(oldest));
    state.block_sigs.erase(state.block_sigs.begin(), state.block_sigs.lower_bound(oldest));
    while (state.finals.size() > kFinalsInMemory) state.finals.erase(state.finals.begin());
}

HeightJournal height_journal(const JournalState& state, Height height, MemberIndex me) {
    HeightJournal out;
    const auto vote_of = [&](SlotKind kind, VoteType type) -> std::optional<Vote> {
        const SlotRecord* slot = state.slot(height, out.view, kind);
        if (slot == nullptr) return std::nullopt;
        return Vote{height, out.view, type, slot->hash, me, slot->signature};
    };
    if (const SlotRecord* last = state.last_slot(height)) {
        out.view = last->view;
        if (const SlotRecord* slot = state.slot(height, out.view, SlotKind::kProposal)) {
            out.proposal =
                Proposal{height, out.view, slot->hash, slot->valid_view, me, slot->signature, std::nullopt, {}};
        }
        out.prevote = vote_of(SlotKind::kPrevote, VoteType::kPrevote);
        out.precommit = vote_of(SlotKind::kPrecommit, VoteType::kPrecommit);
    }
    if (const auto lock = state.locks.find(height); lock != state.locks.end()) out.lock = lock->second.polka;
    if (const auto sig = state.block_sigs.find(height); sig != state.block_sigs.end()) {
        out.block_sig = BlockSig{height, sig->second.hash, me, sig->second.der};
        out.decision = sig->second.decision;
    }
    return out;
}

}  // namespace sluice::agreement
