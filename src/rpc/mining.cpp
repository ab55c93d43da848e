#include "assembly/assemble.h"
#include "chain/chain_reader.h"
#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/rules/versionbits.h"
#include "mempool/mempool.h"
#include "rpc/descriptor.h"
#include "rpc/pool_methods.h"
#include "rpc/rawtx.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

constexpr int64_t kMostGenerated = 10'000;  // blocks in one call

Result<Bytes, RpcError> hex_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    const std::optional<Bytes> bytes =
        found != object.end() && found->is_string() ? from_hex(found->get<std::string>()) : std::nullopt;
    if (!bytes) return rpc_error(Code::kInvalidParameter, std::string(name) + " must be hex");
    return *bytes;
}

// Data to commit to may be written in groups.
Json without_spaces(const Json& value) {
    if (!value.is_string()) return value;
    std::string text = value.get<std::string>();
    std::erase(text, ' ');
    return text;
}

// A vote as getnewblockhex takes it.
Result<DynafedEntry, RpcError> proposal_from(const Json& object) {
    const Bytes signblock = TRY(hex_member(object, "signblockscript"));
    const Bytes fedpeg = TRY(hex_member(object, "fedpegscript"));
    const int64_t limit = TRY(integer_from_json(object.value("max_block_witness", Json())));
    if (limit < 0 || limit > UINT32_MAX)
        return rpc_error(Code::kInvalidParameter, "max_block_witness must be non-negative");
    std::vector<Bytes> space;
    for (const Json& item : object.value("extension_space", Json::array())) {
        // An empty entry is one; whether it may stand there is for the rules to say.
        const bool empty = item.is_string() && item.get<std::string>().empty();
        space.push_back(empty ? Bytes{} : TRY(hex_from_json(item, "extension_space")));
    }
    return assembly::make_proposal(Script{signblock}, static_cast<uint32_t>(limit), Script{fedpeg}, space);
}

bool dynafed_is_active(const ChainPorts& chain) {
    const chain::HeaderViewPtr branch = chain.reader->branch(chain.reader->tip().hash);
    rules::VersionBits bits(*chain.params);
    return branch && bits.active_after(*branch, Deployment::kDynafed);
}

RpcResult new_block_hex(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const int64_t min_age = TRY(args.integer_or(0, 0));
    if (min_age < 0) return rpc_error(Code::kInvalidParameter, "min_tx_age must be non-negative.");
    DynafedEntry proposed;
    if (args.has(1) && !dynafed_is_active(chain)) {
        return rpc_error(Code::kInvalidParameter,
                         "Dynamic federations is not active on this network. Proposed parameters are not needed.");
    }
    if (args.has(1)) proposed = TRY(proposal_from(args.json(1)));
    std::vector<Bytes> commitments;
    // One text is taken for a list of one, as older clients send it.
    const Json data = args.has(2) ? args.json(2) : Json::array();
    for (const Json& item : data.is_string() ? Json::array({data}) : data)
        commitments.push_back(TRY(hex_from_json(without_spaces(item), "commit_data")));
    const auto make = [chain, ports, commitments, proposed, min_age] {
        assembly::BlockRequest request =
            assembly::getnewblock_request(*chain.params, commitments, proposed, chain.clock->unix_time(), min_age);
        assembly::apply(request, ports.blocks);
        return assembly::new_block(*chain.chain, *ports.pool, *ports.tips, request);
    };
    const Result<std::shared_ptr<Block>> block = TRY(on_state(chain, make));
    if (!block) return rpc_error(Code::kMisc, block.error().message);
    // A chain that anybody may sign by a witness program gets that witness at once, as the reference does.
    Block sealed = **block;
    if (sealed.header.is_dynafed()) assembly::seal_if_open(sealed.header);
    return Json(to_hex(encode_block(sealed)));
}

RpcResult generate_to(const ChainPorts& chain, const PoolPorts& ports, const Args& args, const Script& destination) {
    const int64_t count = TRY(args.integer(0));
    if (count < 0 || count > kMostGenerated) {
        return rpc_error(Code::kInvalidParameter, "nblocks must be between 0 and " + std::to_string(kMostGenerated));
    }
    Json out = Json::array();
    // One block a task: the state thread serves others in between.
    for (int64_t i = 0; i < count; ++i) {
        const auto made = TRY(on_state(chain, [chain, ports, script = destination] {
            return assembly::generate(*chain.chain, *ports.pool, *ports.tips, *chain.clock, 1, script, ports.blocks);
        }));
        if (!made) return rpc_error(Code::kMisc, made.error().message);
        for (const BlockHash& hash : *made) out.push_back(to_display(hash));
    }
    return out;
}

RpcResult generate_to_address(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const Result<Address> address = decode_address(args.text(1), chain.params->address);
    if (!address) return rpc_error(Code::kInvalidAddressOrKey, "Error: Invalid address");
    return generate_to(chain, ports, args, address->script);
}

RpcResult generate_to_descriptor(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    return generate_to(chain, ports, args, TRY(payable_script(args.text(1), *chain.params)));
}

