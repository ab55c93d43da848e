#include "federation/agreement/signer_core.h"

#include <algorithm>

#include "util/check.h"

namespace sluice::agreement {
namespace {

SlotKind kind_of(VoteType type) { return type == VoteType::kPrevote ? SlotKind::kPrevote : SlotKind::kPrecommit; }

}  // namespace

const char* to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::kHalted: return "halted until the operator resolves a conflict";
        case Refusal::kObserving: return "observing: the journal may be behind what this key has signed";
        case Refusal::kNotIntroduced: return "too few members have answered since the start";
        case Refusal::kNoCommittee: return "not a member of the active set";
        case Refusal::kWrongHeight: return "not the height after the followed chain";
        case Refusal::kWrongHeader: return "header does not extend the followed chain";
        case Refusal::kSlotUsed: return "something else is signed in this slot";
        case Refusal::kStaleSlot: return "behind what is already signed";
        case Refusal::kLocked: return "locked on another block";
        case Refusal::kNoPolka: return "no certificate of prevotes";
        case Refusal::kNoDecision: return "no certificate of precommits";
        case Refusal::kAlreadyReleased: return "another block is signed at this height";
        case Refusal::kWrongSet: return "no four fifths of an epoch voted for this member set";
        case Refusal::kConflict: return "conflicts with the followed chain";
        case Refusal::kJournalFailed: return "the journal could not be written";
    }
    return "unknown";
}

SignerCore::SignerCore(SigningKey& key, JournalStore& store, const Verifier& verifier, JournalState state,
                       const JournalId& expected)
    : key_(key), store_(store), verifier_(verifier), state_(std::move(state)) {
    if (state_.id == expected) return;
    observe_because("the journal is not the one made with these keys");
    write(BirthRecord{expected});
}

bool SignerCore::journal(std::span<const Record> records) {
    if (!store_.append(records)) return false;
    for (const Record& record : records) apply(state_, record);
    return true;
}

Result<void, Refusal> SignerCore::boot(uint64_t nonce, const InstanceId& instance) {
    CHECK(nonce != 0);
    if (!write(BootRecord{state_.boot + 1, instance})) return unexpected(Refusal::kJournalFailed);
    nonce_ = nonce;
    introduced_.clear();
    reports_.clear();
    copy_seen_ = false;
    booted_ = true;
    return {};
}

void SignerCore::set_committee(Committee committee, MemberIndex me) {
    CHECK(me < committee.size());
    committee_ = std::move(committee);
    me_ = me;
}

void SignerCore::enter(Committee committee, std::optional<MemberIndex> me) {
    CHECK(!me || *me < committee.size());
    if (committee_ && me && *committee_ == committee && me_ == *me) return;
    std::set<MemberIndex> answered;
    for (MemberIndex i = 0; committee_ && me && i < committee.size(); ++i) {
        const auto at = std::find(committee_->keys.begin(), committee_->keys.end(), committee.keys[i]);
        if (at == committee_->keys.end() || i == *me) continue;
        if (introduced_.contains(static_cast<MemberIndex>(at - committee_->keys.begin()))) answered.insert(i);
    }
    introduced_ = std::move(answered);
    reports_.clear();
    committee_.reset();
    if (!me) return;
    committee_ = std::move(committee);
    me_ = *me;
}

bool SignerCore::introduced() const { return committee_ && introduced_.size() + 1 >= committee_->threshold; }

bool SignerCore::wants_reports() const {
    return state_.mode.mode == SignerMode::kObserve && state_.mode.until == kUntilReports;
}

std::optional<Refusal> SignerCore::refuse_signing(Height height) const {
    if (state_.mode.mode == SignerMode::kHalted) return Refusal::kHalted;
    if (!committee_) return Refusal::kNoCommittee;
    if (state_.mode.mode == SignerMode::kObserve && height <= state_.mode.until) return Refusal::kObserving;
    if (!booted_ || !introduced()) return Refusal::kNotIntroduced;
    if (height != state_.final_height + 1) return Refusal::kWrongHeight;
    return std::nullopt;
}

