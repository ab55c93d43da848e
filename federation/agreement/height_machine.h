// HeightMachine: the agreement on one height, as one member runs it (federation-design section 2, rules 1-9 and 11).
// Pure: events in, actions out; no clock, no I/O, no randomness. Owned by Agreement; used on the federation thread, or
// by the simulator.
//
// Messages given here come over an authenticated link; signatures in them are checked here. Every handler is
// idempotent. Memory is bounded: votes of the last 64 views, and for views ahead only the newest votes of each member.
#pragma once

#include <array>
#include <map>
#include <set>
#include <utility>

#include "federation/agreement/actions.h"

namespace sluice::agreement {

// How many views behind its own a height's votes are still counted.
inline constexpr View kViewsKept = 64;

enum class Judgement : uint8_t { kUnknown, kNo, kYes, kDeferred };

// What the signer's journal says this member did at the height before it stopped.
struct HeightJournal {
    View view = kNoView;               // the highest view with a signed slot
    std::optional<Proposal> proposal;  // mine in that view
    std::optional<Vote> prevote;
    std::optional<Vote> precommit;
    std::optional<Cert> lock;  // polka of the view that it is locked on
    std::optional<BlockSig> block_sig;
    std::optional<Cert> decision;  // what the block signature was released for
};

class HeightMachine {
public:
    struct Config {
        Height height = 0;
        BlockHash tip;  // final block at height - 1
        Committee committee;
        MemberIndex me = 0;
        Timing timing;
    };

    // `verifier` must outlive the machine.
    HeightMachine(Config config, const Verifier& verifier, HeightJournal journal);

    // Rule 1. `wait` is at most the interval; a journal with a view goes on at once.
    Actions start(Milliseconds wait);
    Actions on_timer(TimerKind kind, View view);
    // Every `resend`: asks again for bodies that are missing.
    Actions on_resend();

    Actions on_proposal(Proposal proposal);
    Actions on_vote(const Vote& vote);
    Actions on_cert(const Cert& cert);
    Actions on_block_sig(const BlockSig& sig);
    Actions on_state(MemberIndex peer, const State& state);
    Actions on_body(Body body);

    Actions on_built(View view, const BlockHash& hash);
    Actions on_body_stored(const BlockHash& hash);
    // `acceptable` counts only for the proposal of `view`.
    Actions on_judged(View view, const BlockHash& hash, Judgement sound, Judgement acceptable);
    Actions on_signed(const Proposal& proposal);
    Actions on_signed(const Vote& vote);
    Actions on_signed(const BlockSig& sig);

    // Signs nothing more at this height (conflict); goes on serving.
    void stop_voting() { voting_ = false; }
    // The agreement fields of State; the driver adds the rest.
    void fill(State& state) const;

    [[nodiscard]] Height height() const { return config_.height; }
    [[nodiscard]] View view() const { return view_; }
    [[nodiscard]] Step step() const { return step_; }
    [[nodiscard]] View locked_view() const { return lock_ ? lock_->view : kNoView; }
    [[nodiscard]] View valid_view() const { return valid_ ? valid_->view : kNoView; }
    [[nodiscard]] bool voting() const { return voting_; }
    [[nodiscard]] const std::optional<Cert>& decision() const { return decision_; }
    [[nodiscard]] const Config& config() const { return config_; }

private:
    struct ViewVotes {
        std::array<std::optional<Vote>, kMaxMembers> prevotes;
        std::array<std::optional<Vote>, kMaxMembers> precommits;
        std::optional<Proposal> proposal;
        bool prevote_timer = false;
        bool precommit_timer = false;
    };
    // The newest things that a member signed for views that I have not reached.
    struct Ahead {
        View view = kNoView;
        std::optional<Vote> prevote;
        std::optional<Vote> precommit;
        std::optional<Proposal> proposal;
    };
    struct BlockInfo {
        bool stored = false;
        bool judge_asked = false;
        bool body_asked = false;
        uint8_t body_attempts = 0;
        Judgement sound = Judgement::kUnknown;
    };

    [[nodiscard]] uint32_t quorum() const { return config_.committee.quorum(); }
    [[nodiscard]] bool decided() const { return decision_.has_value(); }
    [[nodiscard]] std::optional<Cert> find_quorum(View view, VoteType type) const;
    [[nodiscard]] uint32_t count(View view, VoteType type, bool nil_only) const;
    [[nodiscard]] Bitmap bitmap(View view, VoteType type) const;
    [[nodiscard]] bool has_polka(View view, const BlockHash& hash) const;

    void insert(const Vote& vote);   // verified
    void insert(Proposal proposal);  // verified
    void take_certificate(const Cert& cert);
    void note_quorum(const Vote& vote);
    // True once the block is known to keep the consensus rules; otherwise asks for what is missing.
    bool is_sound(const BlockHash& hash);
    void want_body(const BlockHash& hash);

    void evaluate();
    bool skip_views();
    void start_view(View view);
    bool try_decide();
    bool try_polka();
    bool try_prevote();
    bool try_tally();
    void try_assemble();
    void prevote(const BlockHash& hash, std::optional<Cert> polka);
    void precommit(const BlockHash& hash, std::optional<Cert> polka);
    void send_mine(MemberIndex to);
    [[nodiscard]] Proposal with_polka(Proposal proposal) const;

    template <class T>
    void emit(T action) {
        out_.push_back(std::move(action));
    }
    void broadcast(Message message) { out_.push_back(Send{std::nullopt, std::move(message)}); }
    void conflict(const BlockHash& hash);
    void accuse(Evidence evidence, MemberIndex member);
    Actions take();

    Config config_;
    const Verifier& verifier_;
    bool voting_ = true;
    bool started_ = false;
    View view_ = kNoView;
    Step step_ = Step::kWaiting;
    std::optional<Cert> lock_;
    std::optional<Cert> valid_;
    std::optional<Cert> polka_;      // highest known, perhaps not judged yet
    std::optional<Cert> candidate_;  // q precommits, perhaps not judged yet
    std::optional<Cert> decision_;
    std::map<View, ViewVotes> views_;
    std::array<Ahead, kMaxMembers> ahead_;
    std::map<BlockHash, BlockInfo> blocks_;
    Judgement acceptable_ = Judgement::kUnknown;  // of the proposal of this view
    bool acceptable_asked_ = false;
    std::array<std::optional<BlockSig>, kMaxMembers> block_sigs_;
    std::set<BlockHash> assembled_;
    Bitmap accused_ = 0;
    HeightJournal journal_;
    Actions out_;
};

}  // namespace sluice::agreement
