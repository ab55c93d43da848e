// Payouts: the versions of open batches that this member knows from final PLANs, the signatures collected for each, and
// what to broadcast (federation-design section 4.6). Nothing here decides what is paid: PLANs do. Owned by the driver;
// its thread only.
#pragma once

#include <map>

#include "federation/agreement/messages.h"
#include "federation/member/manifest.h"
#include "peg/ledger/signing.h"

namespace sluice::member {

class Payouts {
public:
    struct Version {
        parent::ParentTxid txid;
        parent::ParentTxid batch;
        size_t number = 0;
        uint32_t height = 0;  // sidechain block that planned it
        parent::ParentTransaction tx;
        std::vector<ledger::InputToSign> inputs;
        std::map<agreement::MemberIndex, agreement::PayoutSig> signatures;  // verified
        std::map<agreement::MemberIndex, std::string> refusals;
        std::optional<parent::ParentTransaction> complete;
        bool asked = false;                    // of our own signer
        parent::ParentBlockHash broadcast_at;  // parent tip at the last attempt
        bool visible = false;
        std::string refusal;
    };

    // Payout keys of all members that the manifest lists, in its order. The list only grows.
    void set_keys(std::vector<Bytes> keys) { keys_ = std::move(keys); }

    // After each final block or Bitcoin change: takes up new versions of open batches, drops those that are decided.
    void refresh(const ledger::Ledger& ledger, const ledger::Evaluation& evaluation);
    // Newest versions that our signer has not been asked for.
    [[nodiscard]] std::vector<parent::ParentTxid> to_sign() const;
    // True if it was new and good.
    bool add(const agreement::PayoutSig& sig);
    void add(const agreement::PayoutRefuse& refuse);
    // Complete versions to hand to the Bitcoin node at this tip: newest version of each batch first.
    [[nodiscard]] std::vector<parent::ParentTxid> to_broadcast(const parent::ParentBlockHash& tip) const;

    [[nodiscard]] Version* find(const parent::ParentTxid& txid);
    [[nodiscard]] const Version* find(const parent::ParentTxid& txid) const;
    void fill(agreement::State& state) const;
    // Signatures that a peer lacks, by its State.
    [[nodiscard]] std::vector<agreement::PayoutSig> missing_at(const agreement::State& peer) const;

private:
    void try_complete(Version& version);

    std::vector<Bytes> keys_;
    std::map<parent::ParentTxid, Version> versions_;
};

}  // namespace sluice::member
