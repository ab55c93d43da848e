// Blinding, signing and sending what was built; payments.
#include "consensus/script/sighash.h"
#include "signing/sign.h"
#include "util/check.h"
#include "util/random.h"
#include "wallet/draft.h"

namespace sluice::wallet {

std::optional<signing::DummyScripts> Wallet::dummy_scripts(const Script& script) const {
    const auto keys = key_ring(script);
    return keys ? signing::dummy_scripts(script, *keys) : std::nullopt;
}

Result<size_t> Wallet::sign(Transaction& tx, const std::vector<std::optional<TxOut>>& spent,
                            std::optional<uint8_t> hash_type) const {
    CHECK(spent.size() == tx.inputs.size());
    std::vector<TxOut> all;
    for (const auto& each : spent) {
        if (each) all.push_back(*each);
    }
    if (all.size() != spent.size()) all.clear();
    const script::TxHashes hashes =
        all.empty() ? script::compute_tx_hashes(tx) : script::compute_tx_hashes(tx, all, options_.params->genesis_hash);
    signing::SignContext context{all, &hashes, hash_type};
    random_bytes(context.auxiliary);
    size_t missing = 0;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (spent[i] && options_.params->anyone_can_spend_are_mine && spent[i]->script == Script{{0x51}}) continue;
        const auto keys = spent[i] && is_mine(spent[i]->script) ? TRY(signing_keys(spent[i]->script)) : std::nullopt;
        if (!keys || !signing::sign_input(tx, i, *spent[i], context, *keys)) ++missing;
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

Result<Wallet::Signed> Wallet::complete(Draft draft) const {
    BlindedTx blinded = TRY(blind(draft));
    std::vector<std::optional<TxOut>> spent;
    for (const SpentOutput& each : draft.spent) spent.emplace_back(each.out);
    const size_t missing = TRY(sign(blinded.tx, spent));
    Signed out{std::move(blinded), {}, missing};
    if (draft.has_receiver()) out.receivers = std::move(draft.receivers);
    return out;
}

// The transaction is stored before it is broadcast: a crash between the two leaves it to rebroadcast(), never lost or
// doubled.
Result<Txid> Wallet::send_out(Signed done, const Words& words) {
    CHECK(done.missing == 0);
    WalletTx entry;
    entry.tx = make_tx(std::move(done.blinded.tx));
    entry.time_received = clock_.unix_time();
    entry.comment = words.comment;
    entry.comment_to = words.comment_to;
    entry.replaces = words.replaces;
    entry.receivers = std::move(done.receivers);
    const TxRef sent = entry.tx;
    storage::Batch batch;
    storage::Batch undo;
    batch.put(tx_key(sent->txid), encode_wallet_tx(entry));
    undo.erase(tx_key(sent->txid));
    for (const BlindedAmountAt& amount : done.blinded.amounts) {
        const AmountPlace at{sent->txid, amount.index, amount.part};
        note(at, amount.opened, batch);
        undo.erase(opened_key(at));
    }
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(entry));
    if (const Status accepted = chain_.broadcast(sent); !accepted) {
        TRY_VOID(commit(std::move(undo)));
        for (const BlindedAmountAt& amount : done.blinded.amounts)
            ledger_->forget({sent->txid, amount.index, amount.part});
        ledger_->erase(sent->txid);
        return unexpected(accepted.error());
    }
    return sent->txid;
}

Result<Txid> Wallet::finish(Draft draft, const Words& words) {
    Signed done = TRY(complete(std::move(draft)));
    if (done.missing > 0) return fail("Signing transaction failed");
    return send_out(std::move(done), words);
}

Result<int64_t> Wallet::rate_of(const std::optional<int64_t>& wanted) const {
    const auto text = [](int64_t rate) {
        const std::string decimals = std::to_string(1000 + rate % 1000).substr(1);
        return std::to_string(rate / 1000) + "." + decimals + " sat/vB";
    };
    if (wanted && *wanted < options_.least_fee_rate) {
        return fail("Fee rate (" + text(*wanted) + ") is lower than the minimum fee rate setting (" +
                    text(options_.least_fee_rate) + ")");
    }
    return wanted ? *wanted : own_fee_rate_.value_or(options_.fee_rate);
}

Result<Txid> Wallet::send(const std::vector<Recipient>& recipients, const SendOptions& options) {
    if (recipients.empty()) return fail("Transaction must have at least one recipient");
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    Order order;
    order.recipients = recipients;
    order.fee_rate = TRY(rate_of(options.fee_rate));
    order.replaceable = options.replaceable.value_or(options_.replaceable);
    return finish(TRY(build(order)), {options.comment, options.comment_to});
}

}  // namespace sluice::wallet
