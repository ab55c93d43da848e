// Signer: the port to whoever holds a member's block key, embedded (SignerCore) or behind a socket. Every signature
// that it gives is in its journal first; an identical request gets the stored signature.
#pragma once

#include "federation/agreement/height_machine.h"
#include "util/result.h"

namespace sluice::agreement {

enum class Refusal : uint8_t {
    kHalted,           // stopped until an operator resolves a conflict
    kObserving,        // journal new or behind: waits for the height that the others reported
    kNotIntroduced,    // fewer than k-1 others have answered this boot's Hello
    kNoCommittee,      // not a member of the active set
    kWrongHeight,      // not the height after the last followed header
    kWrongHeader,      // header does not extend the followed chain under the active script
    kSlotUsed,         // something else is signed in this slot
    kStaleSlot,        // behind the last slot
    kLocked,           // against the lock, without a newer polka
    kNoPolka,          // precommit without its certificate
    kNoDecision,       // block signature without its certificate
    kAlreadyReleased,  // another block is signed at this height
    kWrongSet,         // another member set without the votes for it
    kConflict,         // a header against the followed chain; the signer is halted now
    kJournalFailed,    // the record could not be made durable: nothing was released
};
const char* to_string(Refusal refusal);

// What the signer reads from a header that it is shown.
struct HeaderFacts {
    BlockHash hash;
    BlockHash prev;
    Height height = 0;
    Hash256 params_root;  // of the parameters in force
};

struct SignerStatus {
    bool halted = false;
    bool observing = false;
    bool introduced = false;     // enough members have answered this boot's Hello
    bool wants_reports = false;  // send Query to all until it does not
    Height final_height = 0;
    bool follows_any = false;  // false: nothing followed yet, advance() takes the genesis block
    uint64_t boot = 0;
    InstanceId instance;
    uint64_t nonce = 0;  // of this boot; Hellos and Queries carry it
    std::string reason;  // of halted or observing
};

class Signer {
public:
    virtual ~Signer() = default;

    // Fills instance, boot, nonce and signature.
    virtual Result<Hello, Refusal> sign_hello(Hello hello) = 0;
    virtual Result<Proposal, Refusal> sign_proposal(const SignProposal& request, const HeaderFacts& header) = 0;
    // `header` is needed unless the vote is nil.
    virtual Result<Vote, Refusal> sign_vote(const SignVote& request, const std::optional<HeaderFacts>& header) = 0;
    virtual Result<BlockSig, Refusal> sign_block(const SignBlock& request, const HeaderFacts& header) = 0;
    virtual Result<Report, Refusal> sign_report(uint64_t nonce) = 0;

    // A header whose witness is verified. Extends the followed chain; a different one at a followed height halts the
    // signer.
    virtual Result<void, Refusal> advance(const HeaderFacts& header) = 0;

    // What others show: it may prove that this journal is behind or that a copy of the key is alive.
    virtual void observe_hello_reply(MemberIndex from, const Hello& reply) = 0;
    virtual void observe_own(const Vote& vote) = 0;
    virtual void observe_own(const Proposal& proposal) = 0;
    virtual void observe_own_hello(const Hello& hello) = 0;
    virtual void observe_report(const Report& report) = 0;

    [[nodiscard]] virtual SignerStatus status() const = 0;
    [[nodiscard]] virtual HeightJournal height_journal(Height height) const = 0;

    // Operators only.
    virtual Result<void, Refusal> resume_now() = 0;
    virtual Result<void, Refusal> resolve_conflict(const BlockHash& hash) = 0;
};

}  // namespace sluice::agreement
