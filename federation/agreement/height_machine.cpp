// Events. The rules that they set off are in height_rules.cpp.
#include "federation/agreement/height_machine.h"

#include "util/check.h"

namespace sluice::agreement {

HeightMachine::HeightMachine(Config config, const Verifier& verifier, HeightJournal journal)
    : config_(std::move(config)), verifier_(verifier), journal_(std::move(journal)) {
    CHECK(config_.committee.is_sound());
    CHECK(config_.me < config_.committee.size());
}

Actions HeightMachine::take() { return std::exchange(out_, {}); }

Actions HeightMachine::start(Milliseconds wait) {
    CHECK(!started_);
    started_ = true;
    if (journal_.block_sig) {
        block_sigs_[config_.me] = journal_.block_sig;
        candidate_ = journal_.decision;
        voting_ = false;  // a block signature ends voting at its height
        broadcast(*journal_.block_sig);
    }
    if (journal_.lock) lock_ = valid_ = polka_ = journal_.lock;
    if (journal_.view == kNoView) {
        emit(StartTimer{TimerKind::kBegin, config_.height, 0, wait});
        evaluate();
        return take();
    }
    // Go on where the journal ends: nothing may be signed twice, and what was signed must reach the others.
    start_view(journal_.view);
    if (journal_.prevote) step_ = Step::kPrevote;
    if (journal_.precommit) step_ = Step::kPrecommit;
    if (journal_.proposal) {
        broadcast(with_polka(*journal_.proposal));
        if (!views_[view_].proposal) insert(*journal_.proposal);
    }
    for (const auto& vote : {journal_.prevote, journal_.precommit}) {
        if (!vote) continue;
        broadcast(*vote);
        insert(*vote);
    }
    evaluate();
    return take();
}

Actions HeightMachine::on_timer(TimerKind kind, View view) {
    if (decided()) return {};
    switch (kind) {
        case TimerKind::kBegin:
            if (view_ == kNoView) start_view(0);
            break;
        case TimerKind::kPropose:
            if (view == view_ && step_ == Step::kPropose) prevote({}, std::nullopt);
            break;
        case TimerKind::kPrevote:
            if (view == view_ && step_ == Step::kPrevote) precommit({}, std::nullopt);
            break;
        case TimerKind::kPrecommit:
            if (view == view_) start_view(view + 1);
            break;
    }
    evaluate();
    return take();
}

Actions HeightMachine::on_resend() {
    for (auto& [hash, info] : blocks_) {
        if (info.stored || !info.body_asked) continue;
        info.body_asked = false;
    }
    evaluate();
    return take();
}

Actions HeightMachine::on_proposal(Proposal proposal) {
    if (proposal.height != config_.height || proposal.view < 0 || proposal.view < view_ || decided()) return {};
    if (proposal.member != config_.committee.proposer(config_.height, proposal.view)) return {};
    if (proposal.valid_view >= proposal.view) return {};
    const std::optional<Proposal>* known = nullptr;
    if (proposal.view == view_) known = &views_[view_].proposal;
    else if (ahead_[proposal.member].view == proposal.view) known = &ahead_[proposal.member].proposal;
    const bool repeated =
        known && *known && (*known)->hash == proposal.hash && (*known)->valid_view == proposal.valid_view;
    if (repeated) {
        const auto info = blocks_.find(proposal.hash);
        if (!proposal.block.empty() && info != blocks_.end() && !info->second.stored) {
            emit(StoreBody{proposal.hash, std::move(proposal.block)});
        }
        return take();
    }
    if (!verify_proposal(config_.committee, verifier_, proposal)) return {};
    if (known && *known) {
        accuse(make_evidence(**known, std::move(proposal)), (*known)->member);
        return take();
    }
    if (proposal.valid_view != kNoView) {
        const auto& polka = proposal.polka;
        if (!polka || polka->type != VoteType::kPrevote || polka->height != proposal.height ||
            polka->hash != proposal.hash || polka->view != proposal.valid_view ||
            !verify_cert(config_.committee, verifier_, *polka)) {
            return {};
        }
        take_certificate(*polka);
    }
    insert(std::move(proposal));
    evaluate();
    return take();
}

Actions HeightMachine::on_vote(const Vote& vote) {
    if (vote.height != config_.height || vote.member >= config_.committee.size() || vote.view < 0) return {};
    if (decided() || vote.view + kViewsKept < view_) return {};
    const bool prevotes = vote.type == VoteType::kPrevote;
    const std::optional<Vote>* known = nullptr;
    if (vote.view > view_) {
        const Ahead& ahead = ahead_[vote.member];
        if (vote.view < ahead.view) return {};
        if (vote.view == ahead.view) known = prevotes ? &ahead.prevote : &ahead.precommit;
    } else {
        const ViewVotes& votes = views_[vote.view];
        known = prevotes ? &votes.prevotes[vote.member] : &votes.precommits[vote.member];
    }
    if (known && *known && (*known)->hash == vote.hash) return {};
    if (!verify_vote(config_.committee, verifier_, vote)) return {};
    insert(vote);
    evaluate();
    return take();
}

Actions HeightMachine::on_cert(const Cert& cert) {
    if (cert.height != config_.height || cert.view < 0) return {};
    if (decided() && cert.hash == decision_->hash) return {};
    if (cert.type == VoteType::kPrevote && polka_ && cert.view <= polka_->view) return {};
    if (cert.type == VoteType::kPrecommit && candidate_ && candidate_->hash == cert.hash) return {};
    if (!verify_cert(config_.committee, verifier_, cert)) return {};
    take_certificate(cert);
    evaluate();
    return take();
}

Actions HeightMachine::on_block_sig(const BlockSig& sig) {
    if (sig.height != config_.height || sig.member >= config_.committee.size()) return {};
    std::optional<BlockSig>& slot = block_sigs_[sig.member];
    if (slot && slot->hash == sig.hash) return {};
    if (!verify_block_sig(config_.committee, verifier_, sig)) return {};
    if (slot) {
        accuse(make_evidence(*slot, sig), sig.member);
        return take();
    }
    slot = sig;
    evaluate();
    return take();
}

Actions HeightMachine::on_body(Body body) {
    const auto info = blocks_.find(body.hash);
    if (info == blocks_.end() || info->second.stored || body.block.empty()) return {};
    emit(StoreBody{body.hash, std::move(body.block)});
    return take();
}

Actions HeightMachine::on_built(View view, const BlockHash& hash) {
    blocks_[hash].stored = true;
    if (voting_ && view == view_ && step_ == Step::kPropose && !decided() && !views_[view_].proposal) {
        emit(SignProposal{config_.height, view, hash, kNoView});
    }
    return take();
}

Actions HeightMachine::on_body_stored(const BlockHash& hash) {
    blocks_[hash].stored = true;
    evaluate();
    return take();
}

Actions HeightMachine::on_judged(View view, const BlockHash& hash, Judgement sound, Judgement acceptable) {
    BlockInfo& info = blocks_[hash];
    if (info.sound == Judgement::kUnknown || info.sound == Judgement::kDeferred) info.sound = sound;
    if (view == view_ && view_ != kNoView && acceptable != Judgement::kUnknown) {
        const std::optional<Proposal>& proposal = views_[view_].proposal;
        if (proposal && proposal->hash == hash) acceptable_ = acceptable;
    }
    evaluate();
    return take();
}

Proposal HeightMachine::with_polka(Proposal proposal) const {
    if (proposal.valid_view != kNoView && valid_ && valid_->view == proposal.valid_view) proposal.polka = valid_;
    return proposal;
}

Actions HeightMachine::on_signed(const Proposal& proposal) {
    Proposal mine = with_polka(proposal);
    broadcast(mine);
    if (mine.view == view_ && !views_[view_].proposal) insert(std::move(mine));
    evaluate();
    return take();
}

Actions HeightMachine::on_signed(const Vote& vote) {
    broadcast(vote);
    insert(vote);
    evaluate();
    return take();
}

Actions HeightMachine::on_signed(const BlockSig& sig) {
    broadcast(sig);
    block_sigs_[config_.me] = sig;
    evaluate();
    return take();
}

void HeightMachine::send_mine(MemberIndex to) {
    // The newest things of mine: enough of them let a member skip to a later view.
    for (auto at = views_.rbegin(); at != views_.rend(); ++at) {
        const auto& prevote = at->second.prevotes[config_.me];
        const auto& precommit = at->second.precommits[config_.me];
        if (prevote) emit(Send{to, *prevote});
        if (precommit) emit(Send{to, *precommit});
        if (prevote || precommit) return;
    }
}

Actions HeightMachine::on_state(MemberIndex peer, const State& state) {
    if (state.height != config_.height || peer >= config_.committee.size() || peer == config_.me) return {};
    if (const auto votes = views_.find(state.view); votes != views_.end()) {
        for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
            const auto& prevote = votes->second.prevotes[member];
            const auto& precommit = votes->second.precommits[member];
            if (prevote && !has_member(state.prevotes, member)) emit(Send{peer, *prevote});
            if (precommit && !has_member(state.precommits, member)) emit(Send{peer, *precommit});
        }
        if (votes->second.proposal && state.proposal.is_zero()) {
            Proposal proposal = *votes->second.proposal;
            emit(Send{peer, std::move(proposal)});
        }
    }
    if (state.view < view_) send_mine(peer);
    if (valid_ && valid_->view > state.valid_view) emit(Send{peer, *valid_});
    if (decided() && state.decided.is_zero()) emit(Send{peer, *decision_});
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (block_sigs_[member] && !has_member(state.block_sigs, member)) emit(Send{peer, *block_sigs_[member]});
    }
    return take();
}

