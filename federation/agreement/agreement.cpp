#include "federation/agreement/agreement.h"

namespace sluice::agreement {
namespace {

std::optional<Height> height_of(const Message& message) {
    if (const auto* m = std::get_if<Proposal>(&message)) return m->height;
    if (const auto* m = std::get_if<Vote>(&message)) return m->height;
    if (const auto* m = std::get_if<Cert>(&message)) return m->height;
    if (const auto* m = std::get_if<BlockSig>(&message)) return m->height;
    return std::nullopt;
}

void join(Actions& to, Actions from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Actions Agreement::begin(HeightMachine::Config config, HeightJournal journal, Milliseconds wait) {
    before_.reset();
    if (machine_ && machine_->height() + 1 == config.height) before_ = machine_->config();
    const bool next = before_.has_value();
    machine_ = std::make_unique<HeightMachine>(std::move(config), verifier_, std::move(journal));
    if (halted_) machine_->stop_voting();
    Actions actions = machine_->start(wait);
    std::array<Early, kMaxMembers> early = std::exchange(early_, {});
    if (next) {
        for (Early& kept : early) {
            if (kept.cert) join(actions, machine_->on_cert(*kept.cert));
            if (kept.proposal) join(actions, machine_->on_proposal(std::move(*kept.proposal)));
            if (kept.prevote) join(actions, machine_->on_vote(*kept.prevote));
            if (kept.precommit) join(actions, machine_->on_vote(*kept.precommit));
            if (kept.block_sig) join(actions, machine_->on_block_sig(*kept.block_sig));
        }
    }
    return watch(std::move(actions));
}

void Agreement::leave() {
    machine_.reset();
    before_.reset();
    early_ = {};
}

void Agreement::halt() {
    halted_ = true;
    if (machine_) machine_->stop_voting();
}

Actions Agreement::watch(Actions actions) {
    for (const Action& action : actions) {
        const auto* alarm = std::get_if<Raise>(&action);
        if (alarm && alarm->kind != AlarmKind::kSignerRefused) halt();
    }
    return actions;
}

Actions Agreement::on_message(MemberIndex from, Message message) {
    if (!machine_ || from >= machine_->config().committee.size() || from == machine_->config().me) return {};
    if (const auto* state = std::get_if<State>(&message)) return watch(machine_->on_state(from, *state));
    if (auto* body = std::get_if<Body>(&message)) return watch(machine_->on_body(std::move(*body)));
    const std::optional<Height> height = height_of(message);
    if (!height) return {};
    if (*height == machine_->height()) return watch(dispatch(std::move(message)));
    if (*height == machine_->height() + 1) keep_early(from, std::move(message));
    else if (*height + 1 == machine_->height()) return watch(check_past(message));
    return {};
}

Actions Agreement::dispatch(Message message) {
    if (auto* m = std::get_if<Proposal>(&message)) return machine_->on_proposal(std::move(*m));
    if (auto* m = std::get_if<Vote>(&message)) return machine_->on_vote(*m);
    if (auto* m = std::get_if<Cert>(&message)) return machine_->on_cert(*m);
    if (auto* m = std::get_if<BlockSig>(&message)) return machine_->on_block_sig(*m);
    return {};
}

void Agreement::keep_early(MemberIndex from, Message message) {
    Early& early = early_[from];
    if (auto* m = std::get_if<Proposal>(&message)) {
        if (m->member == from) early.proposal = std::move(*m);
    } else if (auto* m = std::get_if<Vote>(&message)) {
        if (m->member == from) (m->type == VoteType::kPrevote ? early.prevote : early.precommit) = *m;
    } else if (auto* m = std::get_if<Cert>(&message)) {
        early.cert = std::move(*m);
    } else if (auto* m = std::get_if<BlockSig>(&message)) {
        if (m->member == from) early.block_sig = std::move(*m);
    }
}

// Rule 10: a certificate against the block that is final.
Actions Agreement::check_past(const Message& message) {
    const auto* cert = std::get_if<Cert>(&message);
    if (!cert || !before_ || cert->type != VoteType::kPrecommit) return {};
    if (cert->hash == machine_->config().tip || !verify_cert(before_->committee, verifier_, *cert)) return {};
    return {Raise{AlarmKind::kConflictingDecisions, cert->height, cert->hash}};
}

Actions Agreement::on_timer(TimerKind kind, Height height, View view) {
    return at(height) ? watch(machine_->on_timer(kind, view)) : Actions{};
}
Actions Agreement::on_resend() { return machine_ ? watch(machine_->on_resend()) : Actions{}; }
Actions Agreement::on_built(Height height, View view, const BlockHash& hash) {
    return at(height) ? watch(machine_->on_built(view, hash)) : Actions{};
}
Actions Agreement::on_body_stored(const BlockHash& hash) {
    return machine_ ? watch(machine_->on_body_stored(hash)) : Actions{};
}
Actions Agreement::on_judged(Height height, View view, const BlockHash& hash, Judgement sound, Judgement acceptable) {
    return at(height) ? watch(machine_->on_judged(view, hash, sound, acceptable)) : Actions{};
}
Actions Agreement::on_signed(const Proposal& proposal) {
    return at(proposal.height) ? watch(machine_->on_signed(proposal)) : Actions{};
}
Actions Agreement::on_signed(const Vote& vote) {
    return at(vote.height) ? watch(machine_->on_signed(vote)) : Actions{};
}
Actions Agreement::on_signed(const BlockSig& sig) {
    return at(sig.height) ? watch(machine_->on_signed(sig)) : Actions{};
}

}  // namespace sluice::agreement
