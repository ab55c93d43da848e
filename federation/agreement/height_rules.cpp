// The rules of federation-design section 2, applied until nothing changes. Rule numbers are that page's.
#include <algorithm>
#include <functional>

#include "federation/agreement/height_machine.h"

namespace sluice::agreement {
void HeightMachine::evaluate() {
    if (!started_) return;
    while (try_decide() || skip_views() || try_polka() || try_prevote() || try_tally()) {}
    try_assemble();
}

// Rule 7, second sentence.
bool HeightMachine::skip_views() {
    if (decided()) return false;
    std::vector<View> ahead;
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (ahead_[member].view > view_) ahead.push_back(ahead_[member].view);
    }
    const size_t needed = config_.committee.skip_count();
    if (ahead.size() < needed) return false;
    std::sort(ahead.begin(), ahead.end(), std::greater<>());
    start_view(ahead[needed - 1]);
    return true;
}

// Rule 2.
void HeightMachine::start_view(View view) {
    view_ = view;
    step_ = Step::kPropose;
    acceptable_ = Judgement::kUnknown;
    acceptable_asked_ = false;
    views_.erase(views_.begin(), views_.lower_bound(view - kViewsKept));
    views_[view];
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (ahead_[member].view == kNoView || ahead_[member].view > view) continue;
        Ahead reached = std::exchange(ahead_[member], Ahead{});
        if (reached.prevote) insert(*reached.prevote);
        if (reached.precommit) insert(*reached.precommit);
        if (reached.proposal && reached.view == view) views_[view].proposal = std::move(reached.proposal);
    }
    emit(PublishState{});
    if (view > 0 && valid_) broadcast(*valid_);
    emit(StartTimer{TimerKind::kPropose, config_.height, view, timeout(config_.timing, config_.timing.propose, view)});
    if (config_.me != config_.committee.proposer(config_.height, view) || !voting_) return;
    const bool already = journal_.view == view && (journal_.proposal || journal_.prevote || journal_.precommit);
    if (already) return;
    if (valid_) emit(SignProposal{config_.height, view, valid_->hash, valid_->view});
    else emit(Build{config_.height, view});
}

bool HeightMachine::is_sound(const BlockHash& hash) {
    BlockInfo& info = blocks_[hash];
    if (!info.stored) {
        want_body(hash);
        return false;
    }
    if (info.sound == Judgement::kUnknown && !info.judge_asked) {
        info.judge_asked = true;
        emit(Judge{config_.height, view_, hash, false});
    }
    return info.sound == Judgement::kYes;
}

void HeightMachine::want_body(const BlockHash& hash) {
    BlockInfo& info = blocks_[hash];
    if (info.stored || info.body_asked || config_.committee.size() < 2) return;
    info.body_asked = true;
    // One member at a time: a body is large. The proposer's own copy comes with its proposal, so begin beside it.
    const size_t others = config_.committee.size() - 1;
    const auto peer =
        static_cast<MemberIndex>((config_.me + 1 + info.body_attempts++ % others) % config_.committee.size());
    emit(Send{peer, GetBody{config_.height, hash}});
}

// Rule 8.
bool HeightMachine::try_decide() {
    if (decided() || !candidate_) return false;
    if (!is_sound(candidate_->hash)) {
        if (blocks_[candidate_->hash].sound == Judgement::kNo && voting_) {
            voting_ = false;
            emit(Raise{AlarmKind::kUnsoundCertificate, config_.height, candidate_->hash});
        }
        return false;
    }
    decision_ = candidate_;
    step_ = Step::kDecided;
    if (voting_) emit(SignBlock{config_.height, decision_->hash, *decision_});
    emit(PublishState{});
    return true;
}

// Rule 6.
bool HeightMachine::try_polka() {
    if (decided() || !polka_) return false;
    if (!is_sound(polka_->hash)) {
        if (blocks_[polka_->hash].sound == Judgement::kNo && voting_) {
            voting_ = false;
            emit(Raise{AlarmKind::kUnsoundCertificate, config_.height, polka_->hash});
        }
        return false;
    }
    bool changed = false;
    if (!valid_ || polka_->view > valid_->view) {
        valid_ = polka_;
        changed = true;
    }
    if (polka_->view == view_ && step_ == Step::kPrevote) {
        lock_ = polka_;
        precommit(polka_->hash, polka_);
        changed = true;
    }
    return changed;
}