// A block with these transactions and no others, in their order; hex or the id of one that is in the pool.
RpcResult generate_block(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    Script destination;
    if (const auto address = decode_address(args.text(0), chain.params->address)) {
        destination = address->script;
    } else if (const auto descriptor = payable_script(args.text(0), *chain.params)) {
        destination = *descriptor;
    } else if (descriptor.error().code == Code::kInvalidParameter || descriptor.error().message == kNeedsPrivateKeys) {
        return tl::unexpected<RpcError>(descriptor.error());
    } else {
        return rpc_error(Code::kInvalidAddressOrKey, "Error: Invalid address or descriptor");
    }
    std::vector<TxRef> txs;
    const auto in_pool = pool_finder(chain, ports);
    for (const Json& item : args.json(1)) {
        const std::string text = item.is_string() ? item.get<std::string>() : "";
        if (const std::optional<Txid> txid = from_display<Txid>(text)) {
            txs.push_back(in_pool(*txid));
            if (!txs.back()) return rpc_error(Code::kInvalidAddressOrKey, "Transaction " + text + " not in mempool.");
        } else {
            txs.push_back(TRY(tx_from_hex(
                text, "Transaction decode failed for " + text + ". Make sure the tx has at least one input.")));
        }
    }
    const bool submit = args.flag_or(2, true);
    const auto make = [chain, ports, txs, destination, submit]() -> RpcResult {
        assembly::BlockRequest request;
        request.time = static_cast<uint32_t>(chain.clock->unix_time());
        request.fee_destination = destination;
        request.may_go = [](const mempool::Entry&) { return false; };
        const Result<std::shared_ptr<Block>> made =
            assembly::new_block(*chain.chain, *ports.pool, *ports.tips, request);
        if (!made) return rpc_error(Code::kMisc, made.error().message);
        auto block = std::make_shared<Block>(**made);
        block->transactions.insert(block->transactions.end(), txs.begin(), txs.end());
        assembly::finish(*block);
        const auto verdict = chain.chain->test_block(block, chain::TestBlockOptions{});
        if (!verdict) return rpc_error(Code::kVerify, "TestBlockValidity failed: " + verdict.error().reason);
        assembly::seal_if_open(block->header);
        Json out = {{"hash", to_display(compute_hash(block->header))}};
        if (!submit) {
            out["hex"] = to_hex(encode_block(*block));
            return out;
        }
        const chain::BlockOutcome outcome = chain.chain->accept_block(block);
        if (outcome.failure) return rpc_error(Code::kMisc, "Failed to make block: " + outcome.failure->reason);
        return out;
    };
    return TRY(on_state(chain, make));
}

RpcResult prioritised(const ChainPorts& chain, const PoolPorts& ports) {
    return TRY(on_state(chain, [pool = ports.pool]() -> RpcResult {
        Json out = Json::object();
        for (const auto& [txid, delta] : pool->priorities()) {
            const mempool::Entry* const entry = pool->find(txid);
            Json one = {{"fee_delta", delta.sat}, {"in_mempool", entry != nullptr}};
            if (entry != nullptr) one["modified_fee"] = entry->modified_fee().sat;
            out[to_display(txid)] = std::move(one);
        }
        return out;
    }));
}

RpcResult mining_info(const ChainPorts& chain, const PoolPorts& ports) {
    const size_t pooled = TRY(on_state(chain, [pool = ports.pool] { return pool->entries().size(); }));
    Json out = Json::object();
    out["blocks"] = chain.reader->tip().height;
    out["pooledtx"] = pooled;
    out["chain"] = chain.params->name;
    Json warnings = Json::array();
    if (chain.warnings) {
        for (const std::string& warning : chain.warnings()) warnings.push_back(warning);
    }
    out["warnings"] = std::move(warnings);
    return out;
}

RpcResult prioritise(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    if (args.has(1) && TRY(args.amount(1)).sat != 0) {
        return rpc_error(Code::kInvalidParameter,
                         "Priority is no longer supported, dummy argument to prioritisetransaction must be 0.");
    }
    const int64_t delta = TRY(args.integer(2));
    if (delta < -kMaxMoney.sat || delta > kMaxMoney.sat)
        return rpc_error(Code::kInvalidParameter, "fee_delta out of range");
    TRY_VOID(on_state(chain, [pool = ports.pool, txid, delta] { pool->prioritise(txid, Amount{delta}); }));
    return Json(true);
}

}  // namespace

void add_mining_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& ports) {
    add_template_methods(dispatcher, chain, ports);
    dispatcher.add("getnewblockhex",
                   [chain, ports](const Args& args, const Caller&) { return new_block_hex(chain, ports, args); });
    dispatcher.add("generatetoaddress",
                   [chain, ports](const Args& args, const Caller&) { return generate_to_address(chain, ports, args); });
    dispatcher.add("generatetodescriptor", [chain, ports](const Args& args, const Caller&) {
        return generate_to_descriptor(chain, ports, args);
    });
    dispatcher.add("generateblock",
                   [chain, ports](const Args& args, const Caller&) { return generate_block(chain, ports, args); });
    dispatcher.add("getprioritisedtransactions",
                   [chain, ports](const Args&, const Caller&) { return prioritised(chain, ports); });
    dispatcher.add("generate", [](const Args&, const Caller&) -> RpcResult {
        return rpc_error(Code::kMethodNotFound, help_text(*find_method("generate")));
    });
    // Blocks are signed: there is no rate of hashing.
    dispatcher.add("getnetworkhashps", [](const Args&, const Caller&) -> RpcResult { return Json(0); });
    dispatcher.add("getmininginfo", [chain, ports](const Args&, const Caller&) { return mining_info(chain, ports); });
    dispatcher.add("prioritisetransaction",
                   [chain, ports](const Args& args, const Caller&) { return prioritise(chain, ports, args); });
}

}  // namespace sluice::rpc
