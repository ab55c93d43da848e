// Blocks and headers handed in by RPC, block proposals, operator's commands on branches, the clock of test chains.
#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/rules/block_check.h"
#include "consensus/script/sighash.h"
#include "crypto/ecdsa.h"
#include "federation/rules/block_proof.h"
#include "rpc/block_argument.h"
#include "rpc/chain_methods.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

using chain::ChainState;

// Blocks made by others may leave out the coinbase's reserved value, which the header does not commit to: it is filled
// in.
void complete_coinbase(Block& block) {
    if (block.transactions.empty()) return;
    const Transaction& coinbase = block.transactions[0]->tx;
    if (coinbase.inputs.empty() || coinbase.has_witness() || !rules::witness_commitment_output(coinbase)) return;
    Transaction completed = coinbase;
    completed.inputs[0].witness.script_witness = {Bytes(32, 0)};
    block.transactions[0] = make_tx(std::move(completed));
}

RpcResult submit_block(const ChainPorts& ports, const Args& args) {
    Block block = TRY(block_from_hex(args, 0));
    if (ports.reader->find(block.header.prev)) complete_coinbase(block);
    auto shared = std::make_shared<const Block>(std::move(block));
    const chain::BlockOutcome outcome =
        TRY(on_state(ports, [chain = ports.chain, shared] { return chain->accept_block(shared); }));
    if (outcome.failure && outcome.failure->kind == Failure::Kind::kFault)
        return rpc_error(Code::kVerify, outcome.failure->reason);
    const std::optional<std::string> answer = outcome.bip22();
    return answer ? Json(*answer) : Json();
}

RpcResult submit_header(const ChainPorts& ports, const Args& args) {
    const std::optional<Bytes> bytes = from_hex(args.text(0));
    if (!bytes) return rpc_error(Code::kDeserialization, "Block header decode failed");
    // Clients hand in whole blocks too: what follows the header is not looked at.
    Reader reader(*bytes);
    auto header = std::make_shared<BlockHeader>();
    describe(reader, *header);
    if (!reader.ok()) return rpc_error(Code::kDeserialization, "Block header decode failed");
    if (!ports.reader->find(header->prev)) {
        return rpc_error(Code::kVerify, "Must submit previous header (" + to_display(header->prev) + ") first");
    }
    const ChainState::HeadersOutcome outcome =
        TRY(on_state(ports, [chain = ports.chain, header] { return chain->accept_headers({*header}); }));
    if (outcome.failure) return rpc_error(Code::kVerify, outcome.failure->reason);
    return Json();
}

// With or without the hash type byte that elementsd's signblock ends a dynafed block's signatures with.
Result<std::vector<fed_rules::BlockSignature>, RpcError> block_signatures(const Json& list) {
    std::vector<fed_rules::BlockSignature> out;
    for (const Json& item : list) {
        const auto field = [&](const char* name) -> std::optional<Bytes> {
            if (!item.is_object() || !item.contains(name) || !item[name].is_string()) return std::nullopt;
            return from_hex(item[name].get<std::string>());
        };
        const std::optional<Bytes> key_bytes = field("pubkey");
        std::optional<Bytes> signature = field("sig");
        if (!key_bytes || !signature) continue;
        const std::optional<PubKey> key = PubKey::parse(*key_bytes);
        if (!key) return rpc_error(Code::kDeserialization, "Bad pubkey");
        if (is_strict_der(*signature) && signature->back() == script::kSighashAll) signature->pop_back();
        out.push_back({*key, std::move(*signature)});
    }
    return out;
}

RpcResult combine_block_sigs(const ChainPorts& ports, const Args& args) {
    Block block = TRY(block_from_hex(args, 0));
    const std::vector<fed_rules::BlockSignature> signatures = TRY(block_signatures(args.json(1)));
    Script script;
    if (block.header.is_dynafed()) {
        if (!args.has(2))
            return rpc_error(Code::kInvalidParameter, "Signing dynamic blocks requires the witnessScript argument");
        script.bytes = from_hex(args.text(2)).value_or(Bytes());
    } else {
        script = block.header.proof().challenge;
    }
    if (std::optional<BlockHeader> sealed = fed_rules::seal(block.header, script, signatures))
        block.header = std::move(*sealed);
    return Json{{"hex", to_hex(encode_block(block))},
                {"complete", fed_rules::check_block_proof(block.header, *ports.params)}};
}

