#include "federation/signer/member_signer.h"

#include "consensus/primitives/merkle.h"
#include "crypto/ecdsa.h"
#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"
#include "peg/proof/contract.h"
#include "util/check.h"
#include "util/random.h"

namespace sluice::signer {

class MemberSigner::Key final : public agreement::SigningKey {
public:
    explicit Key(const SecretKey& key) : key_(key) {}
    agreement::Signature sign(const Hash256& digest) override {
        return agreement::Signature::from_view(sign_ecdsa_compact(key_, digest));
    }
    Bytes sign_block(const BlockHash& hash) override { return sign_ecdsa(key_, Hash256::from(hash)); }

private:
    const SecretKey& key_;
};

MemberSigner::MemberSigner(MemberKeys keys, std::unique_ptr<JournalDb> journal)
    : keys_(std::move(keys)), journal_(std::move(journal)), key_(std::make_unique<Key>(keys_.block)) {}

MemberSigner::~MemberSigner() = default;

agreement::SignerCore& MemberSigner::core() { return *core_; }

Result<std::unique_ptr<MemberSigner>> MemberSigner::open(MemberKeys keys, const std::string& folder) {
    auto journal = TRY(JournalDb::open(folder));
    agreement::JournalState state = TRY(journal->load());
    std::unique_ptr<MemberSigner> out(new MemberSigner(std::move(keys), std::move(journal)));
    out->core_ = std::make_unique<agreement::SignerCore>(*out->key_, *out->journal_, out->verifier_, std::move(state),
                                                         out->keys_.journal);
    agreement::InstanceId instance;
    random_bytes(instance.mutable_view());
    if (!out->core_->boot(random_u64() | 1, instance))
        return fail("the signer's journal in " + folder + " cannot be written");
    return out;
}

void MemberSigner::set_federation(Federation federation) {
    chain_ = &federation.chain;
    max_fee_ = federation.max_fee;
    if (followed_) followed_->set_sets(std::move(federation.sets));
    else followed_.emplace(federation.chain, std::move(federation.sets));
}

Result<void, agreement::Refusal> MemberSigner::follow(const BlockHeader& header) {
    CHECK(followed_);
    const BlockHash hash = compute_hash(header);
    const auto journalled = journal_->final_hash(header.height);
    if (!journalled) return unexpected(agreement::Refusal::kJournalFailed);
    TRY_VOID(followed_->check(header, *journalled == hash ? Proof::kKnownGood : Proof::kCheck));
    if (*journalled && *journalled != hash) {
        core_->halt_because("a second signed header at a followed height");
        return unexpected(agreement::Refusal::kConflict);
    }
    agreement::HeaderFacts facts{hash, header.prev, header.height, {}};
    if (header.is_dynafed()) facts.params_root = fed_rules::entry_root(header.dynafed().current);
    TRY_VOID(core_->advance(facts));
    followed_->take(header);
    return {};
}

Result<void, agreement::Refusal> MemberSigner::follow(const Block& block) {
    const BlockHeader& header = block.header;
    const TxMerkleRoot root = tx_merkle_root(block.transactions);
    if (block.transactions.empty() || root.mutated || root.root != header.merkle_root) {
        return unexpected(agreement::Refusal::kWrongHeader);
    }
    TRY_VOID(follow(header));
    if (planned_.next_height() != header.height) return {};  // one before it was not shown whole: payouts stay refused
    ledger::BlockFacts facts = ledger::facts_of(block, *chain_, planned_.params(), 0);
    facts.claims.clear();  // the root does not cover witnesses, and no request depends on them
    planned_.apply(facts);
    return {};
}

Result<void, agreement::Refusal> MemberSigner::enter(agreement::Committee committee,
                                                     std::optional<agreement::MemberIndex> me) {
    CHECK(followed_);
    if (followed_->active_root() != committee.params_root) return unexpected(agreement::Refusal::kWrongSet);
    core_->enter(std::move(committee), me);
    return {};
}

Result<std::vector<Bytes>> MemberSigner::sign_payout(const PayoutRequest& request) {
    CHECK(followed_);
    const agreement::JournalState& state = core_->state();
    if (state.mode.mode != agreement::SignerMode::kNormal) return fail("the signer is observing or halted");
    if (state.finals.empty() || planned_.next_height() != state.final_height + 1) {
        return fail("the final chain is not read again yet");
    }
    const auto followed = [this](uint32_t height) -> std::optional<BlockHash> {
        auto hash = journal_->final_hash(height);
        if (!hash) return std::nullopt;
        return *hash;
    };
    PayoutClearance clearance =
        TRY(clear_payout(request, {*chain_, followed_->sets(), state, planned_, max_fee_, followed}));
    if (const auto known = state.payouts.find(clearance.record.txid); known != state.payouts.end()) {
        return known->second.signatures;
    }
    for (const ledger::InputToSign& input : clearance.inputs) {
        Bytes& signature = clearance.record.signatures.emplace_back();
        std::optional<SecretKey> key = keys_.payout.clone();
        if (input.claim_script) key = peg::tweak_secret(keys_.payout, *input.claim_script);
        const auto multisig = ledger::leading_multisig(input.witness_script);
        if (!key || !multisig) continue;
        const Bytes ours = to_bytes(key->pubkey().view());
        if (std::ranges::find(multisig->keys, ours) == multisig->keys.end()) continue;
        signature = sign_ecdsa(*key, input.digest);
        signature.push_back(parent::kSighashAll);
    }
    std::vector<agreement::Record> records(clearance.requests.begin(), clearance.requests.end());
    records.emplace_back(clearance.record);
    if (!core_->journal(records)) return fail("the journal could not be written");
    return clearance.record.signatures;
}

Status MemberSigner::create_journal(const std::string& folder, const agreement::JournalId& id) {
    auto journal = TRY(JournalDb::open(folder));
    const agreement::JournalState state = TRY(journal->load());
    if (state.id) return fail(folder + " already holds a journal");
    const agreement::Record birth = agreement::BirthRecord{id};
    if (!journal->append({&birth, 1})) return fail("cannot write the journal in " + folder);
    return {};
}

}  // namespace sluice::signer
