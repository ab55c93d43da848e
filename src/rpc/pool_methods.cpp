#include "rpc/pool_methods.h"

#include <algorithm>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/script/script.h"
#include "mempool/mempool.h"
#include "rpc/json_script.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

using mempool::Entry;
using mempool::Mempool;

Json entry_json(const Mempool& pool, const Entry& entry) {
    const mempool::Relatives up = pool.ancestors(entry.tx->txid);
    const mempool::Relatives down = pool.descendants(entry.tx->txid);
    Json out = Json::object();
    out["vsize"] = entry.vsize;
    out["weight"] = entry.tx->weight();
    out["time"] = entry.time;
    out["height"] = entry.height;
    out["descendantcount"] = down.count();
    out["descendantsize"] = down.vsize;
    out["ancestorcount"] = up.count();
    out["ancestorsize"] = up.vsize;
    out["wtxid"] = to_display(entry.tx->wtxid);
    out["fees"] = {{"base", amount_json(entry.fee)},
                   {"modified", amount_json(entry.modified_fee())},
                   {"ancestor", amount_json(up.modified_fees)},
                   {"descendant", amount_json(down.modified_fees)}};
    std::set<std::string> depends;
    for (const Txid& parent : entry.parents) depends.insert(to_display(parent));
    out["depends"] = depends;
    Json spent = Json::array();
    for (const Txid& child : entry.children) spent.push_back(to_display(child));
    out["spentby"] = std::move(spent);
    out["bip125-replaceable"] = pool.is_replaceable(entry.tx->txid);
    out["unbroadcast"] = false;
    return out;
}

RpcResult not_in_pool() { return rpc_error(Code::kInvalidAddressOrKey, "Transaction not in mempool"); }

RpcResult raw_mempool(const Mempool& pool, bool verbose, bool sequence) {
    if (verbose) {
        if (sequence)
            return rpc_error(Code::kInvalidParameter, "Verbose results cannot contain mempool sequence values.");
        Json out = Json::object();
        for (const auto& [txid, entry] : pool.entries()) out[to_display(txid)] = entry_json(pool, entry);
        return out;
    }
    Json txids = Json::array();
    for (const auto& [txid, entry] : pool.entries()) txids.push_back(to_display(txid));
    if (!sequence) return txids;
    return Json{{"txids", std::move(txids)}, {"mempool_sequence", pool.info().sequence}};
}

RpcResult mempool_info(const Mempool& pool) {
    const mempool::PoolInfo info = pool.info();
    const auto rate = [](mempool::FeeRate of) { return amount_json(Amount{of.sat_per_kvb}); };
    Json out = Json::object();
    out["loaded"] = true;
    out["size"] = info.count;
    out["bytes"] = info.vsize;
    out["usage"] = info.bytes;
    out["total_fee"] = amount_json(info.fees);
    out["maxmempool"] = pool.policy().max_bytes;
    out["mempoolminfee"] = rate(info.min_rate);
    out["minrelaytxfee"] = rate(pool.policy().min_relay);
    out["incrementalrelayfee"] = rate(pool.policy().incremental);
    out["unbroadcastcount"] = 0;
    out["fullrbf"] = false;
    return out;
}

RpcResult relatives_json(const Mempool& pool, const Txid& txid, bool verbose, bool up) {
    if (pool.find(txid) == nullptr) return not_in_pool();
    const mempool::Relatives found = up ? pool.ancestors(txid) : pool.descendants(txid);
    Json out = verbose ? Json::object() : Json::array();
    for (const Txid& relative : found.txids) {
        if (verbose) {
            out[to_display(relative)] = entry_json(pool, *pool.find(relative));
        } else {
            out.push_back(to_display(relative));
        }
    }
    return out;
}

RpcResult get_txout(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    const int64_t n = TRY(args.integer(1));
    if (n < 0 || n > UINT32_MAX) return rpc_error(Code::kMisc, "JSON integer out of range");
    const OutPoint outpoint{txid, static_cast<uint32_t>(n)};
    const bool with_pool = args.flag_or(2, true);
    struct Found {
        BlockHash best;
        uint32_t height = 0;
        std::optional<rules::Coin> coin;
        ConfidentialNonce nonce;
        bool confirmed = true;
    };
    const auto look = [chain = chain.chain, pool = ports.pool, outpoint, with_pool] {
        Found out;
        const chain::ChainTip tip = chain->reader().tip();
        out.best = tip.hash;
        out.height = tip.height;
        if (with_pool && pool->spender(outpoint)) return out;
        const Entry* entry = with_pool ? pool->find(outpoint.txid) : nullptr;
        if (entry != nullptr && outpoint.index < entry->tx->tx.outputs.size()) {
            const TxOut& output = entry->tx->tx.outputs[outpoint.index];
            out.confirmed = false;
            if (!is_unspendable(output.script)) out.coin = rules::Coin{output, 0, false};
            return out;
        }
        out.coin = chain->coins().get(outpoint);
        return out;
    };
    const Found found = TRY(on_state(chain, look));
    if (!found.coin) return Json();
    const TxOut& output = found.coin->out;
    Json out = Json::object();
    out["bestblock"] = to_display(found.best);
    out["confirmations"] = found.confirmed ? found.height - found.coin->height + 1 : 0;
    if (output.value.is_explicit()) {
        out["value"] = amount_json(output.value.explicit_value());
    } else {
        out["valuecommitment"] = to_hex(output.value.commitment().view());
    }
    if (output.asset.is_explicit()) {
        out["asset"] = to_display(output.asset.explicit_value());
    } else {
        out["assetcommitment"] = to_hex(output.asset.commitment().view());
    }
    out["commitmentnonce"] = output.nonce.bytes ? to_hex(output.nonce.bytes->view()) : "";
    out["scriptPubKey"] = script_pubkey_json(output.script, *chain.params);
    out["coinbase"] = found.coin->coinbase;
    return out;
}

