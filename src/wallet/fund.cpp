// Transactions that somebody began are completed with coins, change and fee; payments that wait are paid for better.
#include <algorithm>

#include "codec/hex.h"
#include "wallet/draft.h"

namespace sluice::wallet {
namespace {

constexpr int64_t kLeastBump = 1000;  // satoshi per 1000 virtual bytes: a replacement pays so much more, if not asked

Result<Recipient> recipient_of(const TxOut& out, bool subtract_fee) {
    if (!out.is_explicit()) return fail("an output of the transaction is blinded already");
    Recipient to{out.script, out.asset.explicit_value(), out.value.explicit_value(), subtract_fee, {}};
    if (out.nonce.is_commitment()) to.blinding_key = PubKey::parse(out.nonce.bytes->view());
    return to;
}

Amount fee_of(const Transaction& tx) {
    Amount fee;
    for (const TxOut& out : tx.outputs) {
        if (out.is_fee()) fee.sat += out.value.explicit_value().sat;
    }
    return fee;
}

// In the open, with blinding keys in the place of nonces.
Transaction marked(Transaction tx, const std::vector<std::optional<PubKey>>& receivers) {
    for (size_t i = 0; i < receivers.size(); ++i) {
        if (receivers[i]) tx.outputs[i].nonce.bytes = NonceBytes::from_view(receivers[i]->view());
    }
    return tx;
}

}  // namespace

Result<Wallet::Draft> Wallet::build_funded(const FundOrder& wanted) {
    Order order;
    order.fee_rate = TRY(rate_of(wanted.fee_rate));
    order.keep_order = true;
    order.change = wanted.change;
    order.change_position = wanted.change_position;
    order.change_type = wanted.change_type;
    order.coins = wanted.coins;
    order.replaceable = wanted.replaceable.value_or(options_.replaceable);
    std::map<OutPoint, WalletCoin> ours;
    for (WalletCoin& coin : unspent()) ours.emplace(coin.outpoint, std::move(coin));
    for (const TxIn& in : wanted.tx.inputs) {
        const auto coin = ours.find(in.prevout);
        if (in.is_pegin || coin == ours.end()) return fail("Unable to find UTXO for external input");
        order.inputs.push_back({in, {coin->second.out, coin->second.opened, dummy_scripts(coin->second.out.script)}});
    }
    for (uint32_t i = 0; i < wanted.tx.outputs.size(); ++i) {
        if (wanted.tx.outputs[i].is_fee()) continue;  // the fee is ours to say
        order.recipients.push_back(TRY(recipient_of(wanted.tx.outputs[i], wanted.subtract_fee_from.contains(i))));
    }
    Draft draft = TRY(build(order));
    draft.tx.version = wanted.tx.version;
    draft.tx.lock_time = wanted.tx.lock_time;
    if (!wanted.lock_coins) return draft;
    for (const TxIn& in : draft.tx.inputs) TRY_VOID(lock_coin(in.prevout, true, false));
    return draft;
}

Result<Funded> Wallet::fund(const FundOrder& wanted) {
    Draft draft = TRY(build_funded(wanted));
    Funded out;
    out.change_position = draft.change_position;
    out.fee = fee_of(draft.tx);
    out.tx = marked(std::move(draft.tx), draft.receivers);
    return out;
}

Result<Made> Wallet::make(const FundOrder& wanted, bool send) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    Draft draft = TRY(build_funded(wanted));
    Made out;
    out.fee = fee_of(draft.tx);
    Signed done = TRY(complete(std::move(draft)));
    out.tx = done.blinded.tx;
    out.complete = done.missing == 0;
    if (send && out.complete) (void)TRY(send_out(std::move(done), {}));
    return out;
}

