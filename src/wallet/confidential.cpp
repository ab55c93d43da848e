// Opening what is ours, keeping it, and the blinding keys that do it.
#include "wallet/unblind.h"
#include "wallet/wallet.h"

namespace sluice::wallet {

Status Wallet::load_confidential() {
    Status done;
    const auto damaged = [&](const char* what) {
        done = fail(std::string("Wallet file verification failed. ") + what);
        return false;
    };
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("b"), [&](ByteView key, ByteView value) {
        Result<Bytes> plain = view_->open_record(key, value);
        std::optional<SecretKey> secret = plain ? SecretKey::from_bytes(*plain) : std::nullopt;
        if (plain) wipe(*plain);
        if (!secret) return damaged("A blinding key is damaged");
        view_->set_specific(Script{to_bytes(key.subspan(1))}, std::move(*secret));
        return true;
    }));
    TRY_VOID(done);
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("u"), [&](ByteView key, ByteView value) {
        const auto at = decode_opened_key(key);
        Result<Bytes> plain = view_->open_record(key, value);
        const auto opened = plain ? decode_opened(*plain) : std::nullopt;
        if (plain) wipe(*plain);
        if (!at || !opened) return damaged("What an output holds is damaged");
        ledger_->note(*at, *opened);
        return true;
    }));
    TRY_VOID(done);
    TRY_VOID(storage::for_each_prefix(*db_, as_bytes("l"), [&](ByteView key, ByteView) {
        const auto coin = decode_locked_coin_key(key);
        if (!coin) return damaged("A locked coin is damaged");
        locked_coins_.insert(*coin);
        return true;
    }));
    return done;
}

void Wallet::note(const AmountPlace& at, const Opened& opened, storage::Batch& batch) {
    const Bytes name = opened_key(at);
    Bytes plain = encode_opened(opened);
    batch.put(name, view_->seal_record(name, plain));
    wipe(plain);
    ledger_->note(at, opened);
}

void Wallet::open_amounts(const TxRef& tx, storage::Batch& batch) {
    for (uint32_t i = 0; i < tx->tx.outputs.size(); ++i) {
        const TxOut& out = tx->tx.outputs[i];
        const AmountPlace at{tx->txid, i, AmountPart::kOutput};
        if (out.is_explicit() || !is_mine(out.script) || ledger_->noted(at)) continue;
        const auto opened = open_output(out, view_->key_of(out.script), options_.params->pegged_asset);
        if (opened) note(at, *opened, batch);
    }
    for (uint32_t i = 0; i < tx->tx.inputs.size(); ++i) {
        const TxIn& in = tx->tx.inputs[i];
        if (in.issuance.is_null()) continue;
        // Ours, or of somebody who gave us the key.
        if (!ledger_->spent_output(in) && !view_->has_specific(ViewKeys::issuance_script(in.prevout))) continue;
        const SecretKey key = view_->issuance_key_of(in.prevout);
        for (const AmountPart part : {AmountPart::kIssued, AmountPart::kTokens}) {
            const ConfidentialValue& value =
                part == AmountPart::kTokens ? in.issuance.inflation_keys : in.issuance.amount;
            const AmountPlace at{tx->txid, i, part};
            if (!value.is_commitment() || ledger_->noted(at)) continue;
            if (const auto opened = open_issuance(in, part, &key)) note(at, *opened, batch);
        }
    }
}

Status Wallet::open_again() {
    storage::Batch batch;
    for (const auto& [txid, entry] : ledger_->all()) open_amounts(entry.tx, batch);
    return commit(std::move(batch));
}

std::optional<PubKey> Wallet::receiver_key(const Script& script) const {
    // What is blinded for us is lost to a stranger.
    if (!options_.blinded_addresses || !is_mine(script)) return std::nullopt;
    return view_->pubkey_of(script);
}

Status Wallet::import_blinding_key(const Script& script, SecretKey key) {
    const Bytes name = blinding_key_key(script);
    storage::Batch batch;
    batch.put(name, view_->seal_record(name, key.view()));
    TRY_VOID(commit(std::move(batch)));
    view_->set_specific(script, std::move(key));
    return open_again();
}

Status Wallet::import_master_blinding_key(Secret<32> master) {
    view_->set_master(std::move(master));
    TRY_VOID(persist_keys());
    return open_again();
}

}  // namespace sluice::wallet