RpcResult spending_prevout(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    if (args.json(0).empty()) return rpc_error(Code::kInvalidParameter, "Invalid parameter, outputs are missing");
    std::vector<OutPoint> outpoints;
    for (const Json& item : args.json(0)) {
        if (!item.is_object()) return rpc_error(Code::kType, "Each output must be an object with txid and vout");
        TRY_VOID(check_fields(item, {{"txid", "string"}, {"vout", "number"}}, true));
        const Txid txid = Txid::from_view(TRY(id_bytes_from_text(item["txid"].get<std::string>(), "txid")));
        const int64_t n = TRY(integer_from_json(item["vout"]));
        if (n < 0) return rpc_error(Code::kInvalidParameter, "Invalid parameter, vout cannot be negative");
        if (n > UINT32_MAX) return rpc_error(Code::kMisc, "JSON integer out of range");
        outpoints.push_back({txid, static_cast<uint32_t>(n)});
    }
    return TRY(on_state(chain, [pool = ports.pool, outpoints]() -> RpcResult {
        Json out = Json::array();
        for (const OutPoint& outpoint : outpoints) {
            Json one = {{"txid", to_display(outpoint.txid)}, {"vout", outpoint.index}};
            if (const auto spender = pool->spender(outpoint)) one["spendingtxid"] = to_display(*spender);
            out.push_back(std::move(one));
        }
        return out;
    }));
}

RpcResult estimate_smart_fee(const Args& args) {
    const int64_t target = TRY(args.integer(0));
    constexpr int64_t kLongest = 1008;  // blocks
    if (target < 1 || target > kLongest) {
        return rpc_error(Code::kInvalidParameter,
                         "Invalid conf_target, must be between 1 and " + std::to_string(kLongest));
    }
    if (args.has(1)) {
        std::string mode = args.text(1);
        std::ranges::transform(mode, mode.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
        if (mode != "unset" && mode != "economical" && mode != "conservative") {
            return rpc_error(Code::kInvalidParameter,
                             "Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", "
                             "\"conservative\"");
        }
    }
    // Blocks of these chains are nearly empty and there are no statistics: callers fall back on their minimum.
    return Json{{"errors", Json::array({"Insufficient data or no feerate found"})}, {"blocks", target}};
}

}  // namespace

std::function<TxRef(const Txid&)> pool_finder(const ChainPorts& chain, const PoolPorts& pool) {
    return [chain, pool](const Txid& txid) -> TxRef {
        const auto found = on_state(chain, [pool = pool.pool, txid] {
            const Entry* entry = pool->find(txid);
            return entry != nullptr ? entry->tx : nullptr;
        });
        return found.value_or(nullptr);
    };
}

void add_pool_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& ports) {
    // Handlers that only read the pool, on the state thread.
    const auto add_reader = [&](std::string_view name, auto read) {
        dispatcher.add(name, [chain, pool = ports.pool, read](const Args& args, const Caller&) -> RpcResult {
            const auto task = TRY(read(args));
            return TRY(on_state(chain, [pool, task]() -> RpcResult { return task(*pool); }));
        });
    };
    using Task = std::function<RpcResult(const Mempool&)>;
    using Read = Result<Task, RpcError>;
    add_reader("getrawmempool", [](const Args& args) -> Read {
        return Task([verbose = args.flag_or(0, false), sequence = args.flag_or(1, false)](const Mempool& pool) {
            return raw_mempool(pool, verbose, sequence);
        });
    });
    dispatcher.add("gettxspendingprevout",
                   [chain, ports](const Args& args, const Caller&) { return spending_prevout(chain, ports, args); });
    dispatcher.add("savemempool", [chain, save = ports.save](const Args&, const Caller&) -> RpcResult {
        if (!save) return rpc_error(Code::kMisc, "The mempool was not loaded yet");
        const Result<std::string> file = TRY(on_state(chain, save));
        if (!file) return rpc_error(Code::kMisc, "Unable to dump mempool to disk");
        return Json{{"filename", *file}};
    });
    add_reader("getmempoolinfo", [](const Args&) -> Read { return Task(mempool_info); });
    add_reader("getmempoolentry", [](const Args& args) -> Read {
        const Txid txid = TRY(args.id<Txid>(0, "txid"));
        return Task([txid](const Mempool& pool) -> RpcResult {
            const Entry* entry = pool.find(txid);
            if (entry == nullptr) return not_in_pool();
            return entry_json(pool, *entry);
        });
    });
    for (const bool up : {true, false}) {
        add_reader(up ? "getmempoolancestors" : "getmempooldescendants", [up](const Args& args) -> Read {
            const Txid txid = TRY(args.id<Txid>(0, "txid"));
            return Task([txid, verbose = args.flag_or(1, false), up](const Mempool& pool) {
                return relatives_json(pool, txid, verbose, up);
            });
        });
    }
    dispatcher.add("gettxout",
                   [chain, ports](const Args& args, const Caller&) { return get_txout(chain, ports, args); });
    add_submit_methods(dispatcher, chain, ports);
    dispatcher.add("estimatesmartfee", [](const Args& args, const Caller&) { return estimate_smart_fee(args); });
}

}  // namespace sluice::rpc