Result<Wallet::Draft> Wallet::build_bump(const BumpOrder& wanted, const WalletTx& old, Amount old_fee) {
    const Transaction& tx = old.tx->tx;
    const Txid txid = old.tx->txid;
    const auto vsize = static_cast<int64_t>((old.tx->weight() + 3) / 4);
    const int64_t old_rate = (old_fee.sat * 1000 + vsize - 1) / vsize;
    Order order;
    order.fee_rate =
        wanted.fee_rate ? TRY(rate_of(wanted.fee_rate)) : std::max(old_rate + kLeastBump, TRY(rate_of(std::nullopt)));
    order.keep_order = true;
    order.replaceable = wanted.replaceable.value_or(true);
    order.coins.min_depth = 1;  // a replacement brings no new unconfirmed coins
    for (const TxIn& in : tx.inputs) {
        const auto spent = ledger_->spent_output(in);
        const auto opened = spent ? ledger_->content(in.prevout.txid, in.prevout.index) : std::nullopt;
        if (!opened || (wanted.broadcast && is_watch_only(spent->script)))
            return fail("Transaction contains inputs that don't belong to this wallet");
        if (!in.issuance.is_null()) return fail("Transaction contains issuances");
        TxIn again;
        again.prevout = in.prevout;
        again.sequence = order.replaceable ? kSequenceFinal - 2 : kSequenceFinal - 1;
        order.inputs.push_back({std::move(again), {*spent, *opened, dummy_scripts(spent->script)}});
    }
    if (wanted.outputs) {
        for (const TxOut& out : *wanted.outputs) order.recipients.push_back(TRY(recipient_of(out, false)));
        return build(order);
    }
    for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        if (out.is_fee()) continue;
        const auto opened = ledger_->content(txid, i);
        if (!opened) return fail("Transaction has outputs whose amounts this wallet does not know");
        if (opened->is_blinded() && opened->value.sat == 0) continue;  // only balanced
        const bool change =
            wanted.change_position ? *wanted.change_position == i : is_mine(out.script) && !is_handed_out(out.script);
        if (change && opened->asset == options_.policy_asset) {
            order.change[opened->asset] = {out.script};
            continue;
        }
        Recipient to{out.script, opened->asset, opened->value, false, {}};
        if (i < old.receivers.size()) to.blinding_key = old.receivers[i];
        if (opened->is_blinded() && !to.blinding_key) {
            if (!is_mine(out.script)) return fail("Transaction has outputs whose receivers this wallet does not know");
            to.blinding_key = view_->pubkey_of(out.script);
        }
        order.recipients.push_back(std::move(to));
    }
    return build(order);
}

Result<Bumped> Wallet::bump(const BumpOrder& wanted) {
    const WalletTx* known = ledger_->find(wanted.txid);
    if (known == nullptr) return fail("Invalid or non-wallet transaction id");
    if (wanted.broadcast && locked())
        return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    const WalletTx old = *known;
    const Transaction& tx = old.tx->tx;
    if (wanted.outputs && wanted.change_position)
        return fail(
            "The options 'outputs' and 'original_change_index' are incompatible. You can only either specify a "
            "new set of outputs, or designate a change output to be recycled.");
    if (wanted.change_position && *wanted.change_position >= tx.outputs.size())
        return fail("Change position is out of range");
    for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
        if (ledger_->is_spent({wanted.txid, i})) return fail("Transaction has descendants in the wallet");
    }
    if (old.block || old.dead()) return fail("Transaction has been mined, or is conflicted with a mined transaction");
    if (std::ranges::none_of(tx.inputs, [](const TxIn& in) { return in.sequence < kSequenceFinal - 1; }))
        return fail("Transaction is not BIP 125 replaceable");
    if (old.replaced_by) {
        return fail("Cannot bump transaction " + to_display(wanted.txid) + " which was already bumped by transaction " +
                    to_display(*old.replaced_by));
    }
    const Amount old_fee = fee_of(tx);
    Draft draft = TRY(build_bump(wanted, old, old_fee));
    Bumped out;
    out.old_fee = old_fee;
    out.fee = fee_of(draft.tx);
    if (out.fee <= old_fee) {
        return fail("Insufficient total fee, must be more than " + std::to_string(old_fee.sat) + " satoshi");
    }
    draft.tx.version = tx.version;
    draft.tx.lock_time = tx.lock_time;
    if (!wanted.broadcast) {
        out.tx = marked(std::move(draft.tx), draft.receivers);
        return out;
    }
    out.txid = TRY(finish(std::move(draft), {old.comment, old.comment_to, wanted.txid}));
    WalletTx replaced = old;
    replaced.replaced_by = *out.txid;
    storage::Batch batch;
    batch.put(tx_key(wanted.txid), encode_wallet_tx(replaced));
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(replaced));
    return out;
}

}  // namespace sluice::wallet
