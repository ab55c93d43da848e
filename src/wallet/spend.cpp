// Building, signing and sending transactions.
#include "consensus/script/sighash.h"
#include "crypto/ecdsa.h"
#include "util/check.h"
#include "util/random.h"
#include "wallet/coin_selection.h"
#include "wallet/wallet.h"

namespace sluice::wallet {
namespace {

constexpr size_t kMaxSignature = 72;       // DER, low S, with the hash type byte
constexpr int kFeeRounds = 20;             // a fee that moves the selection settles in few
constexpr int64_t kDustChange = 100;       // satoshi; less costs more to spend than it is worth and may not be relayed
constexpr uint32_t kSequenceReplaceable = 0xfffffffd;

TxOut pay(const Script& script, const AssetId& asset, Amount amount) {
    TxOut out;
    out.asset = asset;
    out.value = amount;
    out.script = script;
    return out;
}

bool is_p2wpkh(const Script& script) { return script.size() == 22 && script.bytes[0] == 0 && script.bytes[1] == 20; }

// The weight with a largest signature in each input that we will sign.
size_t signed_weight(Transaction tx, const std::vector<std::optional<TxOut>>& spent) {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (spent[i] && is_p2wpkh(spent[i]->script)) tx.inputs[i].witness.script_witness = {Bytes(kMaxSignature), Bytes(33)};
    }
    return 3 * serialized_size(tx, WitnessForm::kWithout) + serialized_size(tx, WitnessForm::kWith);
}

// Outputs in an order that does not tell which is change. The fee stays last.
void shuffle(std::vector<TxOut>& outputs) {
    for (size_t i = outputs.size(); i > 1; --i) std::swap(outputs[i - 1], outputs[random_below(i)]);
}

Script p2wpkh_code(const Script& program) {
    Script code{{0x76, 0xa9, 0x14}};
    append(code.bytes, program.view().subspan(2));
    append(code.bytes, Bytes{0x88, 0xac});
    return code;
}

}  // namespace

struct Wallet::Draft {
    Transaction tx;
    std::vector<std::optional<TxOut>> spent;
};

Amount Wallet::fee_of(const Transaction& tx, const std::vector<std::optional<TxOut>>& spent, int64_t rate) {
    const size_t vsize = (signed_weight(tx, spent) + 3) / 4;
    return {(static_cast<int64_t>(vsize) * rate + 999) / 1000};
}

Result<Wallet::Draft> Wallet::build(const std::vector<Recipient>& recipients, int64_t fee_rate) {
    if (recipients.empty()) return fail("Transaction must have at least one recipient");
    std::map<AssetId, Amount> targets;
    const Recipient* payer_of_fee = nullptr;
    for (const Recipient& to : recipients) {
        if (to.amount.sat <= 0 || !in_money_range(to.amount)) return fail("Invalid amount");
        const auto sum = add(targets[to.asset], to.amount);
        if (!sum || !in_money_range(*sum)) return fail("Invalid amount");
        targets[to.asset] = *sum;
        if (to.subtract_fee && to.asset == options_.policy_asset && payer_of_fee == nullptr) payer_of_fee = &to;
        if (to.subtract_fee && to.asset != options_.policy_asset) {
            return fail("Wallet does not support subtracting the fee from an asset that pays no fees");
        }
    }

    std::map<AssetId, std::vector<Candidate>> candidates;
    std::map<OutPoint, TxOut> outputs_of;
    for (const WalletCoin& coin : unspent()) {
        if (!coin.trusted()) continue;
        candidates[coin.out.asset.explicit_value()].push_back({coin.outpoint, coin.out.value.explicit_value(), coin.depth > 0});
        outputs_of.emplace(coin.outpoint, coin.out);
    }

    // Change scripts are taken once, so that rounds of the fee do not use up addresses.
    std::map<AssetId, Script> change_scripts;
    Amount fee{0};
    for (int round = 0; round < kFeeRounds; ++round) {
        Draft draft;
        std::vector<TxOut> outputs;
        Amount paid_fee = fee;
        std::map<AssetId, Amount> needed = targets;
        if (payer_of_fee == nullptr) {
            const auto with_fee = add(needed[options_.policy_asset], fee);
            if (!with_fee) return fail("Invalid amount");
            needed[options_.policy_asset] = *with_fee;
        }
        for (const auto& [asset, target] : needed) {
            if (target.sat == 0) continue;
            Result<Selection> chosen = select_coins(candidates[asset], target);
            if (!chosen) return unexpected(chosen.error());
            for (const Candidate& coin : chosen->coins) {
                TxIn in;
                in.prevout = coin.outpoint;
                in.sequence = kSequenceReplaceable;
                draft.tx.inputs.push_back(std::move(in));
                draft.spent.emplace_back(outputs_of.at(coin.outpoint));
            }
            const Amount change{chosen->total.sat - target.sat};
            if (change.sat == 0) continue;
            if (asset == options_.policy_asset && change.sat < kDustChange) {
                paid_fee.sat += change.sat;
                continue;
            }
            if (!change_scripts.contains(asset)) change_scripts[asset] = TRY(next_script(KeyChain::kChange, ""));
            outputs.push_back(pay(change_scripts[asset], asset, change));
        }
        for (const Recipient& to : recipients) {
            Amount amount = to.amount;
            if (&to == payer_of_fee) amount.sat -= fee.sat;
            if (amount.sat <= 0) return fail("The transaction amount is too small to pay the fee");
            outputs.push_back(pay(to.script, to.asset, amount));
        }
        shuffle(outputs);
        draft.tx.outputs = std::move(outputs);
        // The fee output weighs the same whatever it says.
        draft.tx.outputs.push_back(pay({}, options_.policy_asset, paid_fee));
        const Amount enough = fee_of(draft.tx, draft.spent, fee_rate);
        if (fee >= enough) return draft;
        fee = enough;
    }
    return fail("the fee does not settle");
}

