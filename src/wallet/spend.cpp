// Blinding, signing and sending what was built; payments.
#include "consensus/script/sighash.h"
#include "util/check.h"
#include "wallet/draft.h"

namespace sluice::wallet {

Result<size_t> Wallet::sign(Transaction& tx, const std::vector<std::optional<TxOut>>& spent, uint32_t hash_type) const {
    CHECK(spent.size() == tx.inputs.size());
    const script::TxHashes hashes = script::compute_tx_hashes(tx);
    const script::HashType type{hash_type, script::kVerifySighashRangeproof};
    size_t missing = 0;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (spent[i] && options_.params->anyone_can_spend_are_mine && spent[i]->script == Script{{0x51}}) continue;
        const auto keys = spent[i] && is_mine(spent[i]->script) ? TRY(signing_keys(spent[i]->script)) : std::nullopt;
        if (!keys || !sign_input(tx, i, *spent[i], *keys, type, hashes)) ++missing;
    }
    return missing;
}

Result<BlindedTx> Wallet::blind(const Draft& draft) const {
    if (!draft.has_receiver() && !draft.blind_issuance) return BlindedTx{draft.tx, {}};
    BlindRequest request;
    request.proof = options_.proof;
    request.receivers = draft.receivers;
    for (const SpentOutput& spent : draft.spent) request.inputs.push_back({spent.opened, spent.out.asset});
    for (const TxIn& in : draft.tx.inputs) {
        request.issuances.emplace_back();
        if (!draft.blind_issuance || in.issuance.is_null()) continue;
        if (!in.issuance.amount.is_null()) request.issuances.back().amount = view_->issuance_key_of(in.prevout);
        if (!in.issuance.inflation_keys.is_null()) request.issuances.back().tokens = view_->issuance_key_of(in.prevout);
    }
    return blind_transaction(draft.tx, request);
}

// The transaction is stored before it is broadcast: a crash between the two leaves it to rebroadcast(), never lost or
// doubled.
Result<Txid> Wallet::finish(Draft draft, const std::string& comment) {
    BlindedTx blinded = TRY(blind(draft));
    std::vector<std::optional<TxOut>> spent;
    for (const SpentOutput& each : draft.spent) spent.emplace_back(each.out);
    const size_t missing = TRY(sign(blinded.tx, spent));
    if (missing > 0) return fail("Signing transaction failed");
    WalletTx entry;
    entry.tx = make_tx(std::move(blinded.tx));
    entry.time_received = clock_.unix_time();
    entry.comment = comment;
    const TxRef sent = entry.tx;
    storage::Batch batch;
    storage::Batch undo;
    batch.put(tx_key(sent->txid), encode_wallet_tx(entry));
    undo.erase(tx_key(sent->txid));
    for (const BlindedAmountAt& amount : blinded.amounts) {
        const AmountPlace at{sent->txid, amount.index, amount.part};
        note(at, amount.opened, batch);
        undo.erase(opened_key(at));
    }
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(entry));
    if (const Status accepted = chain_.broadcast(sent); !accepted) {
        TRY_VOID(commit(std::move(undo)));
        for (const BlindedAmountAt& amount : blinded.amounts) ledger_->forget({sent->txid, amount.index, amount.part});
        ledger_->erase(sent->txid);
        return unexpected(accepted.error());
    }
    return sent->txid;
}

Result<Txid> Wallet::send(const std::vector<Recipient>& recipients, const SendOptions& options) {
    if (recipients.empty()) return fail("Transaction must have at least one recipient");
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    Order order;
    order.recipients = recipients;
    order.fee_rate = options.fee_rate.value_or(options_.fee_rate);
    return finish(TRY(build(order)), options.comment);
}

Result<Funded> Wallet::fund(const FundOrder& wanted) {
    Order order;
    order.fee_rate = wanted.fee_rate.value_or(options_.fee_rate);
    order.keep_order = true;
    order.change_script = wanted.change_script;
    order.change_position = wanted.change_position;
    std::map<OutPoint, WalletCoin> ours;
    for (WalletCoin& coin : unspent()) ours.emplace(coin.outpoint, std::move(coin));
    for (const TxIn& in : wanted.tx.inputs) {
        const auto coin = ours.find(in.prevout);
        if (in.is_pegin || coin == ours.end()) return fail("Unable to find UTXO for external input");
        order.inputs.push_back({in, {coin->second.out, coin->second.opened, spendable(coin->second.out.script)}});
    }
    for (uint32_t i = 0; i < wanted.tx.outputs.size(); ++i) {
        const TxOut& out = wanted.tx.outputs[i];
        if (!out.is_explicit()) return fail("an output of the transaction is blinded already");
        if (out.is_fee()) continue;  // the fee is ours to say
        Recipient to{out.script,
                     out.asset.explicit_value(),
                     out.value.explicit_value(),
                     wanted.subtract_fee_from.contains(i),
                     {}};
        if (out.nonce.is_commitment()) to.blinding_key = PubKey::parse(out.nonce.bytes->view());
        order.recipients.push_back(std::move(to));
    }
    Draft draft = TRY(build(order));
    Funded out;
    out.tx = std::move(draft.tx);
    out.tx.version = wanted.tx.version;
    out.tx.lock_time = wanted.tx.lock_time;
    out.change_position = draft.change_position;
    out.fee = out.tx.outputs.back().value.explicit_value();
    for (size_t i = 0; i < draft.receivers.size(); ++i) {
        if (draft.receivers[i]) out.tx.outputs[i].nonce.bytes = NonceBytes::from_view(draft.receivers[i]->view());
    }
    for (size_t i = wanted.tx.inputs.size(); wanted.lock_coins && i < out.tx.inputs.size(); ++i) {
        TRY_VOID(lock_coin(out.tx.inputs[i].prevout, true));
    }
    return out;
}

}  // namespace sluice::wallet
