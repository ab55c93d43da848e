// SignerCore: the rules of the key holder (federation-design section 7). It believes nobody, not even the node that
// asks: every request is checked against the journal, then signed, then journalled durably, then answered. An identical
// request gets the stored signature. The same code runs in the daemon, behind a socket and in the simulator; keys and
// storage are ports. One thread at a time.
#pragma once

#include <set>

#include "federation/agreement/journal.h"
#include "federation/agreement/signer.h"

namespace sluice::agreement {

// Signs digests that SignerCore hands it, nothing else.
class SigningKey {
public:
    virtual ~SigningKey() = default;
    [[nodiscard]] virtual Signature sign(const Hash256& digest) = 0;
    [[nodiscard]] virtual Bytes sign_block(const BlockHash& hash) = 0;  // DER, low S
};

class SignerCore final : public Signer {
public:
    // All ports must outlive the core. `state` is the journal as read; `expected` the identity that the key file names.
    SignerCore(SigningKey& key, JournalStore& store, const Verifier& verifier, JournalState state,
               const JournalId& expected);

    // Journals the next boot counter. Nothing is signed before it. `nonce` and `instance` are fresh
    // randomness, the nonce not 0.
    Result<void, Refusal> boot(uint64_t nonce, const InstanceId& instance);
    // The members for the next height; also sets who we are. For callers whose set never changes.
    void set_committee(Committee committee, MemberIndex me);
    // The members for the height after the followed chain, which may be others than before: whether they are is judged
    // by the caller (MemberSigner). `me`: nullopt when this key is not among them; then nothing is signed until it is
    // again. Members that have answered this boot's Hello need not again.
    void enter(Committee committee, std::optional<MemberIndex> me);

    Result<Hello, Refusal> sign_hello(Hello hello) override;
    Result<Proposal, Refusal> sign_proposal(const SignProposal& request, const HeaderFacts& header) override;
    Result<Vote, Refusal> sign_vote(const SignVote& request, const std::optional<HeaderFacts>& header) override;
    Result<BlockSig, Refusal> sign_block(const SignBlock& request, const HeaderFacts& header) override;
    Result<Report, Refusal> sign_report(uint64_t nonce) override;
    Result<void, Refusal> advance(const HeaderFacts& header) override;
    void observe_hello_reply(MemberIndex from, const Hello& reply) override;
    void observe_own(const Vote& vote) override;
    void observe_own(const Proposal& proposal) override;
    void observe_own_hello(const Hello& hello) override;
    void observe_report(const Report& report) override;
    [[nodiscard]] SignerStatus status() const override;
    [[nodiscard]] HeightJournal height_journal(Height height) const override;
    Result<void, Refusal> resume_now() override;
    Result<void, Refusal> resolve_conflict(const BlockHash& hash) override;

    [[nodiscard]] const JournalState& state() const { return state_; }
    // Appends records of the module above (payouts, requests).
    bool journal(std::span<const Record> records);
    // The module above saw a second signed header at a followed height: nothing is signed until the operator resolves
    // it.
    void halt_because(std::string_view reason);

private:
    [[nodiscard]] std::optional<Refusal> refuse_signing(Height height) const;
    [[nodiscard]] bool header_fits(const HeaderFacts& header, Height height, const BlockHash& hash) const;
    bool write(const Record& record) { return journal(std::span<const Record>(&record, 1)); }
    void observe_because(std::string_view reason);
    [[nodiscard]] bool introduced() const;
    [[nodiscard]] bool wants_reports() const;
    void newer_boot(const InstanceId& instance, uint64_t boot);
    bool newer_than_journal(Height height, View view, SlotKind kind, const BlockHash& hash) const;

    SigningKey& key_;
    JournalStore& store_;
    const Verifier& verifier_;
    JournalState state_;
    std::optional<Committee> committee_;
    MemberIndex me_ = 0;
    bool booted_ = false;
    uint64_t nonce_ = 0;
    std::set<MemberIndex> introduced_;
    std::map<MemberIndex, Height> reports_;
    bool copy_seen_ = false;
};

}  // namespace sluice::agreement