Result<size_t> Wallet::sign(Transaction& tx, const std::vector<std::optional<TxOut>>& spent) const {
    CHECK(spent.size() == tx.inputs.size());
    const script::TxHashes hashes = script::compute_tx_hashes(tx);
    size_t missing = 0;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!spent[i]) {
            ++missing;
            continue;
        }
        const TxOut& output = *spent[i];
        if (options_.params->anyone_can_spend_are_mine && output.script == Script{{0x51}}) continue;
        const auto at = keys_->find(output.script);
        if (!at || !is_p2wpkh(output.script)) {
            ++missing;
            continue;
        }
        const SecretKey key = TRY(keys_->secret_key(*at));
        const Hash256 digest = script::sighash_v0(tx, p2wpkh_code(output.script).view(), i, output.value, script::HashType{script::kSighashAll}, hashes);
        Bytes signature = sign_ecdsa(key, digest);
        signature.push_back(static_cast<uint8_t>(script::kSighashAll));
        tx.inputs[i].witness.script_witness = {std::move(signature), to_bytes(key.pubkey().view())};
    }
    return missing;
}

// The transaction is stored before it is broadcast: a crash between the two leaves it to rebroadcast(), never lost or doubled.
Result<Txid> Wallet::finish(Transaction tx, const std::vector<std::optional<TxOut>>& spent, const std::string& comment) {
    const size_t missing = TRY(sign(tx, spent));
    if (missing > 0) return fail("Signing transaction failed");
    WalletTx entry;
    entry.tx = make_tx(std::move(tx));
    entry.time_received = clock_.unix_time();
    entry.comment = comment;
    const TxRef sent = entry.tx;
    storage::Batch batch;
    batch.put(tx_key(sent->txid), encode_wallet_tx(entry));
    TRY_VOID(commit(std::move(batch)));
    ledger_->put(std::move(entry));
    if (const Status accepted = chain_.broadcast(sent); !accepted) {
        storage::Batch undo;
        undo.erase(tx_key(sent->txid));
        TRY_VOID(commit(std::move(undo)));
        ledger_->erase(sent->txid);
        return unexpected(accepted.error());
    }
    return sent->txid;
}

Result<Txid> Wallet::send(const std::vector<Recipient>& recipients, const SendOptions& options) {
    if (locked()) return fail("Error: Please enter the wallet passphrase with walletpassphrase first.");
    Draft draft = TRY(build(recipients, options.fee_rate.value_or(options_.fee_rate)));
    return finish(std::move(draft.tx), draft.spent, options.comment);
}

}  // namespace sluice::wallet
