// Blocks, headers, coins and Merkle proofs of the chain.
#include <set>
#include <thread>

#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "consensus/primitives/merkle.h"
#include "index/tx_index.h"
#include "peg/parent/merkle_block.h"
#include "rpc/chain_methods.h"

namespace sluice::rpc {

HeaderFacts header_facts(const chain::ChainReader& reader, const chain::BlockInfo& info) {
    HeaderFacts facts;
    facts.confirmations = info.active ? static_cast<int64_t>(reader.tip().height) - info.height + 1 : -1;
    facts.median_time_past = info.median_time_past;
    facts.tx_count = info.tx_count;
    facts.next = info.next;
    return facts;
}

Result<chain::BlockInfo, RpcError> known_block(const chain::ChainReader& reader, const BlockHash& hash) {
    std::optional<chain::BlockInfo> info = reader.find(hash);
    if (!info) return rpc_error(Code::kInvalidAddressOrKey, "Block not found");
    return std::move(*info);
}

Result<std::shared_ptr<const Block>, RpcError> stored_block(const chain::ChainReader& reader,
                                                            const chain::BlockInfo& info) {
    if (!info.has_block) return rpc_error(Code::kMisc, "Block not available (not fully downloaded)");
    auto block = reader.block(info.hash);
    if (!block) return rpc_error(Code::kMisc, "Block not found on disk");
    return std::move(*block);
}

namespace {

using chain::ChainReader;

RpcResult get_block(const ChainPorts& ports, const Args& args) {
    const ChainReader& reader = *ports.reader;
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    const int64_t verbosity = TRY(args.verbosity_or(1, 1));
    const chain::BlockInfo info = TRY(known_block(reader, hash));
    if (verbosity <= 0) {
        if (!info.has_block) return rpc_error(Code::kMisc, "Block not available (not fully downloaded)");
        const Result<Bytes> bytes = reader.block_bytes(hash);
        if (!bytes) return rpc_error(Code::kMisc, "Block not found on disk");
        return Json(to_hex(*bytes));
    }
    const std::shared_ptr<const Block> block = TRY(stored_block(reader, info));
    if (verbosity < 3 || !info.has_undo) {
        const BlockVerbosity form = verbosity == 1 ? BlockVerbosity::kTxids : BlockVerbosity::kTransactions;
        return block_json(*block, hash, header_facts(reader, info), form, nullptr, *ports.params);
    }
    const Result<rules::BlockDelta> delta = reader.delta(hash);
    if (!delta) return tl::unexpected<RpcError>(unavailable(delta.error()));
    return block_json(*block, hash, header_facts(reader, info), BlockVerbosity::kTransactionsAndPrevouts, &*delta,
                      *ports.params);
}

RpcResult get_block_header(const ChainPorts& ports, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "hash"));
    const chain::BlockInfo info = TRY(known_block(*ports.reader, hash));
    const auto header = ports.reader->header(hash);
    if (!header) return tl::unexpected<RpcError>(unavailable(header.error()));
    if (!args.flag_or(1, true)) return Json(to_hex(encode_header(**header)));
    return header_json(**header, hash, header_facts(*ports.reader, info));
}

RpcResult get_block_hash(const ChainPorts& ports, const Args& args) {
    const int64_t height = TRY(args.integer(0));
    const auto info =
        height < 0 || height > UINT32_MAX ? std::nullopt : ports.reader->at_height(static_cast<uint32_t>(height));
    if (!info) return rpc_error(Code::kInvalidParameter, "Block height out of range");
    return Json(to_display(info->hash));
}

RpcResult get_chain_tips(const ChainPorts& ports) {
    Json out = Json::array();
    for (const chain::BlockInfo& end : ports.reader->branch_ends()) {
        const auto fork = ports.reader->active_fork(end.hash);
        std::string status = "headers-only";
        if (end.active) {
            status = "active";
        } else if (end.failed) {
            status = "invalid";
        } else if (end.checked) {
            status = "valid-fork";
        } else if (end.chain_tx_count > 0) {
            status = "valid-headers";
        }
        out.push_back({{"height", end.height},
                       {"hash", to_display(end.hash)},
                       {"branchlen", end.height - (fork ? fork->height : 0)},
                       {"status", status}});
    }
    return out;
}