void HeightMachine::fill(State& state) const {
    state.height = config_.height;
    state.view = view_;
    state.step = voting_ || decided() || journal_.block_sig ? step_ : Step::kHalted;
    state.tip = config_.tip;
    if (const auto votes = views_.find(view_); votes != views_.end() && votes->second.proposal) {
        state.proposal = votes->second.proposal->hash;
    }
    state.prevotes = bitmap(view_, VoteType::kPrevote);
    state.precommits = bitmap(view_, VoteType::kPrecommit);
    state.valid_view = valid_view();
    if (decision_) state.decided = decision_->hash;
    state.block_sigs = 0;
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (block_sigs_[member]) state.block_sigs |= member_bit(member);
    }
}

// One proof a height is enough: a liar could make thousands.
void HeightMachine::accuse(Evidence evidence, MemberIndex member) {
    if (has_member(accused_, member)) return;
    accused_ |= member_bit(member);
    emit(Accuse{std::move(evidence)});
}

// --- keeping votes ---

void HeightMachine::insert(const Vote& vote) {
    const bool prevotes = vote.type == VoteType::kPrevote;
    std::optional<Vote>* slot = nullptr;
    if (vote.view > view_) {
        Ahead& ahead = ahead_[vote.member];
        if (vote.view < ahead.view) return;
        if (vote.view > ahead.view) ahead = Ahead{vote.view, {}, {}, {}};
        slot = prevotes ? &ahead.prevote : &ahead.precommit;
    } else {
        if (vote.view + kViewsKept < view_) return;
        ViewVotes& votes = views_[vote.view];
        slot = prevotes ? &votes.prevotes[vote.member] : &votes.precommits[vote.member];
    }
    if (*slot) {
        if ((*slot)->hash != vote.hash) accuse(make_evidence(**slot, vote), vote.member);
        return;
    }
    *slot = vote;
    if (vote.view <= view_) note_quorum(vote);
}