bool SignerCore::header_fits(const HeaderFacts& header, Height height, const BlockHash& hash) const {
    const std::optional<BlockHash> tip = state_.final_hash();
    return tip && header.hash == hash && header.prev == *tip && header.height == height &&
           header.params_root == committee_->params_root && !hash.is_zero();
}

Result<Hello, Refusal> SignerCore::sign_hello(Hello hello) {
    if (!booted_) return unexpected(Refusal::kNotIntroduced);
    hello.instance = state_.instance;
    hello.boot = state_.boot;
    hello.nonce = nonce_;
    hello.signature = key_.sign(hello_digest(hello));
    return hello;
}

Result<Proposal, Refusal> SignerCore::sign_proposal(const SignProposal& request, const HeaderFacts& header) {
    if (const auto refusal = refuse_signing(request.height)) return unexpected(*refusal);
    if (!header_fits(header, request.height, request.hash)) return unexpected(Refusal::kWrongHeader);
    Proposal out{request.height, request.view, request.hash, request.valid_view, me_, {}, std::nullopt, {}};
    if (const SlotRecord* slot = state_.slot(request.height, request.view, SlotKind::kProposal)) {
        if (slot->hash != request.hash || slot->valid_view != request.valid_view) return unexpected(Refusal::kSlotUsed);
        out.signature = slot->signature;
        return out;
    }
    if (state_.block_sigs.contains(request.height)) return unexpected(Refusal::kAlreadyReleased);
    const SlotRecord* last = state_.last_slot(request.height);
    if (request.view < 0 || (last != nullptr && request.view <= last->view)) return unexpected(Refusal::kStaleSlot);
    out.signature =
        key_.sign(proposal_digest(*committee_, request.height, request.view, request.hash, request.valid_view));
    const SlotRecord record{request.height, request.view,       SlotKind::kProposal,
                            request.hash,   request.valid_view, out.signature};
    if (!write(record)) return unexpected(Refusal::kJournalFailed);
    return out;
}

Result<Vote, Refusal> SignerCore::sign_vote(const SignVote& request, const std::optional<HeaderFacts>& header) {
    if (const auto refusal = refuse_signing(request.height)) return unexpected(*refusal);
    const SlotKind kind = kind_of(request.type);
    const bool nil = request.hash.is_zero();
    if (!nil && (!header || !header_fits(*header, request.height, request.hash)))
        return unexpected(Refusal::kWrongHeader);
    Vote out{request.height, request.view, request.type, request.hash, me_, {}};
    if (const SlotRecord* slot = state_.slot(request.height, request.view, kind)) {
        if (slot->hash != request.hash) return unexpected(Refusal::kSlotUsed);
        out.signature = slot->signature;
        return out;
    }
    if (state_.block_sigs.contains(request.height)) return unexpected(Refusal::kAlreadyReleased);
    const SlotRecord* last = state_.last_slot(request.height);
    const bool stale = last != nullptr && std::tie(request.view, kind) <= std::tie(last->view, last->kind);
    if (request.view < 0 || stale) return unexpected(Refusal::kStaleSlot);

    const auto proves = [&](const std::optional<Cert>& polka, View least, View most) {
        return polka && polka->type == VoteType::kPrevote && polka->height == request.height &&
               polka->hash == request.hash && polka->view >= least && polka->view <= most &&
               verify_cert(*committee_, verifier_, *polka);
    };
    std::vector<Record> records;
    if (!nil && request.type == VoteType::kPrevote) {
        const auto lock = state_.locks.find(request.height);
        const bool against = lock != state_.locks.end() && lock->second.polka.hash != request.hash;
        if (against && !proves(request.polka, lock->second.polka.view, request.view - 1))
            return unexpected(Refusal::kLocked);
    } else if (!nil) {
        if (!proves(request.polka, request.view, request.view)) return unexpected(Refusal::kNoPolka);
        records.push_back(LockRecord{*request.polka});
    }
    out.signature = key_.sign(vote_digest(*committee_, request.height, request.view, request.type, request.hash));
    records.push_back(SlotRecord{request.height, request.view, kind, request.hash, kNoView, out.signature});
    if (!journal(records)) return unexpected(Refusal::kJournalFailed);
    return out;
}

