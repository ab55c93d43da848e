// MemberSigner: a member's keys, their journal and the signing rules together; today inside sluiced. Everything goes
// through SignerCore (rules) and JournalDb (durable before released). Owned by the member driver; its thread only.
#pragma once

#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/signer_core.h"
#include "federation/signer/followed_chain.h"
#include "federation/signer/journal_db.h"
#include "federation/signer/key_file.h"
#include "federation/signer/payout_rules.h"

namespace sluice::signer {

// What the signer knows of its federation, from the chain's parameters and the manifest. `chain` outlives the signer.
struct Federation {
    const ChainParams& chain;
    std::vector<KnownSet> sets;
    int64_t max_fee = 0;  // satoshi, of one payout
};

class MemberSigner {
public:
    // Opens the journal in `folder`, counts the boot. The errors are for people: no journal can be opened, it is
    // damaged.
    static Result<std::unique_ptr<MemberSigner>> open(MemberKeys keys, const std::string& folder);
    // Writes the birth of a journal beside new keys. An existing journal is an error.
    static Status create_journal(const std::string& folder, const agreement::JournalId& id);

    ~MemberSigner();

    // Once before follow(); again when a successor manifest adds sets.
    void set_federation(Federation federation);
    // The next final header, from genesis on at each start. Its proof is checked here, whatever the caller checked,
    // unless the journal holds it. A different one with a good proof at a followed height halts the signer.
    Result<void, agreement::Refusal> follow(const BlockHeader& header);
    // The same with the block that the header commits to (kWrongHeader if it does not): its requests and its PLAN are
    // read anew at each start, and payouts are refused until those of every followed header were.
    Result<void, agreement::Refusal> follow(const Block& block);

    // The members for the height after the followed headers; `me` as SignerCore::enter. kWrongSet unless those headers
    // say so.
    Result<void, agreement::Refusal> enter(agreement::Committee committee, std::optional<agreement::MemberIndex> me);

    // Signatures (DER and sighash byte) for the inputs that our payout key is in, empty for others. Requests are bound
    // to the pivot in the journal before anything is returned. The error is the reason, for people.
    Result<std::vector<Bytes>> sign_payout(const PayoutRequest& request);

    [[nodiscard]] agreement::SignerCore& core();
    [[nodiscard]] const MemberKeys& keys() const { return keys_; }
    [[nodiscard]] JournalDb& journal() { return *journal_; }

private:
    class Key;
    MemberSigner(MemberKeys keys, std::unique_ptr<JournalDb> journal);

    MemberKeys keys_;
    std::unique_ptr<JournalDb> journal_;
    std::unique_ptr<Key> key_;
    agreement::EcdsaVerifier verifier_;
    std::unique_ptr<agreement::SignerCore> core_;
    std::optional<FollowedChain> followed_;
    int64_t max_fee_ = 0;
    const ChainParams* chain_ = nullptr;
    // Requests and batches of the blocks followed since the start. Coins and reserves are no business of a signer.
    ledger::Ledger planned_{ledger::LedgerParams{}};
};

}  // namespace sluice::signer
