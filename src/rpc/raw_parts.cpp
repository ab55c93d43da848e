#include "rpc/raw_parts.h"

#include "codec/hex.h"

namespace sluice::rpc {
namespace {
constexpr const char* kOneMore =
    "Unable to blind transaction: Add another output to blind in order to complete the blinding.";
}

TxOut opened_output(const TxOut& out, const wallet::Opened& opened) {
    TxOut open;
    open.asset = opened.asset;
    open.value = opened.value;
    open.script = out.script;
    return open;
}

void open_issuance_amounts(TxIn& in, const std::optional<wallet::Opened>& amount,
                           const std::optional<wallet::Opened>& tokens) {
    if (amount) {
        in.issuance.amount = amount->value;
        in.witness.issuance_amount_rangeproof.clear();
    }
    if (tokens) {
        in.issuance.inflation_keys = tokens->value;
        in.witness.inflation_keys_rangeproof.clear();
    }
}

RpcResult blind_marked(Transaction tx, wallet::BlindRequest request, bool hidden_inputs,
                       const std::function<std::optional<PubKey>(const Script&)>& key_of, bool ignore_failure) {
    size_t marked = 0;
    size_t last = 0;
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        const bool open = out.is_explicit() && !out.is_fee() && out.nonce.is_commitment();
        request.receivers.push_back(open ? PubKey::parse(out.nonce.bytes->view()) : std::nullopt);
        if (!request.receivers.back()) continue;
        ++marked;
        last = i;
    }
    if (marked == 0 && !hidden_inputs) return to_hex(encode_tx(tx));
    if (marked == 0) {
        if (tx.outputs.empty() || !tx.outputs.back().asset.is_explicit()) {
            return rpc_error(
                Code::kInvalidParameter,
                "Unable to blind transaction: transaction has no outputs to balance blinded inputs against.");
        }
        TxOut dummy;
        dummy.asset = tx.outputs.back().asset;
        dummy.value = Amount{0};
        dummy.script = Script{{0x6a}};
        const auto key = key_of(dummy.script);
        if (!key) return rpc_error(Code::kInvalidParameter, kOneMore);
        tx.outputs.push_back(std::move(dummy));
        request.receivers.push_back(*key);
    } else if (marked == 1 && !hidden_inputs) {
        if (!ignore_failure) return rpc_error(Code::kInvalidParameter, kOneMore);
        tx.outputs[last].nonce = {};
        return to_hex(encode_tx(tx));
    }
    const auto blinded = wallet::blind_transaction(std::move(tx), request);
    if (!blinded) return rpc_error(Code::kInvalidParameter, blinded.error().message);
    return to_hex(encode_tx(blinded->tx));
}

}  // namespace sluice::rpc
