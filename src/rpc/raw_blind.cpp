// Blinding and opening transactions with secrets that are in the call: no wallet is touched, nothing is kept.
#include "codec/hex.h"
#include "confidential/secret/blinding_keys.h"
#include "consensus/params/chain_params.h"
#include "peg/proof/pegin.h"
#include "rpc/raw_parts.h"
#include "rpc/rawtx.h"
#include "wallet/unblind.h"

namespace sluice::rpc {
namespace {

using wallet::AmountPart;
using wallet::BlindBytes;
using wallet::Opened;

constexpr size_t kMaxKeys = 10'000;  // of one call

Result<Bytes, RpcError> id_of(const Json& value, const char* what) {
    const auto bytes = value.is_string() && value.get_ref<const std::string&>().size() == 64
                           ? from_hex(value.get<std::string>())
                           : std::nullopt;
    if (!bytes)
        return rpc_error(Code::kInvalidParameter,
                         std::string(what) + " must be an array of 32-byte hex-encoded strings");
    Bytes out = *bytes;
    std::ranges::reverse(out);  // shown as ids are
    return out;
}

RpcResult raw_blind(const ChainPorts&, const Args& args) {
    Transaction tx = TRY(tx_from_hex(args.text(0), "TX decode failed"))->tx;
    constexpr const char* kWhat[] = {"", "input blind", "input amount", "input asset id", "input asset blind"};
    for (size_t i = 1; i <= 4; ++i) {
        if (args.json(i).size() == tx.inputs.size()) continue;
        return rpc_error(Code::kInvalidParameter, std::string("Invalid parameter: one (potentially empty) ") +
                                                      kWhat[i] + " for each input must be provided");
    }
    wallet::BlindRequest request;
    bool hidden = false;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        Opened opened;
        if (tx.inputs[i].is_pegin) {
            const auto claim = peg::parse_claim(tx.inputs[i].witness.pegin_witness);
            if (!claim)
                return rpc_error(Code::kInvalidParameter,
                                 "Transaction contains invalid peg-in input: " + claim.error().message);
            opened = {claim->asset, claim->value, {}, {}};
        } else {
            opened.value_blind = BlindBytes::from_view(TRY(id_of(args.json(1)[i], "input blinds")));
            opened.value = TRY(amount_from_json(args.json(2)[i]));
            opened.asset = AssetId::from_view(TRY(id_of(args.json(3)[i], "input asset IDs")));
            opened.asset_blind = BlindBytes::from_view(TRY(id_of(args.json(4)[i], "input asset blinds")));
        }
        hidden = hidden || opened.is_blinded();
        request.inputs.push_back({opened, {}});
    }
    return blind_marked(
        std::move(tx), std::move(request), hidden, [](const Script&) { return std::optional<PubKey>(); },
        args.flag_or(6, true));
}

// --- unblind

// A key, and what it is tried on: everything, or one output or issuing input, or (a master key) each script with its
// own.
struct NamedKey {
    Secret<32> secret;
    std::optional<uint32_t> vout;
    std::optional<uint32_t> vin;
    bool master = false;
};

Result<Secret<32>, RpcError> secret_of(const Json& value) {
    auto bytes = value.is_string() ? from_hex(value.get<std::string>()) : std::nullopt;
    if (!bytes || bytes->size() != 32)
        return rpc_error(Code::kInvalidAddressOrKey, "A blinding key must be 32 bytes in hex");
    Secret<32> out;
    std::ranges::copy(*bytes, out.mutable_view().begin());
    wipe(*bytes);
    return out;
}

Result<std::optional<uint32_t>, RpcError> index_of(const Json& item, const char* name) {
    if (!item.contains(name)) return std::optional<uint32_t>();
    const int64_t index = TRY(integer_from_json(item[name]));
    if (index < 0 || index > UINT32_MAX) return rpc_error(Code::kInvalidParameter, std::string(name) + " out of range");
    return std::optional<uint32_t>(static_cast<uint32_t>(index));
}

Result<std::vector<NamedKey>, RpcError> read_keys(const Json& list) {
    if (!list.is_array()) return rpc_error(Code::kType, "keys must be an array");
    if (list.size() > kMaxKeys) return rpc_error(Code::kInvalidParameter, "too many keys");
    std::vector<NamedKey> out;
    for (const Json& item : list) {
        NamedKey key;
        if (item.is_object()) {
            key.master = item.contains("master");
            if (key.master == item.contains("key"))
                return rpc_error(Code::kInvalidParameter, "a key has either \"key\" or \"master\"");
            key.secret = TRY(secret_of(item[key.master ? "master" : "key"]));
            key.vout = TRY(index_of(item, "vout"));
            key.vin = TRY(index_of(item, "vin"));
        } else {
            key.secret = TRY(secret_of(item));
        }
        out.push_back(std::move(key));
    }
    return out;
}

// The first key that opens it.
template <class Try>
std::optional<Opened> try_keys(const std::vector<NamedKey>& keys, std::optional<uint32_t> NamedKey::*mine,
                               std::optional<uint32_t> NamedKey::*other, uint32_t index, const Script& script,
                               Try attempt) {
    for (const NamedKey& key : keys) {
        if (key.*other || (key.*mine && *(key.*mine) != index)) continue;
        const auto secret = key.master ? confidential::blinding_key(key.secret.view(), script.view())
                                       : SecretKey::from_bytes(key.secret.view());
        if (!secret) continue;
        if (auto opened = attempt(*secret)) return opened;
    }
    return std::nullopt;
}

void add_content(Json& row, const Opened& opened) {
    row["amount"] = amount_json(opened.value);
    row["asset"] = to_display(opened.asset);
    row["amountblinder"] = to_display(opened.value_blind);
    row["assetblinder"] = to_display(opened.asset_blind);
}

Json unblind_one(const TxRef& parsed, const std::vector<NamedKey>& keys, const ChainParams& params) {
    const Transaction& tx = parsed->tx;
    Json outputs = Json::array();
    for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        Json row = {{"vout", i}};
        auto opened = wallet::read_open_output(out);
        row["blinded"] = !opened;
        if (!opened) {
            opened = try_keys(keys, &NamedKey::vout, &NamedKey::vin, i, out.script,
                              [&](const SecretKey& key) { return wallet::open_output(out, key, params.pegged_asset); });
        }
        row["known"] = opened.has_value();
        if (opened) add_content(row, *opened);
        outputs.push_back(std::move(row));
    }
    Json issuances = Json::array();
    for (uint32_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (in.issuance.is_null()) continue;
        const Script script{confidential::issuance_blinding_script(in.prevout.txid.view(), in.prevout.index)};
        for (const AmountPart part : {AmountPart::kIssued, AmountPart::kTokens}) {
            const bool tokens = part == AmountPart::kTokens;
            const ConfidentialValue& value = tokens ? in.issuance.inflation_keys : in.issuance.amount;
            if (value.is_null()) continue;
            Json row = {{"vin", i}, {"what", tokens ? "token" : "asset"}, {"blinded", value.is_commitment()}};
            auto opened = wallet::open_issuance(in, part, nullptr);
            if (!opened) {
                opened = try_keys(keys, &NamedKey::vin, &NamedKey::vout, i, script,
                                  [&](const SecretKey& key) { return wallet::open_issuance(in, part, &key); });
            }
            row["known"] = opened.has_value();
            if (opened) add_content(row, *opened);
            issuances.push_back(std::move(row));
        }
    }
    return Json{
        {"txid", to_display(parsed->txid)}, {"outputs", std::move(outputs)}, {"issuances", std::move(issuances)}};
}

