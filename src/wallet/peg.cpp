// Peg-in addresses, claims and peg-out requests.
#include "peg/parent/transaction.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"
#include "util/random.h"
#include "wallet/draft.h"

namespace sluice::wallet {
namespace {
constexpr int64_t kLeastSplitClaim = 100'000;  // satoshi; less is not worth two range proofs
}

Result<PeginAddress> Wallet::pegin_address() {
    const std::vector<FedpegScript> fedpegs = TRY(chain_.fedpeg_scripts());
    if (fedpegs.empty()) return fail("no federation script is in force");
    const Script claim_script = TRY(next_script(KeyChain::kReceive, ""));
    const auto parent_script = peg::deposit_script(fedpegs.front(), claim_script);
    if (!parent_script) return fail("the federation's script takes no deposits");
    const PeginRecord record{*parent_script, claim_script, fedpegs.front().script};
    storage::Batch batch;
    batch.put(pegin_key(*parent_script), encode_pegin_record(record));
    TRY_VOID(commit(std::move(batch)));
    pegins_.insert_or_assign(*parent_script, record);
    // Watched before anybody learns the address: no deposit can come before.
    if (parent_ != nullptr) TRY_VOID(parent_->watch(*parent_script));
    return PeginAddress{*parent_script, claim_script};
}

// Without outputs yet.
Result<Wallet::Draft> Wallet::begin_claim(const PeginClaim& claim) const {
    const auto deposit = parent::decode_parent_tx(claim.transaction);
    if (!deposit) return fail("The raw bitcoinTx is malformed.");
    const auto proof = decode<parent::MerkleBlock>(claim.txoutproof);
    if (!proof) return fail("The included txoutproof is malformed. Are you sure that is the whole string?");
    auto witness =
        peg::make_pegin_witness(*options_.params, *deposit, claim.outpoint.index, *proof, claim.claim_script);
    if (!witness) return fail("The deposit has no such output.");
    Draft draft;
    TxIn in;
    in.prevout = claim.outpoint;
    in.is_pegin = true;
    in.witness.pegin_witness = std::move(*witness);
    draft.tx.inputs.push_back(std::move(in));
    const AssetId& asset = options_.params->pegged_asset;
    draft.spent.push_back({pay_to(claim.claim_script, asset, claim.amount),
                           {asset, claim.amount, {}, {}},
                           dummy_scripts(claim.claim_script)});
    return draft;
}

// The last output is the fee's. What remains of the claim.
Result<int64_t> Wallet::set_claim_fee(Draft& draft, Amount claimed) const {
    const Amount cost = fee_for(draft.tx, draft.spent, draft.receivers, false, options_.proof,
                                options_.params->create_discount_ct, TRY(rate_of(std::nullopt)));
    if (claimed <= cost) return fail("The deposit does not cover the fee of its claim.");
    if (cost > options_.max_fee) return fail("Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
    draft.tx.outputs.back().value = cost;
    return claimed.sat - cost.sat;
}

Result<Txid> Wallet::claim(const PeginClaim& claim) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    Draft draft = TRY(begin_claim(claim));
    const AssetId& asset = options_.params->pegged_asset;
    // To the claim script itself: a claim that is refused and tried again uses up no address. Everybody knows what was
    // deposited, so a single output hides nothing; two of a random share each do.
    const bool split = options_.blinded_addresses && claim.amount.sat >= kLeastSplitClaim;
    draft.tx.outputs.assign(split ? 2 : 1, pay_to(claim.claim_script, asset, claim.amount));
    draft.receivers.assign(draft.tx.outputs.size(),
                           split ? std::optional(view_->pubkey_of(claim.claim_script)) : std::nullopt);
    draft.tx.outputs.push_back(pay_to({}, asset, Amount{0}));
    draft.receivers.emplace_back();
    int64_t rest = TRY(set_claim_fee(draft, claim.amount));
    if (split) {
        const int64_t part = rest / 4 + static_cast<int64_t>(random_below(static_cast<uint64_t>(rest / 2)));
        draft.tx.outputs[1].value = Amount{part};
        rest -= part;
    }
    draft.tx.outputs.front().value = Amount{rest};
    return finish(std::move(draft), {});
}

Result<Transaction> Wallet::raw_claim(const PeginClaim& claim) {
    Draft draft = TRY(begin_claim(claim));
    const AssetId& asset = options_.params->pegged_asset;
    draft.tx.outputs = {pay_to(TRY(new_script("")), asset, claim.amount), pay_to({}, asset, Amount{0})};
    draft.receivers.resize(2);
    draft.tx.outputs.front().value = Amount{TRY(set_claim_fee(draft, claim.amount))};
    return std::move(draft.tx);
}

Result<std::vector<Txid>> Wallet::claim_deposits() {
    std::vector<Txid> sent;
    if (parent_ == nullptr || locked() || pegins_.empty()) return sent;
    for (const ports::Deposit& deposit : TRY(parent_->deposits())) {
        const auto record = pegins_.find(deposit.script);
        if (record == pegins_.end() || deposit.spent || deposit.depth < options_.params->parent.pegin_min_depth)
            continue;
        if (ledger_->is_spent(deposit.outpoint)) continue;
        const Result<Txid> claimed = claim(
            {deposit.outpoint, deposit.amount, record->second.claim_script, deposit.transaction, deposit.txoutproof});
        // A refusal is not an error of ours: the node's view of the parent chain may be behind; the next call tries
        // again.
        if (claimed) sent.push_back(*claimed);
    }
    return sent;
}

Result<Txid> Wallet::send_to_mainchain(const Script& parent_script, Amount amount, bool subtract_fee) {
    Recipient to;
    to.script = peg::make_pegout_script(options_.params->parent.genesis, parent_script);
    to.asset = options_.params->pegged_asset;
    to.amount = amount;
    to.subtract_fee = subtract_fee;
    return send({to}, {});
}

}  // namespace sluice::wallet
