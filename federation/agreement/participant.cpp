#include "federation/agreement/participant.h"

#include <tuple>

namespace sluice::agreement {
namespace {
constexpr size_t kMaxHeld = 64;
}

Participant::Participant(Signer& signer, const Verifier& verifier, BlockHash genesis, ManifestHash manifest)
    : signer_(signer), verifier_(verifier), genesis_(genesis), manifest_(manifest), agreement_(verifier) {}

void Participant::leave() {
    agreement_.leave();
    headers_.clear();
    held_.clear();
    seen_ = {};
    peers_ = {};
    set_.reset();
}

Participant::Outs Participant::begin(HeightMachine::Config config, Milliseconds wait) {
    if (set_ != config.committee.params_root) {
        seen_ = {};
        peers_ = {};
        agreement_.forget_early();
        set_ = config.committee.params_root;
    }
    headers_.clear();
    held_.clear();
    HeightJournal journal = signer_.height_journal(config.height);
    return run(agreement_.begin(std::move(config), std::move(journal), wait));
}

std::optional<Hello> Participant::hello_to(MemberIndex peer, uint64_t echo) {
    if (!agreement_.machine()) return std::nullopt;
    const Seen& seen = seen_[peer];
    Hello hello;
    hello.genesis = genesis_;
    hello.manifest = manifest_;
    hello.member = agreement_.machine()->config().me;
    hello.echo_nonce = echo;
    if (echo != 0) {
        hello.your_boot = seen.boot;
        hello.your_instance = seen.instance;
        hello.your_vote = seen.vote;
        hello.your_proposal = seen.proposal;
    }
    auto signed_hello = signer_.sign_hello(std::move(hello));
    if (!signed_hello) return std::nullopt;
    return *signed_hello;
}

Participant::Outs Participant::on_link(MemberIndex peer) {
    Outs out;
    if (auto hello = hello_to(peer, 0)) out.push_back(Send{peer, *hello});
    return out;
}

// Remembers the newest that each member said itself; others could relay inventions. Signatures are checked by the
// signer that it is shown to.
void Participant::note(MemberIndex from, const Message& message) {
    if (const auto* vote = std::get_if<Vote>(&message)) {
        if (vote->member != from) return;
        auto& newest = seen_[from].vote;
        if (!newest ||
            std::tie(vote->height, vote->view, vote->type) > std::tie(newest->height, newest->view, newest->type)) {
            newest = *vote;
        }
    } else if (const auto* proposal = std::get_if<Proposal>(&message)) {
        if (proposal->member != from) return;
        auto& newest = seen_[from].proposal;
        if (!newest || std::tie(proposal->height, proposal->view) > std::tie(newest->height, newest->view)) {
            newest = *proposal;
            newest->block.clear();
            newest->polka.reset();
        }
    }
}

void Participant::on_hello(MemberIndex from, const Hello& hello, Outs& out) {
    const HeightMachine* machine = agreement_.machine();
    if (!machine || hello.genesis != genesis_) return;
    const Committee& committee = machine->config().committee;
    if (hello.member == machine->config().me) {
        signer_.observe_own_hello(hello);
        return;
    }
    if (hello.member != from || from >= committee.size()) return;
    if (!verifier_.verify(committee.keys[from], hello_digest(hello), hello.signature)) return;
    if (hello.echo_nonce != 0) {
        signer_.observe_hello_reply(from, hello);
    } else if (auto reply = hello_to(from, hello.nonce)) {
        // The reply shows what was seen before this Hello.
        out.push_back(Send{from, *reply});
    }
    Seen& seen = seen_[from];
    if (hello.boot > seen.boot) {
        seen.boot = hello.boot;
        seen.instance = hello.instance;
    }
}

Participant::Outs Participant::on_message(MemberIndex from, Message message) {
    const HeightMachine* machine = agreement_.machine();
    if (!machine || from >= machine->config().committee.size()) return {};
    const MemberIndex me = machine->config().me;
    Outs out;
    if (const auto* hello = std::get_if<Hello>(&message)) {
        on_hello(from, *hello, out);
        return out;
    }
    if (const auto* query = std::get_if<Query>(&message)) {
        if (auto report = signer_.sign_report(query->nonce)) out.push_back(Send{from, *report});
        return out;
    }
    if (const auto* report = std::get_if<Report>(&message)) {
        if (report->member == from) signer_.observe_report(*report);
        return out;
    }
    if (const auto* get = std::get_if<GetBody>(&message)) {
        out.push_back(ServeBody{from, get->hash});
        return out;
    }
    if (const auto* state = std::get_if<State>(&message)) peers_[from] = *state;
    if (const auto* vote = std::get_if<Vote>(&message); vote && vote->member == me) signer_.observe_own(*vote);
    if (const auto* proposal = std::get_if<Proposal>(&message); proposal && proposal->member == me) {
        signer_.observe_own(*proposal);
    }
    note(from, message);
    return run(agreement_.on_message(from, std::move(message)));
}

Participant::Outs Participant::on_timer(TimerKind kind, Height height, View view) {
    return run(agreement_.on_timer(kind, height, view));
}

Participant::Outs Participant::on_resend(State base) {
    const HeightMachine* machine = agreement_.machine();
    if (!machine) return {};
    Outs out = run(agreement_.on_resend());
    const SignerStatus status = signer_.status();
    const MemberIndex me = machine->config().me;
    for (MemberIndex peer = 0; peer < machine->config().committee.size() && !status.introduced; ++peer) {
        if (peer == me) continue;
        if (auto hello = hello_to(peer, 0)) out.push_back(Send{peer, *hello});
    }
    if (status.wants_reports) out.push_back(Send{std::nullopt, Query{status.nonce}});
    agreement_.fill(base);
    base.manifest = manifest_;
    out.push_back(Send{std::nullopt, std::move(base)});
    return out;
}

Participant::Outs Participant::on_built(Height height, View view, const HeaderFacts& header) {
    headers_[header.hash] = header;
    return run(agreement_.on_built(height, view, header.hash));
}

Participant::Outs Participant::on_body_stored(const HeaderFacts& header) {
    headers_[header.hash] = header;
    return run(agreement_.on_body_stored(header.hash));
}

Participant::Outs Participant::on_judged(Height height, View view, const BlockHash& hash, Judgement sound,
                                         Judgement acceptable) {
    return run(agreement_.on_judged(height, view, hash, sound, acceptable));
}

// Signs what is to be signed, feeds the results back, and passes the rest on in order.
Participant::Outs Participant::run(Actions actions) {
    Outs out;
    std::deque<Action> queue;
    if (!held_.empty() && signer_.status().introduced) std::swap(queue, held_);
    queue.insert(queue.end(), std::make_move_iterator(actions.begin()), std::make_move_iterator(actions.end()));
    const auto more = [&](Actions next) {
        queue.insert(queue.end(), std::make_move_iterator(next.begin()), std::make_move_iterator(next.end()));
    };
    const auto header_of = [&](const BlockHash& hash) -> std::optional<HeaderFacts> {
        const auto at = headers_.find(hash);
        if (at == headers_.end()) return std::nullopt;
        return at->second;
    };
    const auto settle = [&](auto& answer, const auto& request) {
        if (answer) more(agreement_.on_signed(*answer));
        else if (answer.error() == Refusal::kNotIntroduced && held_.size() < kMaxHeld) held_.push_back(request);
        else out.push_back(Raise{AlarmKind::kSignerRefused, request.height, request.hash});
    };
    while (!queue.empty()) {
        Action action = std::move(queue.front());
        queue.pop_front();
        if (const auto* vote = std::get_if<SignVote>(&action)) {
            auto answer = signer_.sign_vote(*vote, header_of(vote->hash));
            settle(answer, *vote);
        } else if (const auto* proposal = std::get_if<SignProposal>(&action)) {
            const auto header = header_of(proposal->hash);
            if (!header) continue;
            auto answer = signer_.sign_proposal(*proposal, *header);
            settle(answer, *proposal);
        } else if (const auto* block = std::get_if<SignBlock>(&action)) {
            const auto header = header_of(block->hash);
            if (!header) continue;
            auto answer = signer_.sign_block(*block, *header);
            settle(answer, *block);
        } else {
            std::visit(
                [&](auto&& rest) {
                    using T = std::decay_t<decltype(rest)>;
                    if constexpr (!std::is_same_v<T, SignVote> && !std::is_same_v<T, SignProposal> &&
                                  !std::is_same_v<T, SignBlock>) {
                        out.push_back(std::forward<decltype(rest)>(rest));
                    }
                },
                std::move(action));
        }
    }
    return out;
}

}  // namespace sluice::agreement