Result<BlockSig, Refusal> SignerCore::sign_block(const SignBlock& request, const HeaderFacts& header) {
    if (const auto refusal = refuse_signing(request.height)) return unexpected(*refusal);
    if (!header_fits(header, request.height, request.hash)) return unexpected(Refusal::kWrongHeader);
    BlockSig out{request.height, request.hash, me_, {}};
    if (const auto known = state_.block_sigs.find(request.height); known != state_.block_sigs.end()) {
        if (known->second.hash != request.hash) return unexpected(Refusal::kAlreadyReleased);
        out.der = known->second.der;
        return out;
    }
    const Cert& decision = request.decision;
    const bool proven = decision.type == VoteType::kPrecommit && decision.height == request.height &&
                        decision.hash == request.hash && verify_cert(*committee_, verifier_, decision);
    if (!proven) return unexpected(Refusal::kNoDecision);
    out.der = key_.sign_block(request.hash);
    if (!write(BlockSigRecord{request.height, request.hash, decision, out.der}))
        return unexpected(Refusal::kJournalFailed);
    return out;
}

Result<Report, Refusal> SignerCore::sign_report(uint64_t nonce) {
    if (!committee_) return unexpected(Refusal::kNoCommittee);
    Report report{nonce, state_.final_height + 1, state_.final_hash().value_or(BlockHash{}), me_, {}};
    report.signature = key_.sign(report_digest(committee_->genesis, report));
    return report;
}

Result<void, Refusal> SignerCore::advance(const HeaderFacts& header) {
    if (state_.finals.empty()) {  // the first followed header is the genesis block
        if (!write(FinalRecord{header.height, header.hash})) return unexpected(Refusal::kJournalFailed);
        return {};
    }
    if (header.height <= state_.final_height) {
        const auto known = state_.finals.find(header.height);
        if (known == state_.finals.end() || known->second == header.hash) return {};
        halt_because("a second signed header at a followed height");
        return unexpected(Refusal::kConflict);
    }
    if (header.height != state_.final_height + 1) return unexpected(Refusal::kWrongHeight);
    if (header.prev != *state_.final_hash()) {
        halt_because("a signed header that does not extend the followed chain");
        return unexpected(Refusal::kConflict);
    }
    if (!write(FinalRecord{header.height, header.hash})) return unexpected(Refusal::kJournalFailed);
    if (state_.mode.mode == SignerMode::kObserve && state_.mode.until != kUntilReports &&
        header.height >= state_.mode.until) {
        write(ModeRecord{});
    }
    forget_old(state_);
    return {};
}

void SignerCore::observe_because(std::string_view reason) {
    if (state_.mode.mode == SignerMode::kHalted || wants_reports()) return;
    reports_.clear();
    const ModeRecord record{SignerMode::kObserve, kUntilReports, to_bytes(as_bytes(reason))};
    // If it cannot be written, it still holds for this run.
    if (!write(record)) apply(state_, record);
}

void SignerCore::halt_because(std::string_view reason) {
    const ModeRecord record{SignerMode::kHalted, 0, to_bytes(as_bytes(reason))};
    if (!write(record)) apply(state_, record);
}

void SignerCore::observe_hello_reply(MemberIndex from, const Hello& reply) {
    if (!committee_ || from >= committee_->size() || from == me_ || reply.member != from) return;
    if (!verifier_.verify(committee_->keys[from], hello_digest(reply), reply.signature)) return;
    if (reply.genesis != committee_->genesis) return;
    if (reply.your_vote && reply.your_vote->member == me_) observe_own(*reply.your_vote);
    if (reply.your_proposal && reply.your_proposal->member == me_) observe_own(*reply.your_proposal);
    if (reply.your_boot != 0) newer_boot(reply.your_instance, reply.your_boot);
    if (nonce_ != 0 && reply.echo_nonce == nonce_) introduced_.insert(from);
}