void HeightMachine::insert(Proposal proposal) {
    const MemberIndex member = proposal.member;
    Bytes block = std::move(proposal.block);
    proposal.block.clear();
    const BlockHash hash = proposal.hash;
    if (proposal.view > view_) {
        Ahead& ahead = ahead_[member];
        if (proposal.view < ahead.view) return;
        if (proposal.view > ahead.view) ahead = Ahead{proposal.view, {}, {}, {}};
        ahead.proposal = std::move(proposal);
    } else {
        views_[proposal.view].proposal = std::move(proposal);
    }
    const BlockInfo& info = blocks_[hash];
    if (!info.stored && !block.empty()) emit(StoreBody{hash, std::move(block)});
}

void HeightMachine::take_certificate(const Cert& cert) {
    blocks_.try_emplace(cert.hash);
    if (cert.type == VoteType::kPrevote) {
        if (!polka_ || cert.view > polka_->view) polka_ = cert;
    } else if (!candidate_) {
        candidate_ = cert;
    } else if (candidate_->hash != cert.hash) {
        conflict(cert.hash);
    }
    size_t next = 0;
    for (MemberIndex member = 0; member < config_.committee.size(); ++member) {
        if (!has_member(cert.members, member)) continue;
        insert(Vote{cert.height, cert.view, cert.type, cert.hash, member, cert.signatures[next++]});
    }
}