RpcResult invalidate_block(const ChainPorts& ports, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    TRY(known_block(*ports.reader, hash));
    const Status done = TRY(on_state(ports, [chain = ports.chain, hash] { return chain->invalidate_block(hash); }));
    if (!done) return rpc_error(Code::kDatabase, done.error().message);
    return Json();
}

RpcResult precious_block(const ChainPorts& ports, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    TRY(known_block(*ports.reader, hash));
    const Status done = TRY(on_state(ports, [chain = ports.chain, hash] { return chain->precious_block(hash); }));
    if (!done) return rpc_error(Code::kDatabase, done.error().message);
    return Json();
}

RpcResult reconsider_block(const ChainPorts& ports, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    TRY(known_block(*ports.reader, hash));
    const Status done = TRY(on_state(ports, [chain = ports.chain, hash] { return chain->reconsider_block(hash); }));
    if (!done) return rpc_error(Code::kDatabase, done.error().message);
    return Json();
}

// Elements has no such method: federation-design section 5, for a claim whose Bitcoin block is orphaned for good.
RpcResult accept_pegin(const ChainPorts& ports, const Args& args) {
    const std::string text = args.text(0);
    const size_t colon = text.find(':');
    const auto txid = id_bytes_from_text(text.substr(0, colon), "outpoint");
    const std::string digits = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool number =
        !digits.empty() && digits.size() <= 9 && digits.find_first_not_of("0123456789") == std::string::npos;
    if (!txid || !number)
        return rpc_error(Code::kInvalidParameter, "outpoint must be the deposit's txid:vout on Bitcoin");
    const OutPoint deposit{Txid::from_view(*txid), static_cast<uint32_t>(std::stoul(digits))};
    const Status done = TRY(on_state(ports, [chain = ports.chain, deposit] { return chain->accept_pegin(deposit); }));
    if (!done) return rpc_error(Code::kDatabase, done.error().message);
    return Json();
}

RpcResult set_mock_time(const ChainPorts& ports, const Args& args) {
    if (!ports.params->mockable_time)
        return rpc_error(Code::kMisc, "setmocktime is for regression testing (-regtest mode) only");
    const int64_t time = TRY(args.integer(0));
    constexpr int64_t kLatest = 9'223'372'036;  // seconds of a 64-bit count of nanoseconds
    if (time < 0 || time > kLatest) {
        return rpc_error(Code::kInvalidParameter, "Mocktime must be in the range [0, " + std::to_string(kLatest) +
                                                      "], not " + std::to_string(time) + ".");
    }
    ports.clock->set_mock_time(time);
    return Json();
}

RpcResult mock_scheduler(const ChainPorts& ports, const Args& args) {
    if (!ports.params->mockable_time)
        return rpc_error(Code::kMisc, "mockscheduler is for regression testing (-regtest mode) only");
    const int64_t delta = TRY(args.integer(0));
    if (delta <= 0 || delta > 3600)
        return rpc_error(Code::kMisc, "delta_time must be between 1 and 3600 seconds (1 hr)");
    TRY_VOID(on_state(ports, [] {}));
    return Json();
}

}  // namespace

void add_chain_write_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("submitblock", submit_block);
    add("submitheader", submit_header);
    add("combineblocksigs", combine_block_sigs);
    add("invalidateblock", invalidate_block);
    add("reconsiderblock", reconsider_block);
    add("preciousblock", precious_block);
    add_coin_scan_method(dispatcher, ports);
    add("acceptpegin", accept_pegin);
    add("setmocktime", set_mock_time);
    add("mockscheduler", mock_scheduler);
}

}  // namespace sluice::rpc
