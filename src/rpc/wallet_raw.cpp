// Raw transactions with the wallet's coins and keys.
#include "codec/hex.h"
#include "crypto/keys.h"
#include "peg/proof/pegin.h"
#include "rpc/json_script.h"
#include "rpc/prevouts.h"
#include "rpc/raw_parts.h"
#include "rpc/raw_signing.h"
#include "rpc/rawtx.h"
#include "rpc/wallet_json.h"
#include "wallet/unblind.h"

namespace sluice::rpc {
namespace {

using wallet::AmountPart;
using wallet::BlindRequest;
using wallet::Opened;
using wallet::Wallet;

// What an input spends, as far as the wallet or the input itself tells.
struct Spent {
    TxOut out;
    std::optional<Opened> opened;
};
std::optional<Spent> spent_by(const TxIn& in, const Wallet& wallet) {
    if (in.is_pegin) {
        const auto claim = peg::parse_claim(in.witness.pegin_witness);
        if (!claim) return std::nullopt;
        const TxOut out = peg::claimed_output(*claim);
        return Spent{out, wallet::read_open_output(out)};
    }
    const wallet::WalletTx* from = wallet.ledger().find(in.prevout.txid);
    if (from == nullptr || in.prevout.index >= from->tx->tx.outputs.size()) return std::nullopt;
    return Spent{from->tx->tx.outputs[in.prevout.index], wallet.ledger().content(in.prevout.txid, in.prevout.index)};
}

// --- blinding

// The asset of each input as the chain shows it, where the caller says so.
Result<std::vector<ConfidentialAsset>, RpcError> read_commitments(const Args& args, size_t i, size_t inputs) {
    std::vector<ConfidentialAsset> out;
    if (!args.has(i)) return out;
    const Json& list = args.json(i);
    if (!list.empty() && list.size() < inputs) {
        return rpc_error(Code::kInvalidParameter,
                         "Asset commitment array must have at least as many entries as transaction inputs.");
    }
    for (const Json& item : list) {
        const auto bytes = item.is_string() ? from_hex(item.get<std::string>()) : std::nullopt;
        if (!bytes || bytes->size() != AssetCommitment::kSize) {
            return rpc_error(Code::kInvalidParameter, "Asset commitments must be a hex encoded string of length 66.");
        }
        out.emplace_back(AssetCommitment::from_view(*bytes));
    }
    return out;
}

// Puts what our keys open back into the open, marked to be blinded for us again. True if `tx` changed.
void open_outputs(Transaction& tx, const Wallet& wallet, bool mark) {
    for (TxOut& out : tx.outputs) {
        if (!out.value.is_commitment() || !wallet.is_mine(out.script)) continue;
        const SecretKey key = wallet.view_keys().key_of(out.script);
        const auto opened = wallet::open_output(out, key, wallet.options().params->pegged_asset);
        if (!opened) continue;
        out = opened_output(out, *opened);
        if (mark) out.nonce.bytes = NonceBytes::from_view(key.pubkey().view());
    }
    for (TxIn& in : tx.inputs) {
        if (in.issuance.is_null()) continue;
        const SecretKey key = wallet.view_keys().issuance_key_of(in.prevout);
        const auto amount = wallet::open_issuance(in, AmountPart::kIssued, &key);
        const auto tokens = wallet::open_issuance(in, AmountPart::kTokens, &key);
        open_issuance_amounts(in, amount, tokens);
    }
}

RpcResult blind_raw(const Args& args, const WalletPorts& ports) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed"));
    const bool ignore_failure = args.flag_or(1, true);
    const std::vector<ConfidentialAsset> seen = TRY(read_commitments(args, 2, given->tx.inputs.size()));
    const bool blind_issuances = args.flag_or(3, true);
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        Transaction tx = given->tx;
        open_outputs(tx, wallet, true);
        BlindRequest request;
        request.proof = wallet.options().proof;
        bool hidden_inputs = false;
        for (size_t i = 0; i < tx.inputs.size(); ++i) {
            BlindRequest::Input input;
            const auto spent = spent_by(tx.inputs[i], wallet);
            if (spent && spent->opened) {
                input.opened = spent->opened;
                hidden_inputs = hidden_inputs || spent->opened->is_blinded();
            } else if (i < seen.size()) {
                input.seen = seen[i];
            } else {
                return rpc_error(Code::kInvalidParameter,
                                 "Invalid parameter: transaction spends from non-wallet output and no assetcommitment "
                                 "list was given.");
            }
            request.inputs.push_back(std::move(input));
            request.issuances.emplace_back();
            const AssetIssuance& issuance = tx.inputs[i].issuance;
            if (!blind_issuances || issuance.is_null()) continue;
            const SecretKey key = wallet.view_keys().issuance_key_of(tx.inputs[i].prevout);
            if (issuance.amount.is_explicit()) request.issuances.back().amount = key.clone();
            if (issuance.inflation_keys.is_explicit()) request.issuances.back().tokens = key.clone();
            hidden_inputs = true;
        }
        return blind_marked(
            std::move(tx), std::move(request), hidden_inputs,
            [&](const Script& script) { return std::optional(wallet.view_keys().pubkey_of(script)); }, ignore_failure);
    });
}

RpcResult unblind_raw(const Args& args, const WalletPorts& ports) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed"));
    return on_wallet(ports, [given](const Wallet& wallet) -> RpcResult {
        Transaction tx = given->tx;
        open_outputs(tx, wallet, false);
        return Json{{"hex", to_hex(encode_tx(tx))}};
    });
}

// --- signing

RpcResult sign_raw(const Args& args, const WalletPorts& ports) {
    const TxRef given = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    const auto previous = TRY(read_prevouts(args.has(1) ? args.json(1) : Json(), false)).outputs;
    const auto hash_type = TRY(sighash_type(args.has(2) ? args.json(2) : Json()));
    return on_wallet(ports, [=, params = ports.params](const Wallet& wallet) -> RpcResult {
        if (wallet.locked()) {
            return rpc_error(Code::kUnlockNeeded,
                             "Error: Please enter the wallet passphrase with walletpassphrase first.");
        }
        KnownOutputs spent;
        for (const TxIn& in : given->tx.inputs) {
            const auto known = spent_by(in, wallet);
            const auto described = previous.find(in.prevout);
            spent.push_back(known                         ? std::optional(known->out)
                            : described != previous.end() ? std::optional(described->second)
                                                          : std::nullopt);
        }
        Transaction tx = given->tx;
        const auto missing = wallet.sign(tx, spent, hash_type);
        if (!missing) return unexpected(wallet_error(missing.error()));
        return signed_json(tx, spent, raw_signing(tx, spent, *params));
    });
}

}  // namespace

void add_wallet_raw_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "blindrawtransaction", ports, blind_raw);
    add_wallet_method(dispatcher, "unblindrawtransaction", ports, unblind_raw);
    add_wallet_method(dispatcher, "signrawtransactionwithwallet", ports, sign_raw);
}

}  // namespace sluice::rpc
