#include "rpc/rawtx.h"

#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/primitives/merkle.h"
#include "consensus/script/opcodes.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "federation/rules/dynafed.h"
#include "index/filter_index.h"
#include "index/tx_index.h"
#include "peg/proof/contract.h"
#include "rpc/chain_methods.h"
#include "rpc/json_script.h"
#include "rpc/json_tx.h"
#include "rpc/raw_parts.h"

namespace sluice::rpc {
namespace {

using FindInPool = std::function<TxRef(const Txid&)>;
using script::TemplateKind;

RpcResult decode_raw_transaction(const ChainPorts& ports, const Args& args) {
    const TxRef tx = TRY(tx_from_hex(args.text(0), "TX decode failed"));
    Json out = tx_json(*tx, *ports.params);
    out.erase("hex");
    return out;
}

Result<TxRef, RpcError> tx_in_block(const chain::ChainReader& reader, const chain::BlockInfo& info, const Txid& txid) {
    if (!info.has_block) return rpc_error(Code::kMisc, "Block not available");
    const std::shared_ptr<const Block> block = TRY(stored_block(reader, info));
    for (const TxRef& tx : block->transactions) {
        if (tx->txid == txid) return tx;
    }
    return rpc_error(Code::kInvalidAddressOrKey,
                     "No such transaction found in the provided block. Use gettransaction for wallet transactions.");
}

// The coins that one transaction of a block spent.
Result<std::vector<rules::Coin>, RpcError> spent_by(const chain::ChainReader& reader, const chain::BlockInfo& info,
                                                    const TxRef& tx) {
    const Result<rules::BlockDelta> delta = reader.delta(info.hash);
    if (!delta) return tl::unexpected<RpcError>(unavailable(delta.error()));
    std::vector<rules::Coin> out;
    for (const TxIn& in : tx->tx.inputs) {
        if (in.is_pegin) continue;
        const auto found = std::ranges::find(delta->spent, in.prevout, &rules::CoinChange::outpoint);
        if (found != delta->spent.end()) out.push_back(found->coin);
    }
    return out;
}

// The block that the index names for a transaction; nullopt: it has none.
Result<std::optional<chain::BlockInfo>, RpcError> indexed_block(const ChainPorts& ports, const index::TxIndex& txs,
                                                                const Txid& txid) {
    constexpr auto kPatience = std::chrono::seconds(2);
    (void)txs.wait_synced(kPatience);
    const auto place = txs.find(txid);
    if (!place) return tl::unexpected<RpcError>(unavailable(place.error()));
    if (!*place) return std::nullopt;
    return ports.reader->find((*place)->block);
}

std::string not_found(const index::TxIndex* txs) {
    if (txs == nullptr) {
        return "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction "
               "queries";
    }
    if (!txs->state().synced) {
        return "No such mempool transaction. Blockchain transactions are still in the process of being indexed";
    }
    return "No such mempool or blockchain transaction";
}

RpcResult get_index_info(const ChainPorts& ports, const index::TxIndex* txs, const Args& args) {
    Json out = Json::object();
    const auto add = [&](const char* name, const auto* index) {
        if (index == nullptr || (args.has(0) && args.text(0) != name)) return;
        const index::IndexState state = index->state();
        out[name] = {{"synced", state.synced}, {"best_block_height", state.height}};
    };
    add("txindex", txs);
    add("basic block filter index", ports.filters);
    return out;
}

RpcResult get_raw_transaction(const ChainPorts& ports, const FindInPool& find_in_pool, const index::TxIndex* txs,
                              const Args& args) {
    const Txid txid = TRY(args.id<Txid>(0, "parameter 1"));
    const int64_t verbosity = TRY(args.verbosity_or(1, 0));
    std::optional<chain::BlockInfo> info;
    TxRef tx;
    if (args.has(2)) {
        info = ports.reader->find(TRY(args.id<BlockHash>(2, "parameter 3")));
        if (!info) return rpc_error(Code::kInvalidAddressOrKey, "Block hash not found");
        tx = TRY(tx_in_block(*ports.reader, *info, txid));
    } else {
        if (find_in_pool) tx = find_in_pool(txid);
        if (!tx && txs != nullptr) {
            info = TRY(indexed_block(ports, *txs, txid));
            if (info) tx = TRY(tx_in_block(*ports.reader, *info, txid));
        }
        if (!tx)
            return rpc_error(Code::kInvalidAddressOrKey,
                             not_found(txs) + ". Use gettransaction for wallet transactions.");
    }
    if (verbosity <= 0) return Json(to_hex(encode_tx(tx->tx)));
    std::optional<std::vector<rules::Coin>> spent;
    if (verbosity >= 2 && info && info->has_undo && !tx->tx.is_coinbase())
        spent = TRY(spent_by(*ports.reader, *info, tx));
    Json out = Json::object();
    if (args.has(2)) out["in_active_chain"] = info->active;
    const Json body = tx_json(*tx, *ports.params, spent ? &*spent : nullptr);
    for (const auto& item : body.items()) out[item.key()] = item.value();
    if (!info) return out;
    out["blockhash"] = to_display(info->hash);
    if (info->active) {
        out["confirmations"] = static_cast<int64_t>(ports.reader->tip().height) - info->height + 1;
        out["time"] = info->time;
        out["blocktime"] = info->time;
    } else {
        out["confirmations"] = 0;
    }
    return out;
}

Json address_fields(const Address& address, const ChainParams& params) {
    Json out = Json::object();
    const script::Template shape = script::classify(address.script.view());
    const auto program = script::parse_witness_program(address.script.view());
    const bool key = shape.kind == TemplateKind::kPubkeyHash || shape.kind == TemplateKind::kWitnessV0KeyHash;
    if (shape.kind != TemplateKind::kWitnessUnknown) out["isscript"] = !key;
    out["iswitness"] = program.has_value();
    if (program) {
        out["witness_version"] = program->version;
        out["witness_program"] = to_hex(program->program);
    }
    // A program of a kind yet unknown has no confidential form as far as elementsd tells.
    if (shape.kind == TemplateKind::kWitnessUnknown || shape.kind == TemplateKind::kAnchor) return out;
    const bool blinded = address.blinding_key && PubKey::parse(address.blinding_key->view());
    out["confidential_key"] = blinded ? to_hex(address.blinding_key->view()) : "";
    out["unconfidential"] = encode_address(Address{address.script, {}}, params.address).value_or("");
    return out;
}

void merge(Json& into, const Json& from) {
    for (const auto& item : from.items()) into[item.key()] = item.value();
}

RpcResult validate_address(const ChainPorts& ports, const Args& args) {
    const ChainParams& params = *ports.params;
    const std::string text = args.text(0);
    // "null" stands for a bare OP_RETURN where an output is named; it is no address.
    const auto decode = [&](const AddressFormat& format) -> Result<Address> {
        if (text == "null") return fail("");
        return decode_address(text, format);
    };
    const Result<Address> ours = decode(params.address);
    const Result<Address> parents = decode(params.parent.address);
    Json out = Json::object();
    out["isvalid"] = ours.has_value();
    out["isvalid_parent"] = parents.has_value();
    if (ours) {
        out["address"] = encode_address(*ours, params.address).value_or(text);
        out["scriptPubKey"] = to_hex(ours->script.view());
        merge(out, address_fields(*ours, params));
    }
    if (parents) {
        Json parent = Json::object();
        parent["address"] = encode_address(*parents, params.parent.address).value_or(text);
        parent["scriptPubKey"] = to_hex(parents->script.view());
        merge(parent, address_fields(*parents, params));
        out["parent_address_info"] = std::move(parent);
    }
    if (!ours && !parents) {
        out["error_locations"] = Json::array();
        out["error"] = ours.error().message;
        out["error_parent"] = parents.error().message;
    }
    return out;
}

// Scripts that make sense behind a hash.
bool can_wrap(const Script& script, TemplateKind kind) {
    switch (kind) {
        case TemplateKind::kOpTrue:
        case TemplateKind::kFee: return true;
        case TemplateKind::kMultisig:
        case TemplateKind::kNonStandard:
        case TemplateKind::kPubkey:
        case TemplateKind::kPubkeyHash:
        case TemplateKind::kWitnessV0KeyHash:
        case TemplateKind::kWitnessV0ScriptHash: break;
        default: return false;
    }
    if (!script::has_valid_ops(script.view()) || is_unspendable(script)) return false;
    // What only tapscript knows.
    script::ScriptParser parser(script.view());
    while (const auto instruction = parser.next()) {
        if (instruction->opcode == script::OP_CHECKSIGADD || script::is_op_success(instruction->opcode)) return false;
    }
    return true;
}

RpcResult decode_script(const ChainPorts& ports, const Args& args) {
    const ChainParams& params = *ports.params;
    Script script;
    if (!args.text(0).empty()) script.bytes = TRY(args.hex(0, "argument"));
    Json out = script_pubkey_json(script, params);
    out.erase("hex");
    out.erase("pegout_hex");
    const script::Template shape = script::classify(script.view(), params.anyone_can_spend_are_mine);
    if (!can_wrap(script, shape.kind)) return out;
    const auto address = [&](const Script& of) { return encode_address(Address{of, {}}, params.address).value_or(""); };
    out["p2sh"] = address(script::p2sh_of(script));
    const bool compressed =
        std::ranges::all_of(shape.parts, [](const Bytes& key) { return key.size() == PubKey::kCompressedSize; });
    const bool keys = shape.kind == TemplateKind::kPubkey || shape.kind == TemplateKind::kMultisig;
    const bool program =
        shape.kind == TemplateKind::kWitnessV0KeyHash || shape.kind == TemplateKind::kWitnessV0ScriptHash;
    if (program || (keys && !compressed)) return out;
    Script segwit = script::p2wsh_of(script);
    if (shape.kind == TemplateKind::kPubkey) segwit = script::make_p2wpkh(hash160(shape.parts[0]));
    if (shape.kind == TemplateKind::kPubkeyHash) segwit = script::make_p2wpkh(Hash160::from_view(shape.parts[0]));
    Json inner = script_pubkey_json(segwit, params);
    if (shape.kind == TemplateKind::kMultisig) {
        const std::string bare = infer_descriptor(script, params);
        const std::string desc = "wsh(" + bare.substr(0, bare.find('#')) + ")";
        inner["desc"] = desc + "#" + descriptor_checksum(desc);
    }
    inner["p2sh-segwit"] = address(script::p2sh_of(segwit));
    out["segwit"] = std::move(inner);
    return out;
}

RpcResult tweak_fedpegscript(const ChainPorts& ports, const Args& args) {
    const std::optional<Bytes> claim = from_hex(args.text(0));
    if (!claim) return rpc_error(Code::kType, "the first argument must be a hex string");
    Script fedpeg;
    if (args.has(1)) {
        const std::optional<Bytes> given = from_hex(args.text(1));
        if (!given) return rpc_error(Code::kType, "fedpegscript must be a hex string");
        fedpeg.bytes = *given;
    } else {
        const chain::HeaderViewPtr branch = ports.reader->branch(ports.reader->tip().hash);
        if (!branch) return rpc_error(Code::kInternal, "the tip is not in the block tree");
        fedpeg = fed_rules::fedpeg_scripts_after(*branch, *ports.params).front().script;
    }
    const std::optional<Script> tweaked = peg::tweak_fedpegscript(fedpeg, Script{*claim});
    if (!tweaked)
        return rpc_error(Code::kInvalidParameter, "fedpegscript holds a push of 33 bytes that is no public key");
    const AddressFormat& format = ports.params->parent.address;
    const Script p2wsh = script::p2wsh_of(*tweaked);
    return Json{{"script", to_hex(tweaked->view())},
                {"p2wsh", encode_address(Address{p2wsh, {}}, format).value_or("")},
                {"p2shwsh", encode_address(Address{script::p2sh_of(p2wsh), {}}, format).value_or("")}};
}

}  // namespace

TxRef find_transaction(const ChainPorts& ports, const FindInPool& find_in_pool, const index::TxIndex* txs,
                       const Txid& txid) {
    if (find_in_pool) {
        if (TxRef tx = find_in_pool(txid)) return tx;
    }
    if (txs == nullptr) return nullptr;
    const auto info = indexed_block(ports, *txs, txid);
    if (!info || !*info) return nullptr;
    return tx_in_block(*ports.reader, **info, txid).value_or(nullptr);
}

Result<TxRef, RpcError> tx_from_hex(std::string_view hex, std::string_view message) {
    const std::optional<Bytes> bytes = from_hex(hex);
    TxRef tx = bytes ? parse_tx(*bytes) : nullptr;
    if (!tx) return rpc_error(Code::kDeserialization, std::string(message));
    return tx;
}

void add_rawtx_methods(Dispatcher& dispatcher, const ChainPorts& ports, FindInPool find_in_pool,
                       const index::TxIndex* tx_index) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("decoderawtransaction", decode_raw_transaction);
    add("decodescript", decode_script);
    add("validateaddress", validate_address);
    add("tweakfedpegscript", tweak_fedpegscript);
    add_raw_make_methods(dispatcher, ports);
    add_raw_blind_methods(dispatcher, ports);
    dispatcher.add("getindexinfo", [ports, tx_index](const Args& args, const Caller&) {
        return get_index_info(ports, tx_index, args);
    });
    add("calcfastmerkleroot", [](const ChainPorts&, const Args& args) -> RpcResult {
        std::vector<Hash256> leaves;
        for (const Json& leaf : args.json(0)) {
            leaves.push_back(
                Hash256::from_view(TRY(id_bytes_from_text(leaf.is_string() ? leaf.get<std::string>() : "", "leaf"))));
        }
        return Json(to_display(fast_merkle_root(leaves)));
    });
    dispatcher.add("getrawtransaction",
                   [ports, find = std::move(find_in_pool), tx_index](const Args& args, const Caller&) {
                       return get_raw_transaction(ports, find, tx_index, args);
                   });
}

}  // namespace sluice::rpc
