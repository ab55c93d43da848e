// What agreement asks for, carried out; what comes from other members, handed in.
#include <algorithm>

#include "codec/hex.h"
#include "consensus/rules/block_check.h"
#include "federation/member/detail/log_name.h"
#include "federation/member/member.h"
#include "federation/rules/block_proof.h"
#include "peg/ledger/facts.h"
#include "util/log.h"

namespace sluice::member {
namespace {

using agreement::Judgement;
using detail::kLog;

// One body per hash: the transactions are those that the header commits to, witnesses included, and it carries no
// proof.
bool is_unique_body(const Block& block) {
    if (block.transactions.empty() || rules::is_mutated(block)) return false;
    const Transaction& coinbase = block.transactions.front()->tx;
    const auto index = rules::witness_commitment_output(coinbase);
    if (!index || coinbase.inputs.size() != 1) return false;
    const WitnessStack& reserved = coinbase.inputs[0].witness.script_witness;
    if (reserved.size() != 1 || reserved[0].size() != 32) return false;
    if (coinbase.outputs[*index].script != rules::witness_commitment_script(block.transactions, reserved[0]))
        return false;
    return block.header.is_dynafed() && block.header.dynafed().signblock_witness.empty();
}

}  // namespace

void Member::perform(agreement::Participant::Outs outs) {
    for (auto& out : outs) {
        std::visit([this](auto&& action) { carry_out(std::forward<decltype(action)>(action)); }, std::move(out));
    }
}

void Member::send_frame(size_t to, const agreement::Message& message) {
    const agreement::SignerStatus signer = needs_.signer.core().status();
    const auto place = [](size_t member) { return static_cast<agreement::MemberIndex>(member); };
    const agreement::Envelope envelope{manifest_.genesis, place(self_), place(to), signer.instance, ++sequence_};
    needs_.links.send(place(to), agreement::encode_frame({envelope, message}));
}

void Member::send_to_set(const agreement::Message& message) {
    for (const size_t to : set_.positions) {
        if (to != self_) send_frame(to, message);
    }
}

void Member::send_to_all(const agreement::Message& message) {
    for (size_t to = 0; to < manifest_.members.size(); ++to) {
        if (to != self_) send_frame(to, message);
    }
}

void Member::carry_out(agreement::Send action) {
    auto* proposal = std::get_if<agreement::Proposal>(&action.message);
    if (proposal != nullptr && proposal->member == me_ && !action.to) {
        if (const BlockRef body = bodies_.find(proposal->hash)) proposal->block = encode_block(*body);
    }
    if (action.to) send_frame(set_.positions[*action.to], action.message);
    else if (std::holds_alternative<agreement::State>(action.message)) send_to_all(action.message);
    else send_to_set(action.message);
}

uint32_t Member::fee_hint() const {
    const auto estimate = needs_.parent != nullptr ? needs_.parent->fee_estimate() : std::nullopt;
    return estimate.value_or(manifest_.planner.fallback_rate);
}

BuildRequest Member::next_block(agreement::View view) {
    BuildRequest request;
    request.prev = final_.hash;
    request.time = static_cast<uint32_t>(std::max<int64_t>(int64_t{final_.time} + 1, needs_.clock.unix_time()));
    request.commitment = final_.commitment;
    request.claims = false;
    request.proposed = vote_for(final_.height + 1);
    const auto snapshot = needs_.parent != nullptr ? needs_.parent->snapshot() : nullptr;
    if (view > 0 || !snapshot) return request;
    const uint32_t lag = manifest_.timing.commit_lag;
    const auto candidate = snapshot->height() >= lag ? snapshot->hash_at(snapshot->height() - lag) : std::nullopt;
    if (candidate && commitment_advances(*snapshot, final_.commitment, *candidate)) request.commitment = *candidate;
    const auto c_height = snapshot->height_in_best(request.commitment);
    if (!c_height || frozen()) return request;
    request.claims = true;
    request.claim_fits = [snapshot, c_height = *c_height, &params = needs_.params](const Transaction& tx) {
        return claim_is_deep(tx, *snapshot, c_height, params);
    };
    const auto bitcoin = snapshot->view_at(request.commitment);
    if (!bitcoin) return request;
    std::vector<uint32_t> hints{fee_hint()};
    for (const auto& peer : participant_.peers()) {
        if (peer && peer->fee_hint != 0) hints.push_back(peer->fee_hint);
    }
    const ledger::Evaluation evaluation = evaluate(ledger_, *bitcoin);
    const uint32_t rate = choose_rate(manifest_.planner, std::move(hints));
    const ledger::Plan planned = plan(ledger_, evaluation, *bitcoin, {rate, false, decisions_.cancels(), next_set()});
    if (!planned.empty()) request.plan = encode_plan(planned.record);
    return request;
}

void Member::carry_out(const agreement::Build& action) {
    needs_.chain.build(next_block(action.view), [this, alive = alive_, action](const Result<BlockRef>& built) {
        if (!*alive || action.height != final_.height + 1) return;
        if (!built) {
            log_warning(kLog, "no block for height {}: {}", action.height, built.error().message);
            return;
        }
        const BlockHash hash = compute_hash((*built)->header);
        if (const Status stored = bodies_.put(hash, *built); !stored) {
            alarm("a block body cannot be stored: " + stored.error().message);
            return;
        }
        perform(participant_.on_built(action.height, action.view, facts_of(hash, (*built)->header)));
        publish();
    });
}

void Member::carry_out(agreement::StoreBody action) {
    auto block = parse_block(action.block);
    if (!block || block->header.height != final_.height + 1 || compute_hash(block->header) != action.hash ||
        !is_unique_body(*block)) {
        log_debug(kLog, "dropped a body that is not the one wanted");
        return;
    }
    const BlockRef shared = std::make_shared<const Block>(std::move(*block));
    if (const Status stored = bodies_.put(action.hash, shared); !stored) {
        alarm("a block body cannot be stored: " + stored.error().message);
        return;
    }
    perform(participant_.on_body_stored(facts_of(action.hash, shared->header)));
}

void Member::carry_out(const agreement::Judge& action) {
    Judging& judging = judging_[action.hash];
    judging.request = action;
    if (!judging.running) judge(action.hash);
}

void Member::judge(const BlockHash& hash) {
    const BlockRef block = bodies_.find(hash);
    const auto at = judging_.find(hash);
    if (!block || at == judging_.end()) return;
    if (block->header.prev != final_.hash) {
        answer(hash, at->second.request.view, Judgement::kNo, Judgement::kNo, "it does not extend the final chain");
        return;
    }
    at->second.running = true;
    needs_.chain.test(block, [this, alive = alive_, hash](const TestVerdict& verdict) {
        if (!*alive) return;
        const auto found = judging_.find(hash);
        if (found == judging_.end()) return;  // of an earlier height
        found->second.running = false;
        judged(hash, found->second.request.view, found->second.request.fresh, verdict);
    });
}

void Member::judged(const BlockHash& hash, agreement::View view, bool fresh, const TestVerdict& verdict) {
    if (!verdict.rules) {
        const Failure& failure = verdict.rules.error();
        if (failure.kind == Failure::Kind::kFault) {
            alarm("the chain cannot judge blocks: " + failure.reason);
            return;
        }
        const bool waits = failure.kind == Failure::Kind::kDeferred;
        const Judgement judgement = waits ? Judgement::kDeferred : Judgement::kNo;
        answer(hash, view, judgement, judgement, failure.reason + " " + failure.detail);
        return;
    }
    if (!fresh) {
        answer(hash, view, Judgement::kYes, Judgement::kUnknown, {});
        return;
    }
    if (verdict.ripens) {
        answer(hash, view, Judgement::kYes, Judgement::kDeferred, *verdict.ripens);
        return;
    }
    const BlockRef block = bodies_.find(hash);
    if (!block) return;
    AcceptanceInput input{needs_.params,
                          manifest_,
                          view,
                          final_.time,
                          final_.commitment,
                          needs_.clock.unix_time(),
                          needs_.parent != nullptr ? needs_.parent->snapshot() : nullptr,
                          ledger_,
                          frozen(),
                          decisions_.cancels(),
                          next_set(),
                          needs_.parent != nullptr ? needs_.parent->fee_estimate() : std::nullopt};
    const Acceptance acceptance = judge_acceptance(*block, input);
    if (acceptance.judgement == Judgement::kYes && !acceptance.deposits.empty()) {
        check_deposits(hash, view, {acceptance.deposits.begin(), acceptance.deposits.end()});
        return;
    }
    answer(hash, view, Judgement::kYes, acceptance.judgement, acceptance.reason);
}

// A deposit that was taken back on Bitcoin must not be claimed again; only the Bitcoin node knows.
void Member::check_deposits(const BlockHash& hash, agreement::View view, std::deque<parent::ParentOutPoint> deposits) {
    if (deposits.empty()) {
        answer(hash, view, Judgement::kYes, Judgement::kYes, {});
        return;
    }
    const parent::ParentOutPoint next = deposits.front();
    deposits.pop_front();
    needs_.parent->is_unspent(next, [this, alive = alive_, hash, view, deposits](std::optional<bool> unspent) {
        if (!*alive || !judging_.contains(hash)) return;
        if (!unspent) answer(hash, view, Judgement::kYes, Judgement::kDeferred, "the Bitcoin node does not answer");
        else if (!*unspent)
            answer(hash, view, Judgement::kYes, Judgement::kNo, "a claimed deposit is spent on Bitcoin");
        else check_deposits(hash, view, deposits);
    });
}

void Member::answer(const BlockHash& hash, agreement::View view, Judgement sound, Judgement acceptable,
                    const std::string& why) {
    const bool waits = sound == Judgement::kDeferred || acceptable == Judgement::kDeferred;
    if (!why.empty()) {
        log_info(kLog, "block {} in view {}: {}: {}", to_display(hash), view, waits ? "waits for" : "refused", why);
    }
    if (const auto at = judging_.find(hash); at != judging_.end()) at->second.deferred = waits;
    if (waits && needs_.parent != nullptr) needs_.parent->poll_soon();
    perform(participant_.on_judged(final_.height + 1, view, hash, sound, acceptable));
}

void Member::carry_out(const agreement::StartTimer& action) {
    timers_.push_back(needs_.loop.after(action.after, [this, action] {
        perform(participant_.on_timer(action.kind, action.height, action.view));
        publish();
    }));
}

void Member::carry_out(const agreement::Assemble& action) {
    const BlockRef body = bodies_.find(action.hash);
    if (!body) return;
    std::vector<fed_rules::BlockSignature> signatures;
    for (const agreement::BlockSig& sig : action.signatures) {
        const auto key = PubKey::parse(set_.committee.keys[sig.member]);
        if (key) signatures.push_back({*key, sig.der});
    }
    const auto sealed = fed_rules::seal(body->header, manifest_.sets[signing_set_].block_script, signatures);
    if (!sealed || !fed_rules::check_block_proof(*sealed, needs_.params)) {
        alarm("k block signatures do not make a proof at height " + std::to_string(action.height));
        return;
    }
    auto block = std::make_shared<const Block>(Block{*sealed, body->transactions});
    needs_.chain.submit(block, [this, alive = alive_, action](const Status& done) {
        if (!*alive || done) return;
        alarm("the signed block at height " + std::to_string(action.height) +
              " is not connected: " + done.error().message);
    });
}

agreement::State Member::base_state() const {
    agreement::State state;
    const auto snapshot = needs_.parent != nullptr ? needs_.parent->snapshot() : nullptr;
    if (snapshot) {
        state.parent_tip = Hash256::from(snapshot->tip());
        state.parent_height = snapshot->height();
    }
    state.commitment = Hash256::from(final_.commitment);
    state.fee_hint = fee_hint();
    state.wall = needs_.clock.unix_time();
    state.manifest = manifest_hash_;
    payouts_.fill(state);
    return state;
}

void Member::carry_out(const agreement::PublishState&) {
    agreement::State state = base_state();
    participant_.agreement().fill(state);
    send_to_all(state);
}

void Member::resend() {
    if (!following_) return;
    if (me_) {
        perform(participant_.on_resend(base_state()));
    } else {
        // Not agreement's business, but payouts of coins that its keys hold, and which manifest it has.
        agreement::State state = base_state();
        state.height = final_.height + 1;
        state.tip = final_.hash;
        send_to_all(state);
    }
    publish();
}

void Member::carry_out(const agreement::Accuse& action) {
    const auto member = accused(action.evidence);
    if (!member || *member >= set_.positions.size()) return;
    ++lies_[set_.positions[*member]];
    Bytes proof = action.evidence.first;
    append(proof, action.evidence.second);
    storage::Batch batch;
    Bytes key{'e'};
    append(key, sha256(proof).view());
    ByteWriter writer;
    writer.u8(static_cast<uint8_t>(action.evidence.kind));
    writer.var_bytes(action.evidence.first);
    writer.var_bytes(action.evidence.second);
    batch.put(key, writer.bytes());
    (void)needs_.cache.write(batch, storage::Sync::kSynced);
    alarm("member " + name_of(set_.positions[*member]) + " signed two things for one slot; the proof is stored");
}

void Member::carry_out(const agreement::Raise& action) {
    const std::string where = " at height " + std::to_string(action.height) + ": " + to_display(action.hash);
    switch (action.kind) {
        case agreement::AlarmKind::kUnsoundCertificate:
            alarm("a quorum voted for a block that is invalid here" + where);
            break;
        case agreement::AlarmKind::kConflictingDecisions: alarm("two blocks were decided" + where); break;
        case agreement::AlarmKind::kSignerRefused: log_debug(kLog, "the signer refused{}", where); break;
    }
}

void Member::carry_out(const agreement::ServeBody& action) {
    if (const BlockRef body = bodies_.find(action.hash)) {
        send_frame(set_.positions[action.to], agreement::Body{action.hash, encode_block(*body)});
    }
}

void Member::on_frame(uint8_t from, const Bytes& bytes) {
    if (from >= manifest_.members.size() || from == self_ || !resend_timer_) return;
    auto frame = agreement::decode_frame(bytes);
    if (!frame) {
        log_debug(kLog, "a frame of {} does not decode: {}", name_of(from), to_string(frame.error()));
        return;
    }
    const agreement::Envelope& envelope = frame->envelope;
    if (envelope.genesis != manifest_.genesis || envelope.sender != from || envelope.receiver != self_) return;
    Heard& heard = heard_[from];
    heard.at = needs_.clock.steady();
    if (const auto* sig = std::get_if<agreement::PayoutSig>(&frame->message)) {
        if (payouts_.add(*sig)) broadcast_payouts();
        return;
    }
    if (const auto* refuse = std::get_if<agreement::PayoutRefuse>(&frame->message)) {
        if (refuse->member == from) payouts_.add(*refuse);
        return;
    }
    if (const auto* state = std::get_if<agreement::State>(&frame->message)) {
        heard.state = *state;
        for (const agreement::PayoutSig& sig : payouts_.missing_at(*state)) send_frame(from, sig);
    }
    const auto place = place_in_set(from);
    if (me_ && place) perform(participant_.on_message(*place, std::move(frame->message)));
}

}  // namespace sluice::member
