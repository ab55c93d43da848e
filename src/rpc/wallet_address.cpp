// Addresses of the wallet and their labels.
#include "codec/hex.h"
#include "consensus/script/script.h"
#include "rpc/json_script.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

struct AddressKind {
    std::optional<wallet::AddressType> type;  // nullopt: the usual one
    std::optional<bool> confidential;         // nullopt: as the node's addresses are
};

Result<AddressKind, RpcError> read_type(const Args& args, size_t i) {
    if (!args.has(i)) return AddressKind{};
    const std::string type = args.text(i);
    if (type == "blech32") return AddressKind{wallet::AddressType::kBech32, true};
    if (const auto known = wallet::address_type_from(type)) return AddressKind{*known, std::nullopt};
    if (type == "bech32m") return rpc_error(Code::kInvalidAddressOrKey, "This wallet makes no bech32m addresses");
    return rpc_error(Code::kInvalidAddressOrKey, "Unknown address type '" + type + "'");
}

std::string text_of(const Script& script, std::optional<bool> confidential, const Wallet& wallet,
                    const WalletPorts& ports) {
    Address address{script, std::nullopt};
    if (confidential.value_or(wallet.options().blinded_addresses)) {
        address.blinding_key = BlindingKey::from_view(wallet.view_keys().pubkey_of(script).view());
    }
    return encode_address(address, ports.params->address).value();
}

RpcResult get_new_address(const Args& args, const WalletPorts& ports) {
    const AddressKind kind = TRY(read_type(args, 1));
    const std::string label = args.text_or(0, "");
    if (label == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto script = wallet.new_script(label, kind.type.value_or(wallet.options().address_type));
        if (!script) return unexpected(wallet_error(script.error()));
        return text_of(*script, kind.confidential, wallet, ports);
    });
}

RpcResult get_raw_change_address(const Args& args, const WalletPorts& ports) {
    const AddressKind kind = TRY(read_type(args, 0));
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        const auto script = wallet.new_change_script(kind.type.value_or(wallet.options().change_type));
        if (!script) return unexpected(wallet_error(script.error()));
        return text_of(*script, kind.confidential, wallet, ports);
    });
}

RpcResult get_address_info(const Args& args, const WalletPorts& ports) {
    const auto address = decode_address(args.text(0), ports.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, address.error().message);
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        const Script& script = address->script;
        const auto program = script::parse_witness_program(script.view());
        const std::optional<PubKey> receiver = receiver_of(*address);
        // What is paid to an address whose blinding key is not ours could not be seen, so it is not ours.
        const bool mine = wallet.is_mine(script) && (!receiver || *receiver == wallet.view_keys().pubkey_of(script));
        Json out = Json::object();
        out["address"] = encode_address(*address, ports.params->address).value_or(args.text(0));
        out["scriptPubKey"] = to_hex(script.view());
        const bool watched = mine && wallet.is_watch_only(script);
        out["ismine"] = mine && !watched;
        out["solvable"] = mine;
        if (mine) out["desc"] = infer_descriptor(script, *ports.params);
        out["iswatchonly"] = watched;
        out["isscript"] = script::is_pay_to_script_hash(script.view()) || (program && program->is_script_hash());
        out["iswitness"] = program.has_value();
        if (program) {
            out["witness_version"] = program->version;
            out["witness_program"] = to_hex(program->program);
        }
        if (const auto key = wallet.pubkey_of(script)) out["pubkey"] = to_hex(key->view());
        out["confidential_key"] = receiver ? to_hex(receiver->view()) : "";
        out["unconfidential"] = address_of(script, *ports.params);
        const bool known = receiver || mine;
        out["confidential"] = known ? text_of(script, true, wallet, ports) : "";
        if (receiver) out["confidential"] = out["address"];
        out["ischange"] = mine && !wallet.is_handed_out(script);
        out["labels"] = wallet.is_handed_out(script) ? Json::array({wallet.label_of(script)}) : Json::array();
        return out;
    });
}

RpcResult set_label(const Args& args, const WalletPorts& ports) {
    const Address address = TRY(address_from(args.text(0), ports));
    if (args.text(1) == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    return on_wallet(ports, [script = address.script, label = args.text(1)](Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.set_label(script, label); !done) return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

RpcResult get_addresses_by_label(const Args& args, const WalletPorts& ports) {
    return on_wallet(ports, [ports, label = args.text(0)](const Wallet& wallet) -> RpcResult {
        Json out = Json::object();
        for (const auto& [script, record] : wallet.addresses()) {
            if (record.label != label) continue;
            const bool mine = wallet.is_mine(script);
            out[own_address(script, wallet, *ports.params)] = Json{{"purpose", mine ? "receive" : "send"}};
        }
        if (out.empty()) return rpc_error(Code::kWalletInvalidLabel, "No addresses with label " + label);
        return out;
    });
}

RpcResult list_labels(const Args& args, const WalletPorts& ports) {
    const std::string purpose = args.text_or(0, "");
    if (!purpose.empty() && purpose != "send" && purpose != "receive") {
        return rpc_error(Code::kInvalidParameter,
                         "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.");
    }
    return on_wallet(ports, [purpose](const Wallet& wallet) -> RpcResult {
        std::set<std::string> labels;
        for (const auto& [script, record] : wallet.addresses()) {
            if (purpose.empty() || (purpose == "receive") == wallet.is_mine(script)) labels.insert(record.label);
        }
        Json out = Json::array();
        for (const std::string& label : labels) out.push_back(label);
        return out;
    });
}

}  // namespace

void add_wallet_address_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "getnewaddress", ports, get_new_address);
    add_wallet_method(dispatcher, "getrawchangeaddress", ports, get_raw_change_address);
    add_wallet_method(dispatcher, "getaddressinfo", ports, get_address_info);
    add_wallet_method(dispatcher, "setlabel", ports, set_label);
    add_wallet_method(dispatcher, "getaddressesbylabel", ports, get_addresses_by_label);
    add_wallet_method(dispatcher, "listlabels", ports, list_labels);
}

}  // namespace sluice::rpc