RpcResult unblind(const ChainPorts& ports, const Args& args) {
    const std::vector<NamedKey> shared = TRY(read_keys(args.has(1) ? args.json(1) : Json::array()));
    const bool batch = args.json(0).is_array();
    Json items = Json::array();
    if (batch) {
        items = args.json(0);
    } else {
        items.push_back(args.json(0));
    }
    Json out = Json::array();
    for (const Json& item : items) {
        const Json& hex = item.is_object() && item.contains("hex") ? item["hex"] : item;
        if (!hex.is_string())
            return rpc_error(Code::kType, "each transaction is hex, or an object with \"hex\" and \"keys\"");
        const TxRef tx = TRY(tx_from_hex(hex.get<std::string>(), "TX decode failed"));
        if (item.is_object() && item.contains("keys")) {
            out.push_back(unblind_one(tx, TRY(read_keys(item["keys"])), *ports.params));
        } else {
            out.push_back(unblind_one(tx, shared, *ports.params));
        }
    }
    return batch ? out : out.front();
}

}  // namespace

void add_raw_blind_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    dispatcher.add("rawblindrawtransaction",
                   [ports](const Args& args, const Caller&) { return raw_blind(ports, args); });
    dispatcher.add("unblind", [ports](const Args& args, const Caller&) { return unblind(ports, args); });
}

}  // namespace sluice::rpc
