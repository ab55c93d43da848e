// Agreement: the sequence of heights. Holds the machine of the height being worked on, keeps a little of what arrives
// for the next one, and notices certificates against what is already final. Pure; owned by the member driver, used on
// its thread.
#pragma once

#include <memory>

#include "federation/agreement/height_machine.h"

namespace sluice::agreement {

class Agreement {
public:
    // `verifier` must outlive it.
    explicit Agreement(const Verifier& verifier) : verifier_(verifier) {}

    // Rule 1: height - 1 is final. Ends the height before, replays what was kept for this one.
    Actions begin(HeightMachine::Config config, HeightJournal journal, Milliseconds wait);
    // This member has no part in the heights that follow; begin() ends that.
    void leave();
    // What came early was meant for other members than those of the next height.
    void forget_early() { early_ = {}; }
    // Rule 10 and operators: signs nothing until resumed; goes on serving.
    void halt();
    void resume() { halted_ = false; }
    [[nodiscard]] bool halted() const { return halted_; }

    // Messages of other members, over authenticated links. Types that are not agreement's are ignored.
    Actions on_message(MemberIndex from, Message message);
    Actions on_timer(TimerKind kind, Height height, View view);
    Actions on_resend();
    Actions on_built(Height height, View view, const BlockHash& hash);
    Actions on_body_stored(const BlockHash& hash);
    Actions on_judged(Height height, View view, const BlockHash& hash, Judgement sound, Judgement acceptable);
    Actions on_signed(const Proposal& proposal);
    Actions on_signed(const Vote& vote);
    Actions on_signed(const BlockSig& sig);

    // Null before the first begin().
    [[nodiscard]] const HeightMachine* machine() const { return machine_.get(); }
    // The agreement fields of State; nothing before the first begin().
    void fill(State& state) const {
        if (machine_) machine_->fill(state);
    }

private:
    // The newest of each kind that a member sent for the height after this one.
    struct Early {
        std::optional<Proposal> proposal;
        std::optional<Vote> prevote;
        std::optional<Vote> precommit;
        std::optional<Cert> cert;
        std::optional<BlockSig> block_sig;
    };

    Actions dispatch(Message message);
    void keep_early(MemberIndex from, Message message);
    Actions check_past(const Message& message);
    Actions watch(Actions actions);
    [[nodiscard]] bool at(Height height) const { return machine_ && machine_->height() == height; }

    const Verifier& verifier_;
    std::unique_ptr<HeightMachine> machine_;
    std::optional<HeightMachine::Config> before_;  // of the height that became final last
    std::array<Early, kMaxMembers> early_;
    bool halted_ = false;
};

}  // namespace sluice::agreement
