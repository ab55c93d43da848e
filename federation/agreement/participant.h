// Participant: one member's part in agreement, with its signer: the sequence of heights, introductions (Hello),
// restores (Query, Report) and catch-up (State). Signing happens inside, so what leaves in an action is journalled.
// Pure apart from the Signer port; the member driver and the simulator run the same Participant. One thread.
#pragma once

#include <deque>

#include "federation/agreement/agreement.h"
#include "federation/agreement/signer.h"

namespace sluice::agreement {

// A member asks for a body that I may hold: answer with Body.
struct ServeBody {
    MemberIndex to = 0;
    BlockHash hash;
};

class Participant {
public:
    using Out =
        std::variant<Send, Build, StoreBody, Judge, StartTimer, Assemble, PublishState, Accuse, Raise, ServeBody>;
    using Outs = std::vector<Out>;

    // Both must outlive it.
    Participant(Signer& signer, const Verifier& verifier, BlockHash genesis, ManifestHash manifest);

    // A successor of the manifest was loaded: Hellos and States say so from now on.
    void set_manifest(const ManifestHash& manifest) { manifest_ = manifest; }
    // This member is not of the set that signs the heights that follow.
    void leave();

    // height - 1 is final and the signer has followed it. Another committee than before is a new set: what is
    // remembered of members by their place is forgotten.
    Outs begin(HeightMachine::Config config, Milliseconds wait);
    // A link to this member came up: introduce ourselves.
    Outs on_link(MemberIndex peer);
    Outs on_message(MemberIndex from, Message message);
    Outs on_timer(TimerKind kind, Height height, View view);
    // Every `resend`: State to all (the driver's own fields in `base`), and what the signer still needs from others.
    Outs on_resend(State base);
    Outs on_built(Height height, View view, const HeaderFacts& header);
    Outs on_body_stored(const HeaderFacts& header);
    Outs on_judged(Height height, View view, const BlockHash& hash, Judgement sound, Judgement acceptable);

    void halt() { agreement_.halt(); }
    void resume() { agreement_.resume(); }

    [[nodiscard]] const Agreement& agreement() const { return agreement_; }
    // The last State of each member, for status and for medians of fee hints.
    [[nodiscard]] const std::array<std::optional<State>, kMaxMembers>& peers() const { return peers_; }

private:
    // The newest signed things of a member: shown to it when it introduces itself.
    struct Seen {
        uint64_t boot = 0;
        InstanceId instance;
        std::optional<Vote> vote;
        std::optional<Proposal> proposal;
    };

    Outs run(Actions actions);
    void note(MemberIndex from, const Message& message);
    void on_hello(MemberIndex from, const Hello& hello, Outs& out);
    [[nodiscard]] std::optional<Hello> hello_to(MemberIndex peer, uint64_t echo);

    Signer& signer_;
    const Verifier& verifier_;
    BlockHash genesis_;
    ManifestHash manifest_;
    Agreement agreement_;
    std::deque<Action> held_;                   // to sign at this height once enough members have answered our Hello
    std::map<BlockHash, HeaderFacts> headers_;  // of the bodies stored at this height
    std::array<Seen, kMaxMembers> seen_;
    std::array<std::optional<State>, kMaxMembers> peers_;
    std::optional<Hash256> set_;  // params root of the committee that seen_ and peers_ are about
};

}  // namespace sluice::agreement
