#include "federation/member/payouts.h"

#include <algorithm>
#include <set>

#include "consensus/script/script.h"
#include "peg/proof/contract.h"

namespace sluice::member {
namespace {

// Where a member's key stands in the (tweaked) script of an input; nullopt if it has none there.
std::optional<size_t> position_of(const ledger::InputToSign& input, const Bytes& payout_key) {
    const auto multisig = ledger::leading_multisig(input.witness_script);
    if (!multisig) return std::nullopt;
    Bytes key = payout_key;
    if (input.claim_script) {
        const auto parsed = PubKey::parse(payout_key);
        const auto tweaked =
            parsed ? parsed->add_tweak(peg::contract_tweak(payout_key, *input.claim_script).view()) : std::nullopt;
        if (!tweaked) return std::nullopt;
        key = to_bytes(tweaked->view());
    }
    for (size_t i = 0; i < multisig->keys.size(); ++i) {
        if (multisig->keys[i] == key) return i;
    }
    return std::nullopt;
}

}  // namespace

void Payouts::refresh(const ledger::Ledger& ledger, const ledger::Evaluation& evaluation) {
    std::set<parent::ParentTxid> wanted;
    for (size_t i = 0; i < ledger.batches().size(); ++i) {
        const ledger::Batch& batch = ledger.batches()[i];
        if (!evaluation.batches[i].open) continue;
        for (size_t number = 0; number < batch.versions.size(); ++number) {
            const ledger::Version& planned = batch.versions[number];
            wanted.insert(planned.txid);
            if (versions_.contains(planned.txid)) continue;
            auto inputs = ledger::inputs_to_sign(ledger, evaluation, planned.tx);
            if (!inputs) continue;  // an input is already spent: by another version of this batch
            Version version;
            version.txid = planned.txid;
            version.batch = batch.id;
            version.number = number;
            version.height = planned.height;
            version.tx = planned.tx;
            version.inputs = std::move(*inputs);
            versions_.emplace(planned.txid, std::move(version));
        }
    }
    std::erase_if(versions_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

std::vector<parent::ParentTxid> Payouts::to_sign() const {
    std::map<parent::ParentTxid, const Version*> newest;
    for (const auto& entry : versions_) {
        const Version*& known = newest[entry.second.batch];
        if (known == nullptr || known->number < entry.second.number) known = &entry.second;
    }
    std::vector<parent::ParentTxid> out;
    for (const auto& entry : newest) {
        if (!entry.second->asked) out.push_back(entry.second->txid);
    }
    return out;
}

bool Payouts::add(const agreement::PayoutSig& sig) {
    Version* version = find(parent::ParentTxid::from(sig.txid));
    if (version == nullptr || sig.member >= keys_.size() || sig.signatures.size() != version->inputs.size())
        return false;
    if (version->signatures.contains(sig.member)) return false;
    bool any = false;
    for (size_t i = 0; i < sig.signatures.size(); ++i) {
        if (sig.signatures[i].empty()) continue;
        const auto position = position_of(version->inputs[i], keys_[sig.member]);
        if (!position || !ledger::verify_signature(version->inputs[i], *position, sig.signatures[i])) return false;
        any = true;
    }
    if (!any) return false;
    version->signatures[sig.member] = sig;
    version->refusals.erase(sig.member);
    try_complete(*version);
    return true;
}

void Payouts::add(const agreement::PayoutRefuse& refuse) {
    Version* version = find(parent::ParentTxid::from(refuse.txid));
    if (version == nullptr || refuse.member >= keys_.size()) return;
    version->refusals[refuse.member] = std::string(as_text(refuse.reason));
}

void Payouts::try_complete(Version& version) {
    if (version.complete) return;
    ledger::InputSignatures signatures(version.inputs.size());
    for (const auto& [member, sig] : version.signatures) {
        for (size_t i = 0; i < version.inputs.size(); ++i) {
            const auto position =
                sig.signatures[i].empty() ? std::nullopt : position_of(version.inputs[i], keys_[member]);
            if (position) signatures[i][*position] = sig.signatures[i];
        }
    }
    version.complete = ledger::assemble(version.tx, version.inputs, signatures);
}

std::vector<parent::ParentTxid> Payouts::to_broadcast(const parent::ParentBlockHash& tip) const {
    std::vector<const Version*> ready;
    for (const auto& entry : versions_) {
        if (entry.second.complete && entry.second.broadcast_at != tip) ready.push_back(&entry.second);
    }
    std::ranges::sort(ready, [](const Version* a, const Version* b) {
        return std::tie(b->number, a->txid) < std::tie(a->number, b->txid);
    });
    std::vector<parent::ParentTxid> out;
    for (const Version* version : ready) out.push_back(version->txid);
    return out;
}

Payouts::Version* Payouts::find(const parent::ParentTxid& txid) {
    const auto at = versions_.find(txid);
    return at == versions_.end() ? nullptr : &at->second;
}
const Payouts::Version* Payouts::find(const parent::ParentTxid& txid) const {
    const auto at = versions_.find(txid);
    return at == versions_.end() ? nullptr : &at->second;
}

void Payouts::fill(agreement::State& state) const {
    for (const auto& entry : versions_) {
        agreement::OpenPayout open{Hash256::from(entry.first), 0};
        for (const auto& signature : entry.second.signatures) open.signers |= agreement::member_bit(signature.first);
        state.payouts.push_back(open);
    }
}

std::vector<agreement::PayoutSig> Payouts::missing_at(const agreement::State& peer) const {
    std::vector<agreement::PayoutSig> out;
    for (const agreement::OpenPayout& open : peer.payouts) {
        const Version* version = find(parent::ParentTxid::from(open.txid));
        if (version == nullptr) continue;
        for (const auto& [member, sig] : version->signatures) {
            if (!agreement::has_member(open.signers, member)) out.push_back(sig);
        }
    }
    return out;
}

}  // namespace sluice::member
