// Issuing assets and more of them (transactions.md section 6).
#include "consensus/primitives/issuance.h"
#include "wallet/draft.h"

namespace sluice::wallet {

Result<Issued> Wallet::issue(const IssueOrder& wanted) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    if (wanted.amount.sat <= 0 && wanted.tokens.sat <= 0) return fail("Issuance must have one non-zero component");
    Order order;
    order.fee_rate = TRY(rate_of(std::nullopt));
    order.issue = wanted;
    if (wanted.amount.sat > 0) order.issued_script = TRY(new_script(""));
    if (wanted.tokens.sat > 0) order.token_script = TRY(new_script(""));
    Draft draft = TRY(build(order));
    IssuanceIds ids = issuance_ids(draft.tx.inputs.front());
    ids.token = reissuance_token(ids.entropy, wanted.blind && wanted.amount.sat > 0);
    const Txid txid = TRY(finish(std::move(draft), {}));
    return Issued{txid, 0, ids.entropy, ids.asset, ids.token};
}

Result<Issued> Wallet::reissue(const AssetId& asset, Amount amount) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    std::optional<IssuanceIds> known;
    for (const auto& [txid, entry] : ledger_->all()) {
        for (const TxIn& in : entry.tx->tx.inputs) {
            if (in.issuance.is_null() || in.issuance.is_reissuance()) continue;
            const IssuanceIds ids = issuance_ids(in);
            if (ids.token == asset) return fail("Asset given is a reissuance token type and can not be reissued.");
            if (ids.asset == asset) known = ids;
        }
    }
    if (!known) return fail("Asset reissuance token definition could not be found in wallet.");
    Order order;
    for (const WalletCoin& coin : unspent()) {
        if (is_watch_only(coin.out.script)) continue;
        if (coin.opened.asset != known->token || !coin.trusted() || locked_coins_.contains(coin.outpoint)) continue;
        if (coin.opened.asset_blind.is_zero()) continue;  // the chain takes a blinded token only
        TxIn in;
        in.prevout = coin.outpoint;
        in.sequence = 0xfffffffd;
        order.inputs.push_back({std::move(in), {coin.out, coin.opened, dummy_scripts(coin.out.script)}});
        break;
    }
    if (order.inputs.empty()) return fail("No available reissuance tokens in wallet.");
    order.fee_rate = TRY(rate_of(std::nullopt));
    // The chain derives the token from whether the new amount is hidden: it must be as the first one was.
    order.issue = IssueOrder{amount, {}, known->token == reissuance_token(known->entropy, true), {}};
    order.more_of = known->entropy;
    order.issued_script = TRY(new_script(""));
    // The token comes back to us.
    const Script token_script = TRY(new_script(""));
    order.recipients.push_back(
        {token_script, known->token, order.inputs.front().spent.opened.value, false, view_->pubkey_of(token_script)});
    const Txid txid = TRY(finish(TRY(build(order)), {}));
    return Issued{txid, 0, known->entropy, known->asset, known->token};
}

}  // namespace sluice::wallet