RpcResult get_txout_set_info(const ChainPorts& ports, const Args& args) {
    const std::string type = args.text_or(0, "hash_serialized_3");
    chain::UtxoHashKind kind = chain::UtxoHashKind::kSerialized;
    if (type == "muhash") {
        kind = chain::UtxoHashKind::kMuhash;
    } else if (type == "none") {
        kind = chain::UtxoHashKind::kNone;
    } else if (type != "hash_serialized_3") {
        return rpc_error(Code::kInvalidParameter, "'" + type + "' is not a valid hash_type");
    }
    if (args.has(1))
        return rpc_error(Code::kInvalidParameter, "Querying specific block heights requires coinstatsindex");
    const Result<chain::UtxoStats> stats = ports.reader->utxo_stats(kind, ports.stopping);
    if (!stats) return rpc_error(Code::kInternal, "Unable to read UTXO set: " + stats.error().message);
    const auto best = ports.reader->find(stats->best_block);
    Json out = Json::object();
    out["height"] = best ? best->height : 0;
    out["bestblock"] = to_display(stats->best_block);
    out["txouts"] = stats->outputs;
    out["bogosize"] = stats->bogosize;
    if (stats->hash) out[type == "muhash" ? "muhash" : "hash_serialized_3"] = to_display(*stats->hash);
    if (!stats->total) return rpc_error(Code::kInternal, "The explicit amounts of all assets together exceed 64 bits");
    out["total_amount"] = amount_json(*stats->total);
    out["transactions"] = stats->transactions;
    out["disk_size"] = stats->disk_size;
    return out;
}

// Merkle proofs have Bitcoin's form behind an Elements header.
Result<std::vector<Txid>, RpcError> txids_of(const Json& list) {
    if (list.empty()) return rpc_error(Code::kInvalidParameter, "Parameter 'txids' cannot be empty");
    std::vector<Txid> out;
    for (const Json& item : list) {
        if (!item.is_string()) {
            return rpc_error(Code::kType,
                             "JSON value of type " + std::string(type_name(item)) + " is not of expected type string");
        }
        const Txid txid = Txid::from_view(TRY(id_bytes_from_text(item.get<std::string>(), "txid")));
        if (std::ranges::find(out, txid) != out.end()) {
            return rpc_error(Code::kInvalidParameter, "Invalid parameter, duplicated txid: " + item.get<std::string>());
        }
        out.push_back(txid);
    }
    return out;
}

Result<chain::BlockInfo, RpcError> block_with_unspent(const ChainReader& reader, const std::vector<Txid>& txids) {
    constexpr uint32_t kOutputsTried =
        256;  // coins are looked up by output, so a proof without a block hash has its limits
    for (const Txid& txid : txids) {
        for (uint32_t n = 0; n < kOutputsTried; ++n) {
            const auto coin = reader.coin(OutPoint{txid, n});
            if (!coin || !*coin) continue;
            if (const auto info = reader.at_height((*coin)->height)) return *info;
        }
    }
    return rpc_error(Code::kInvalidAddressOrKey, "Transaction not yet in block");
}

// The block that has one of them: by an unspent output, or by the transaction index where one is kept.
Result<chain::BlockInfo, RpcError> block_with_any(const ChainPorts& ports, const std::vector<Txid>& wanted) {
    auto unspent = block_with_unspent(*ports.reader, wanted);
    if (unspent || ports.tx_index == nullptr) return unspent;
    constexpr auto kPatience = std::chrono::seconds(2);
    (void)ports.tx_index->wait_synced(kPatience);
    const auto place = ports.tx_index->find(wanted.front());
    if (!place) return tl::unexpected<RpcError>(unavailable(place.error()));
    if (!*place) return unspent;
    return known_block(*ports.reader, (*place)->block);
}