void HeightMachine::note_quorum(const Vote& vote) {
    if (vote.is_nil()) return;
    if (vote.type == VoteType::kPrevote) {
        if (polka_ && polka_->view >= vote.view) return;
        if (auto cert = find_quorum(vote.view, vote.type)) polka_ = std::move(cert);
        return;
    }
    auto cert = find_quorum(vote.view, vote.type);
    if (!cert) return;
    if (!candidate_) candidate_ = std::move(cert);
    else if (candidate_->hash != cert->hash) conflict(cert->hash);
}

std::optional<Cert> HeightMachine::find_quorum(View view, VoteType type) const {
    const auto at = views_.find(view);
    if (at == views_.end()) return std::nullopt;
    const auto& votes = type == VoteType::kPrevote ? at->second.prevotes : at->second.precommits;
    std::map<BlockHash, uint32_t> tally;
    for (const auto& vote : votes) {
        if (!vote || vote->is_nil() || ++tally[vote->hash] < quorum()) continue;
        Cert cert{config_.height, view, type, vote->hash, 0, {}};
        for (const auto& same : votes) {
            if (!same || same->hash != cert.hash) continue;
            cert.members |= member_bit(same->member);
            cert.signatures.push_back(same->signature);
        }
        return cert;
    }
    return std::nullopt;
}

uint32_t HeightMachine::count(View view, VoteType type, bool nil_only) const {
    const auto at = views_.find(view);
    if (at == views_.end()) return 0;
    const auto& votes = type == VoteType::kPrevote ? at->second.prevotes : at->second.precommits;
    uint32_t count = 0;
    for (const auto& vote : votes) count += vote && (!nil_only || vote->is_nil()) ? 1 : 0;
    return count;
}

Bitmap HeightMachine::bitmap(View view, VoteType type) const {
    const auto at = views_.find(view);
    if (at == views_.end()) return 0;
    const auto& votes = type == VoteType::kPrevote ? at->second.prevotes : at->second.precommits;
    Bitmap out = 0;
    for (const auto& vote : votes) {
        if (vote) out |= member_bit(vote->member);
    }
    return out;
}

bool HeightMachine::has_polka(View view, const BlockHash& hash) const {
    for (const auto& cert : {polka_, valid_, lock_}) {
        if (cert && cert->view == view && cert->hash == hash) return true;
    }
    const auto cert = find_quorum(view, VoteType::kPrevote);
    return cert && cert->hash == hash;
}

}  // namespace sluice::agreement