bool SignerCore::newer_than_journal(Height height, View view, SlotKind kind, const BlockHash& hash) const {
    if (height < oldest_kept(state_)) return false;
    const SlotRecord* slot = state_.slot(height, view, kind);
    return slot == nullptr || slot->hash != hash;
}

void SignerCore::observe_own(const Vote& vote) {
    if (!committee_ || vote.member != me_) return;
    if (!newer_than_journal(vote.height, vote.view, kind_of(vote.type), vote.hash)) return;
    if (verify_vote(*committee_, verifier_, vote))
        observe_because("a vote under this key that the journal does not hold");
}

void SignerCore::observe_own(const Proposal& proposal) {
    if (!committee_ || proposal.member != me_) return;
    if (!newer_than_journal(proposal.height, proposal.view, SlotKind::kProposal, proposal.hash)) return;
    if (verify_proposal(*committee_, verifier_, proposal)) {
        observe_because("a proposal under this key that the journal does not hold");
    }
}

void SignerCore::observe_own_hello(const Hello& hello) {
    if (!committee_ || hello.member != me_ || hello.genesis != committee_->genesis) return;
    if (!verifier_.verify(committee_->keys[me_], hello_digest(hello), hello.signature)) return;
    newer_boot(hello.instance, hello.boot);
}

// A start under this key that is not this one and not before it: the journal was rolled back, or a copy is alive.
void SignerCore::newer_boot(const InstanceId& instance, uint64_t boot) {
    if (!booted_ || boot < state_.boot || instance == state_.instance) return;
    write(BootRecord{boot + 1, state_.instance});
    if (copy_seen_) {
        halt_because("another signer with this key is alive");
        return;
    }
    copy_seen_ = true;
    observe_because("a newer start under this key that the journal does not hold");
}

void SignerCore::observe_report(const Report& report) {
    if (!committee_ || !wants_reports() || report.nonce != nonce_ || report.member == me_) return;
    if (report.member >= committee_->size()) return;
    if (!verifier_.verify(committee_->keys[report.member], report_digest(committee_->genesis, report),
                          report.signature))
        return;
    reports_[report.member] = report.working;
    if (reports_.size() < committee_->threshold) return;
    Height highest = 0;
    for (const auto& entry : reports_) highest = std::max(highest, entry.second);
    // A vote of ours at h needs h-1 decided; an honest reporter is at h-1 or above: hence one more.
    write(ModeRecord{SignerMode::kObserve, highest + 1, state_.mode.reason});
}

SignerStatus SignerCore::status() const {
    SignerStatus out;
    out.halted = state_.mode.mode == SignerMode::kHalted;
    out.observing = state_.mode.mode == SignerMode::kObserve;
    out.introduced = introduced();
    out.wants_reports = wants_reports();
    out.final_height = state_.final_height;
    out.follows_any = !state_.finals.empty();
    out.boot = state_.boot;
    out.instance = state_.instance;
    out.nonce = nonce_;
    out.reason = std::string(as_text(state_.mode.reason));
    return out;
}

HeightJournal SignerCore::height_journal(Height height) const { return agreement::height_journal(state_, height, me_); }

Result<void, Refusal> SignerCore::resume_now() {
    if (state_.mode.mode == SignerMode::kHalted) return unexpected(Refusal::kHalted);
    if (!write(ModeRecord{})) return unexpected(Refusal::kJournalFailed);
    return {};
}

Result<void, Refusal> SignerCore::resolve_conflict(const BlockHash& hash) {
    if (state_.mode.mode != SignerMode::kHalted) return {};
    const bool followed = std::any_of(state_.finals.begin(), state_.finals.end(),
                                      [&](const auto& entry) { return entry.second == hash; });
    if (!followed) return unexpected(Refusal::kWrongHeader);
    if (!write(ModeRecord{})) return unexpected(Refusal::kJournalFailed);
    return {};
}

}  // namespace sluice::agreement