RpcResult get_txout_proof(const ChainPorts& ports, const Args& args) {
    const std::vector<Txid> wanted = TRY(txids_of(args.json(0)));
    const chain::BlockInfo info = args.has(1) ? TRY(known_block(*ports.reader, TRY(args.id<BlockHash>(1, "blockhash"))))
                                              : TRY(block_with_any(ports, wanted));
    const std::shared_ptr<const Block> block = TRY(stored_block(*ports.reader, info));
    std::vector<parent::ParentTxid> txids;
    std::vector<bool> marked;
    size_t found = 0;
    for (const TxRef& tx : block->transactions) {
        txids.push_back(parent::ParentTxid::from(tx->txid));
        marked.push_back(std::ranges::find(wanted, tx->txid) != wanted.end());
        found += marked.back() ? 1 : 0;
    }
    if (found != wanted.size()) {
        return rpc_error(Code::kInvalidAddressOrKey, "Not all transactions found in specified or retrieved block");
    }
    // As the reference's: the header of a proof leaves a dynafed block's signatures out (the hash does not cover them).
    BlockHeader header = block->header;
    if (auto* dynafed = std::get_if<DynafedHeader>(&header.seal)) dynafed->signblock_witness.clear();
    Bytes out = encode_header(header);
    append(out, encode(parent::build_tree(txids, marked)));
    return Json(to_hex(out));
}

RpcResult verify_txout_proof(const ChainPorts& ports, const Args& args) {
    const Bytes bytes = TRY(args.hex(0, "proof"));
    Reader reader(bytes);
    BlockHeader header;
    parent::PartialMerkleTree tree;
    describe(reader, header);
    describe(reader, tree);
    if (!reader.finish()) return rpc_error(Code::kDeserialization, "Proof decode failed");
    const auto matches = parent::extract_matches(tree);
    Json out = Json::array();
    if (!matches || MerkleRoot::from(matches->root) != header.merkle_root) return out;
    const auto info = ports.reader->find(compute_hash(header));
    if (!info || !info->active || info->tx_count == 0)
        return rpc_error(Code::kInvalidAddressOrKey, "Block not found in chain");
    if (info->tx_count != tree.transactions) return out;
    for (const parent::MerkleMatch& match : matches->matches) out.push_back(to_display(match.txid));
    return out;
}

// Waits until `ready` holds for the tip, the time is over (0: no limit) or the node stops.
template <class Ready>
RpcResult wait_for_tip(const ChainPorts& ports, const Args& args, size_t timeout_arg, Ready ready) {
    const int64_t timeout = TRY(args.integer_or(timeout_arg, 0));
    if (timeout < 0) return rpc_error(Code::kMisc, "Negative timeout");
    const auto start = std::chrono::steady_clock::now();
    const auto over = [&] {
        const bool late = timeout > 0 && std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(timeout);
        return late || (ports.stopping != nullptr && ports.stopping->load());
    };
    chain::ChainTip tip = ports.reader->tip();
    while (!ready(tip) && !over()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        tip = ports.reader->tip();
    }
    return Json{{"hash", to_display(tip.hash)}, {"height", tip.height}};
}

}  // namespace

void add_chain_read_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("getblock", get_block);
    add("getblockheader", get_block_header);
    add("getblockhash", get_block_hash);
    add("gettxoutsetinfo", get_txout_set_info);
    add("gettxoutproof", get_txout_proof);
    add("verifytxoutproof", verify_txout_proof);
    add("getchaintips", [](const ChainPorts& p, const Args&) { return get_chain_tips(p); });
    add("getblockcount", [](const ChainPorts& p, const Args&) -> RpcResult { return Json(p.reader->tip().height); });
    add("getbestblockhash",
        [](const ChainPorts& p, const Args&) -> RpcResult { return Json(to_display(p.reader->tip().hash)); });
    add("getdifficulty", [](const ChainPorts&, const Args&) -> RpcResult { return Json(0); });
    add("waitfornewblock", [](const ChainPorts& p, const Args& args) {
        return wait_for_tip(p, args, 0,
                            [first = p.reader->tip().hash](const chain::ChainTip& tip) { return tip.hash != first; });
    });
    add("waitforblock", [](const ChainPorts& p, const Args& args) -> RpcResult {
        const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
        return wait_for_tip(p, args, 1, [hash](const chain::ChainTip& tip) { return tip.hash == hash; });
    });
    add("waitforblockheight", [](const ChainPorts& p, const Args& args) -> RpcResult {
        const int64_t height = TRY(args.integer(0));
        return wait_for_tip(p, args, 1, [height](const chain::ChainTip& tip) { return tip.height >= height; });
    });
}

}  // namespace sluice::rpc
