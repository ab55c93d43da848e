// Peg-in addresses, claims and peg-out requests.
#include "peg/parent/transaction.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"
#include "peg/proof/pegout.h"
#include "wallet/wallet.h"

namespace sluice::wallet {

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

Result<Txid> Wallet::claim(const PeginClaim& claim) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    const auto deposit = parent::decode_parent_tx(claim.transaction);
    if (!deposit) return fail("The raw bitcoinTx is malformed.");
    const auto proof = decode<parent::MerkleBlock>(claim.txoutproof);
    if (!proof) return fail("The included txoutproof is malformed. Are you sure that is the whole string?");
    auto witness = peg::make_pegin_witness(*options_.params, *deposit, claim.outpoint.index, *proof, claim.claim_script);
    if (!witness) return fail("The deposit has no such output.");

    Transaction tx;
    TxIn in;
    in.prevout = claim.outpoint;
    in.is_pegin = true;
    in.witness.pegin_witness = std::move(*witness);
    tx.inputs.push_back(std::move(in));
    TxOut spent;
    spent.asset = options_.params->pegged_asset;
    spent.value = claim.amount;
    spent.script = claim.claim_script;
    const std::vector<std::optional<TxOut>> spent_outputs = {spent};

    // To the claim script itself: a claim that is refused and tried again uses up no address.
    const TxOut out = spent;
    TxOut fee = spent;
    fee.script = {};
    fee.value = Amount{0};
    tx.outputs = {out, fee};
    const Amount cost = fee_of(tx, spent_outputs, options_.fee_rate);
    if (claim.amount <= cost) return fail("The deposit does not cover the fee of its claim.");
    tx.outputs[0].value = Amount{claim.amount.sat - cost.sat};
    tx.outputs[1].value = cost;
    return finish(std::move(tx), spent_outputs, "");
}

Result<std::vector<Txid>> Wallet::claim_deposits() {
    std::vector<Txid> sent;
    if (parent_ == nullptr || locked() || pegins_.empty()) return sent;
    for (const ports::Deposit& deposit : TRY(parent_->deposits())) {
        const auto record = pegins_.find(deposit.script);
        if (record == pegins_.end() || deposit.spent || deposit.depth < options_.params->parent.pegin_min_depth) continue;
        if (ledger_->is_spent(deposit.outpoint)) continue;
        const Result<Txid> claimed =
            claim({deposit.outpoint, deposit.amount, record->second.claim_script, deposit.transaction, deposit.txoutproof});
        // A refusal is not an error of ours: the node's view of the parent chain may be behind; the next call tries again.
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
