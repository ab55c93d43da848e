// Making raw transactions: no wallet, no secrets but those in the call.
#include <array>
#include <set>

#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/primitives/issuance.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "federation/rules/dynafed.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"
#include "peg/proof/pegin.h"
#include "rpc/raw_parts.h"
#include "rpc/rawtx.h"
#include "util/random.h"

namespace sluice::rpc {
namespace {

constexpr int64_t kLargestLockTime = 0xffffffff;

Result<Address, RpcError> destination(const std::string& text, const ChainParams& params) {
    const auto address = decode_address(text, params.address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address: " + text);
    return *address;
}

// The blinding key rides in the nonce until the transaction is blinded.
TxOut output_to(const Address& to, const AssetId& asset, Amount amount) {
    TxOut out;
    out.asset = asset;
    out.value = amount;
    out.script = to.script;
    if (to.blinding_key) out.nonce.bytes = NonceBytes::from_view(to.blinding_key->view());
    return out;
}

Result<Bytes, RpcError> id_member(const Json& object, const char* name) {
    if (!object.contains(name) || !object[name].is_string()) {
        return rpc_error(Code::kInvalidParameter, std::string("Missing ") + name);
    }
    return id_bytes_from_text(object[name].get<std::string>(), name);
}

Result<AssetIssuance, RpcError> read_issuance(const Json& input) {
    AssetIssuance out;
    out.amount = TRY(amount_from_json(input["issuance_amount"]));
    if (input.contains("issuance_tokens")) out.inflation_keys = TRY(amount_from_json(input["issuance_tokens"]));
    if (input.contains("asset_blinding_nonce")) {
        out.blinding_nonce = decltype(out.blinding_nonce)::from_view(TRY(id_member(input, "asset_blinding_nonce")));
    }
    if (input.contains("asset_entropy")) out.entropy = AssetEntropy::from_view(TRY(id_member(input, "asset_entropy")));
    return out;
}

Result<TxIn, RpcError> read_input(const Json& input, std::optional<bool> replaceable, uint32_t lock_time) {
    if (!input.is_object()) return rpc_error(Code::kType, "JSON value is not an object as expected");
    TxIn out;
    out.prevout.txid = Txid::from_view(TRY(id_member(input, "txid")));
    if (!input.contains("vout") || !input["vout"].is_number())
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, missing vout key");
    const int64_t vout = TRY(integer_from_json(input["vout"]));
    if (vout < 0 || vout > kOutPointIndexMask)
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, vout cannot be negative");
    out.prevout.index = static_cast<uint32_t>(vout);
    out.sequence = replaceable.value_or(true) ? kSequenceFinal - 2
                   : lock_time != 0           ? kSequenceFinal - 1
                                              : kSequenceFinal;
    if (input.contains("sequence")) {
        const int64_t sequence = TRY(integer_from_json(input["sequence"]));
        if (sequence < 0 || sequence > kSequenceFinal) {
            return rpc_error(Code::kInvalidParameter, "Invalid parameter, sequence number is out of range");
        }
        out.sequence = static_cast<uint32_t>(sequence);
    }
    if (input.contains("issuance_amount")) {
        out.issuance = TRY(read_issuance(input));
    } else if (input.contains("asset_blinding_nonce") || input.contains("asset_entropy") ||
               input.contains("issuance_tokens")) {
        return rpc_error(Code::kInvalidParameter, "auxiliary issuance arguments provided without issuance amount");
    }
    return out;
}

// What claims a deposit. The transaction and the claim script say which output it is, whatever the input named.
Result<void, RpcError> read_pegin(const Json& input, const RawOrder& order, const ChainParams& params, TxIn& to) {
    constexpr std::array<const char*, 3> kNames = {"pegin_bitcoin_tx", "pegin_txout_proof", "pegin_claim_script"};
    const auto given = std::ranges::count_if(kNames, [&](const char* name) { return input.contains(name); });
    if (given == 0) return {};
    if (!order.fedpegs) {
        return rpc_error(Code::kInvalidParameter,
                         "pegin_ arguments provided but this command does not support peg-ins");
    }
    if (static_cast<size_t>(given) < kNames.size())
        return rpc_error(Code::kInvalidParameter, "Some but not all pegin_ arguments provided");
    std::array<Bytes, 3> parts;
    for (size_t i = 0; i < kNames.size(); ++i) parts[i] = TRY(hex_from_json(input[kNames[i]], kNames[i]));
    const auto deposit = parent::decode_parent_tx(parts[0]);
    if (!deposit) {
        return rpc_error(Code::kType, "The included bitcoinTx is malformed. Are you sure that is the whole string?");
    }
    const auto proof = decode<parent::MerkleBlock>(parts[1]);
    if (!proof) {
        return rpc_error(Code::kType, "The included txoutproof is malformed. Are you sure that is the whole string?");
    }
    const Script claim_script{parts[2]};
    const auto index = peg::find_deposit(*deposit, *order.fedpegs, claim_script);
    if (!index) {
        return rpc_error(Code::kInvalidParameter, "Given claim_script does not match the given Bitcoin transaction.");
    }
    to = {};
    to.prevout = {Txid::from_view(compute_txid(*deposit).view()), *index};
    to.is_pegin = true;
    to.witness.pegin_witness = *peg::make_pegin_witness(params, *deposit, *index, *proof, claim_script);
    const auto checked = peg::check_pegin(to, *order.fedpegs, params);
    if (!checked) return rpc_error(Code::kInvalidParameter, "Invalid tx out proof: " + checked.error().message);
    return {};
}

Result<Script, RpcError> data_script(const Json& items) {
    std::vector<Bytes> parts;
    for (const Json& item : items) parts.push_back(TRY(hex_from_json(item, "Data")));
    return script::make_null_data(parts);
}

// One element of the outputs: {"address": amount}, {"data": hex}, {"vdata": [...]}, {"burn": amount} or {"fee":
// amount}, and "asset".
Result<TxOut, RpcError> read_output(const Json& item, const ChainParams& params) {
    if (!item.is_object()) return rpc_error(Code::kType, "JSON value is not an object as expected");
    AssetId asset = params.policy_asset;
    if (item.contains("asset")) asset = AssetId::from_view(TRY(id_member(item, "asset")));
    TxOut out;
    out.asset = asset;
    out.value = Amount{0};
    for (const auto& member : item.items()) {
        const std::string& name = member.key();
        const Json& value = member.value();
        if (name == "asset" || name == "blinder_index") continue;
        if (name == "data") {
            out.script = TRY(data_script(Json::array({value})));
        } else if (name == "vdata") {
            if (!value.is_array()) return rpc_error(Code::kType, "JSON value is not an array as expected");
            out.script = TRY(data_script(value));
        } else if (name == "burn") {
            out.script = Script{{0x6a}};
            out.value = TRY(amount_from_json(value));
        } else if (name == "fee") {
            out.script = {};
            out.value = TRY(amount_from_json(value));
        } else {
            out = output_to(TRY(destination(name, params)), asset, TRY(amount_from_json(value)));
        }
    }
    return out;
}

Result<std::vector<TxOut>, RpcError> read_outputs(const Json& given, const ChainParams& params) {
    Json list = Json::array();
    if (given.is_object()) {
        for (const auto& item : given.items()) list.push_back(Json{{item.key(), item.value()}});
    } else if (given.is_array()) {
        list = given;
    } else {
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, output argument must be non-null");
    }
    std::vector<TxOut> out;
    std::vector<TxOut> fees;
    std::set<std::pair<Script, AssetId>> seen;
    for (const Json& item : list) {
        TxOut each = TRY(read_output(item, params));
        if (!seen.emplace(each.script, each.asset.explicit_value()).second) {
            return rpc_error(Code::kInvalidParameter,
                             "Invalid parameter, duplicated address and asset: " + item.begin().key() + " " +
                                 to_display(each.asset.explicit_value()));
        }
        std::vector<TxOut>& to = each.script.empty() ? fees : out;
        if (!each.script.empty() || each.value.explicit_value().sat > 0) to.push_back(std::move(each));
    }
    out.insert(out.end(), fees.begin(), fees.end());
    return out;
}

}  // namespace

std::vector<std::string> destinations_of(const Json& outputs) {
    constexpr std::array<std::string_view, 6> kWords = {"asset", "blinder_index", "data", "vdata", "burn", "fee"};
    std::vector<std::string> out;
    const auto is_word = [&](const std::string& name) { return std::ranges::find(kWords, name) != kWords.end(); };
    if (outputs.is_object()) {
        for (const auto& item : outputs.items()) out.push_back(is_word(item.key()) ? std::string() : item.key());
        return out;
    }
    for (const Json& each : outputs) {
        out.emplace_back();
        if (!each.is_object()) continue;
        for (const auto& item : each.items()) {
            if (!is_word(item.key())) out.back() = item.key();
        }
    }
    return out;
}

namespace {

RpcResult create_raw(const ChainPorts& ports, const Args& args) {
    RawOrder order = TRY(read_raw_order(args));
    const chain::HeaderViewPtr branch = ports.reader->branch(ports.reader->tip().hash);
    if (!branch) return rpc_error(Code::kInternal, "the tip is not in the block tree");
    order.fedpegs = fed_rules::fedpeg_scripts_after(*branch, *ports.params);
    return to_hex(encode_tx(TRY(make_raw_transaction(order, *ports.params))));
}

RpcResult create_blinded_address(const ChainPorts& ports, const Args& args) {
    auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Invalid Bitcoin address or script");
    if (address->blinding_key) return rpc_error(Code::kInvalidAddressOrKey, "Not an unblinded address");
    const auto key = from_hex(args.text(1));
    if (!key) return rpc_error(Code::kInvalidAddressOrKey, "Invalid hexadecimal for key");
    if (key->size() != BlindingKey::kSize) {
        return rpc_error(Code::kInvalidAddressOrKey, "Invalid hexadecimal key length, must be length 66.");
    }
    if (!PubKey::parse(*key)) return rpc_error(Code::kInvalidAddressOrKey, "Invalid blinding key");
    address->blinding_key = BlindingKey::from_view(*key);
    return encode_address(*address, ports.params->address).value_or("");
}

// --- issuances attached to a raw transaction

Status check_fee_place(const Transaction& tx) {
    if (tx.outputs.empty()) return fail("Transaction must have at least one output.");
    if (!tx.outputs.back().is_fee()) return fail("Last transaction output must be fee.");
    if (std::ranges::count_if(tx.outputs, &TxOut::is_fee) > 1) return fail("Transaction can only have one fee output.");
    return {};
}

// Anywhere but behind the fee.
void insert_output(Transaction& tx, TxOut out) {
    tx.outputs.insert(tx.outputs.begin() + static_cast<ptrdiff_t>(random_below(tx.outputs.size())), std::move(out));
}

struct AmountTo {
    Amount amount;
    Address to;
};
Result<std::optional<AmountTo>, RpcError> amount_and_address(const Json& item, const std::string& what,
                                                             const ChainParams& params) {
    const std::string amount_name = what + "_amount";
    const std::string address_name = what + "_address";
    if (!item.contains(amount_name)) return std::optional<AmountTo>();
    const Amount amount = TRY(amount_from_json(item[amount_name]));
    if (amount.sat <= 0)
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, " + amount_name + " must be positive");
    if (!item.contains(address_name) || !item[address_name].is_string()) {
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, missing corresponding " + address_name);
    }
    const auto address = decode_address(item[address_name].get<std::string>(), params.address);
    if (!address) {
        return rpc_error(Code::kInvalidParameter,
                         "Invalid " + what + " address provided: " + item[address_name].get<std::string>());
    }
    return std::optional<AmountTo>(AmountTo{amount, *address});
}

RpcResult raw_issue(const ChainPorts& ports, const Args& args) {
    Transaction tx = TRY(tx_from_hex(args.text(0), "TX decode failed"))->tx;
    if (const Status fit = check_fee_place(tx); !fit) return rpc_error(Code::kInvalidParameter, fit.error().message);
    Json out = Json::array();
    for (const Json& item : args.json(1)) {
        if (!item.is_object()) return rpc_error(Code::kType, "JSON value is not an object as expected");
        const auto asset = TRY(amount_and_address(item, "asset", *ports.params));
        const auto token = TRY(amount_and_address(item, "token", *ports.params));
        if (!asset && !token) return rpc_error(Code::kType, "Issuance must have one non-zero component");
        const bool blind = !item.contains("blind") || !item["blind"].is_boolean() || item["blind"].get<bool>();
        const auto in = std::ranges::find_if(tx.inputs, [](const TxIn& i) { return i.issuance.is_null(); });
        if (in == tx.inputs.end())
            return rpc_error(Code::kInvalidParameter, "Failed to find enough blank inputs for listed issuances.");
        if (item.contains("contract_hash"))
            in->issuance.entropy = AssetEntropy::from_view(TRY(id_member(item, "contract_hash")));
        if (asset) in->issuance.amount = asset->amount;
        if (token) in->issuance.inflation_keys = token->amount;
        IssuanceIds ids = issuance_ids(*in);
        // The token of an issuance whose amount will be a commitment is another than that of one in the open.
        ids.token = reissuance_token(ids.entropy, blind && asset);
        if (asset) insert_output(tx, output_to(asset->to, ids.asset, asset->amount));
        if (token) insert_output(tx, output_to(token->to, ids.token, token->amount));
        out.push_back(Json{{"vin", in - tx.inputs.begin()},
                           {"entropy", to_display(ids.entropy)},
                           {"asset", to_display(ids.asset)},
                           {"token", to_display(ids.token)}});
    }
    if (!out.empty()) out.back()["hex"] = to_hex(encode_tx(tx));
    return out;
}

RpcResult raw_reissue(const ChainPorts& ports, const Args& args) {
    Transaction tx = TRY(tx_from_hex(args.text(0), "TX decode failed"))->tx;
    if (const Status fit = check_fee_place(tx); !fit) return rpc_error(Code::kInvalidParameter, fit.error().message);
    for (const Json& item : args.json(1)) {
        if (!item.is_object()) return rpc_error(Code::kType, "JSON value is not an object as expected");
        const auto asset = TRY(amount_and_address(item, "asset", *ports.params));
        if (!asset) return rpc_error(Code::kInvalidParameter, "Asset amount must be given for each reissuance.");
        if (!item.contains("input_index"))
            return rpc_error(Code::kInvalidParameter, "Input indexes for all reissuances are required.");
        const int64_t index = TRY(integer_from_json(item["input_index"]));
        if (index < 0) return rpc_error(Code::kInvalidParameter, "Input index must be non-negative.");
        if (static_cast<size_t>(index) >= tx.inputs.size()) {
            return rpc_error(Code::kInvalidParameter, "Input index must exist in transaction.");
        }
        TxIn& in = tx.inputs[static_cast<size_t>(index)];
        if (!in.issuance.is_null())
            return rpc_error(Code::kInvalidParameter, "Selected transaction input already has issuance data.");
        in.issuance.blinding_nonce =
            decltype(in.issuance.blinding_nonce)::from_view(TRY(id_member(item, "asset_blinder")));
        in.issuance.entropy = AssetEntropy::from_view(TRY(id_member(item, "entropy")));
        in.issuance.amount = asset->amount;
        insert_output(tx, output_to(asset->to, issued_asset(in.issuance.entropy), asset->amount));
    }
    return Json{{"hex", to_hex(encode_tx(tx))}};
}

RpcResult calculate_asset(const ChainPorts&, const Args& args) {
    OutPoint prevout;
    prevout.txid = TRY(args.id<Txid>(0, "txid"));
    const int64_t vout = TRY(args.integer(1));
    if (vout < 0 || vout > kOutPointIndexMask)
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, vout cannot be negative");
    prevout.index = static_cast<uint32_t>(vout);
    AssetEntropy contract;
    if (args.has(2)) contract = TRY(args.id<AssetEntropy>(2, "asset_entropy"));
    const AssetEntropy entropy = issuance_entropy(prevout, contract);
    return Json{{"asset_tag", to_display(issued_asset(entropy))},
                {"reissuance_asset_tag", to_display(reissuance_token(entropy, args.flag_or(3, true)))},
                {"final_asset_entropy", to_display(entropy)}};
}

}  // namespace

Result<Transaction, RpcError> make_raw_transaction(const RawOrder& order, const ChainParams& params) {
    if (order.lock_time < 0 || order.lock_time > kLargestLockTime)
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, locktime out of range");
    Transaction tx;
    tx.lock_time = static_cast<uint32_t>(order.lock_time);
    for (const Json& input : order.inputs) {
        tx.inputs.push_back(TRY(read_input(input, order.replaceable, tx.lock_time)));
        TRY_VOID(read_pegin(input, order, params, tx.inputs.back()));
    }
    tx.outputs = TRY(read_outputs(order.outputs, params));
    return tx;
}

Result<RawOrder, RpcError> read_raw_order(const Args& args) {
    RawOrder out{args.json(0), args.json(1), TRY(args.integer_or(2, 0)), {}, {}};
    if (args.json(3).is_boolean()) out.replaceable = args.flag_or(3, false);
    return out;
}

void add_raw_make_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("createrawtransaction", create_raw);
    add("createblindedaddress", create_blinded_address);
    add("rawissueasset", raw_issue);
    add("rawreissueasset", raw_reissue);
    add("calculateasset", calculate_asset);
}

}  // namespace sluice::rpc
