// MemberSigner: a member's keys, their journal and the signing rules together; today inside sluiced. Everything goes through
// SignerCore (rules) and JournalDb (durable before released). Owned by the member driver; its thread only.
#pragma once

#include "federation/agreement/ecdsa_verifier.h"
#include "federation/agreement/signer_core.h"
#include "federation/signer/journal_db.h"
#include "federation/signer/key_file.h"
#include "federation/signer/payout_rules.h"

namespace sluice::signer {

class MemberSigner {
public:
    // Opens the journal in `folder`, counts the boot. The errors are for people: no journal can be opened, it is damaged.
    static Result<std::unique_ptr<MemberSigner>> open(MemberKeys keys, const std::string& folder);
    // Writes the birth of a journal beside new keys. An existing journal is an error.
    static Status create_journal(const std::string& folder, const agreement::JournalId& id);

    ~MemberSigner();

    // Signatures (DER and sighash byte) for the inputs that our payout key is in, empty for others. Requests are bound to the pivot
    // in the journal before anything is returned. The error is the reason, for people.
    Result<std::vector<Bytes>> sign_payout(const PayoutRequest& request, const ChainParams& params,
                                           const std::vector<ledger::PayoutSet>& sets, int64_t max_fee);

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
};

}  // namespace sluice::signer