// Rule 3.
bool HeightMachine::try_prevote() {
    if (decided() || step_ != Step::kPropose || !views_[view_].proposal) return false;
    const Proposal proposal = *views_[view_].proposal;
    BlockInfo& info = blocks_[proposal.hash];
    if (!info.stored) {
        // A proposal normally brings its body: the first request waits for the resend timer.
        if (info.body_attempts > 0) {
            want_body(proposal.hash);
        } else {
            info.body_attempts = 1;
            info.body_asked = true;
        }
        return false;
    }
    if (proposal.valid_view == kNoView) {
        if (lock_ && lock_->hash != proposal.hash) {
            prevote({}, std::nullopt);
            return true;
        }
        if (!acceptable_asked_) {
            acceptable_asked_ = true;
            info.judge_asked = true;
            emit(Judge{config_.height, view_, proposal.hash, true});
        }
        const bool sound = info.sound == Judgement::kYes;
        if (info.sound == Judgement::kNo || acceptable_ == Judgement::kNo) {
            prevote({}, std::nullopt);
            return true;
        }
        if (!sound || acceptable_ != Judgement::kYes) return false;
        prevote(proposal.hash, std::nullopt);
        return true;
    }
    if (!has_polka(proposal.valid_view, proposal.hash)) return false;
    if (!is_sound(proposal.hash)) {
        if (info.sound != Judgement::kNo) return false;
        prevote({}, std::nullopt);
        return true;
    }
    const bool free = !lock_ || lock_->view <= proposal.valid_view || lock_->hash == proposal.hash;
    if (free) prevote(proposal.hash, proposal.polka);
    else prevote({}, std::nullopt);
    return true;
}

// Rules 5 and 7, first sentence.
bool HeightMachine::try_tally() {
    if (decided() || view_ == kNoView) return false;
    ViewVotes& votes = views_[view_];
    bool changed = false;
    if (step_ == Step::kPrevote && !votes.prevote_timer && count(view_, VoteType::kPrevote, false) >= quorum()) {
        votes.prevote_timer = true;
        emit(StartTimer{TimerKind::kPrevote, config_.height, view_,
                        timeout(config_.timing, config_.timing.prevote, view_)});
    }
    if (step_ == Step::kPrevote && count(view_, VoteType::kPrevote, true) >= quorum()) {
        precommit({}, std::nullopt);
        changed = true;
    }
    if (!votes.precommit_timer && count(view_, VoteType::kPrecommit, false) >= quorum()) {
        votes.precommit_timer = true;
        emit(StartTimer{TimerKind::kPrecommit, config_.height, view_,
                        timeout(config_.timing, config_.timing.precommit, view_)});
    }
    return changed;
}

void HeightMachine::prevote(const BlockHash& hash, std::optional<Cert> polka) {
    step_ = Step::kPrevote;
    if (voting_) emit(SignVote{config_.height, view_, VoteType::kPrevote, hash, std::move(polka)});
}

void HeightMachine::precommit(const BlockHash& hash, std::optional<Cert> polka) {
    step_ = Step::kPrecommit;
    if (voting_) emit(SignVote{config_.height, view_, VoteType::kPrecommit, hash, std::move(polka)});
}

// Rule 9.
void HeightMachine::try_assemble() {
    std::map<BlockHash, std::vector<BlockSig>> by_hash;
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (block_sigs_[member]) by_hash[block_sigs_[member]->hash].push_back(*block_sigs_[member]);
    }
    for (auto& [hash, signatures] : by_hash) {
        if (signatures.size() < quorum() || assembled_.contains(hash)) continue;
        if (decided() && hash != decision_->hash) {
            conflict(hash);
            continue;
        }
        BlockInfo& info = blocks_[hash];
        if (!info.stored) {
            want_body(hash);
            continue;
        }
        assembled_.insert(hash);
        signatures.resize(quorum());
        emit(Assemble{config_.height, hash, std::move(signatures)});
    }
}

void HeightMachine::conflict(const BlockHash& hash) {
    if (voting_) emit(Raise{AlarmKind::kConflictingDecisions, config_.height, hash});
    voting_ = false;
}

}  // namespace sluice::agreement
