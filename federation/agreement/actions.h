// What agreement asks of its driver. The driver carries actions out in order and brings the answers back as events;
// nothing here is done by the state machine itself, so that a simulator can run it. Values; any thread.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "federation/agreement/messages.h"

namespace sluice::agreement {

// Ask the signer; it journals before it answers. Answers: on_signed_* or on_refused.
struct SignProposal {
    Height height = 0;
    View view = 0;
    BlockHash hash;
    View valid_view = kNoView;
};
struct SignVote {
    Height height = 0;
    View view = 0;
    VoteType type = VoteType::kPrevote;
    BlockHash hash;
    std::optional<Cert>
        polka;  // for a prevote against a lock (earlier view) and for every precommit of a block (this view)
};
struct SignBlock {
    Height height = 0;
    BlockHash hash;
    Cert decision;
};

// To one member, or to all others. The driver puts the block into a proposal of its own when it first sends it.
struct Send {
    std::optional<MemberIndex> to;
    Message message;
};

// Build a block on the final tip and store its body, synced. In views above 0: the parent's Bitcoin commitment, no
// claims, no PLAN. Answer: on_built.
struct Build {
    Height height = 0;
    View view = 0;
};

// A body came that is wanted. The driver checks that it has this hash and is not mutated, stores it synced and answers
// on_body_stored; otherwise it drops it.
struct StoreBody {
    BlockHash hash;
    Bytes block;
};

// Answer: on_judged, again whenever a Deferred part changes. `fresh`: also the local predicates of a fresh proposal of
// `view`.
struct Judge {
    Height height = 0;
    View view = 0;
    BlockHash hash;
    bool fresh = false;
};

enum class TimerKind : uint8_t { kBegin, kPropose, kPrevote, kPrecommit };
struct StartTimer {
    TimerKind kind = TimerKind::kBegin;
    Height height = 0;
    View view = 0;
    Milliseconds after{0};
};

// Enough block signatures: put them into the witness, check, connect, relay. `signatures` are in member order, exactly
// k.
struct Assemble {
    Height height = 0;
    BlockHash hash;
    std::vector<BlockSig> signatures;
};

// Tell the others my State soon (it changed in a way that they wait for).
struct PublishState {};

// Store the proof of a lie and show it to the operator.
struct Accuse {
    Evidence evidence;
};

enum class AlarmKind : uint8_t {
    kUnsoundCertificate,    // a quorum voted for a block that is invalid here; voting stopped
    kConflictingDecisions,  // two hashes decided or signed at one height; voting stopped
    kSignerRefused,         // the signer would not sign what agreement asked
};
struct Raise {
    AlarmKind kind = AlarmKind::kSignerRefused;
    Height height = 0;
    BlockHash hash;
};

using Action = std::variant<SignProposal, SignVote, SignBlock, Send, Build, StoreBody, Judge, StartTimer, Assemble,
                            PublishState, Accuse, Raise>;
using Actions = std::vector<Action>;

}  // namespace sluice::agreement
