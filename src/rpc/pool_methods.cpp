#include "rpc/pool_methods.h"

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/script/script.h"
#include "mempool/mempool.h"
#include "peg/proof/pegout.h"
#include "rpc/explain.h"
#include "rpc/json_script.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

using mempool::Entry;
using mempool::Mempool;

constexpr int64_t kDefaultMaxFeeRate = 10'000'000;  // satoshi for 1000 virtual bytes
constexpr size_t kMostTested = 25;

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

// -maxfeerate: 0 means any; nullopt for that.
Result<std::optional<mempool::FeeRate>, RpcError> max_fee_rate(const Args& args, size_t i) {
    const Amount rate = args.has(i) ? TRY(args.amount(i)) : Amount{kDefaultMaxFeeRate};
    if (rate.sat >= kCoin)
        return rpc_error(Code::kInvalidParameter, "Fee rates larger than or equal to 1BTC/kvB are not accepted");
    if (rate.sat == 0) return std::nullopt;
    return mempool::FeeRate{rate.sat};
}

bool too_expensive(const mempool::Acceptance& accepted, int64_t vsize, const std::optional<mempool::FeeRate>& limit) {
    return limit && accepted.fee > limit->fee(vsize);
}

std::string full_reason(const mempool::Refusal& refusal) {
    return refusal.detail.empty() ? refusal.reason : refusal.reason + ", " + refusal.detail;
}

RpcResult test_mempool_accept(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const Json& list = args.json(0);
    if (list.empty() || list.size() > kMostTested) {
        return rpc_error(Code::kInvalidParameter,
                         "Array must contain between 1 and " + std::to_string(kMostTested) + " transactions.");
    }
    const auto limit = TRY(max_fee_rate(args, 1));
    const bool explain = args.flag_or(2, false);
    std::vector<TxRef> txs;
    for (const Json& item : list) {
        const std::string hex = item.is_string() ? item.get<std::string>() : "";
        txs.push_back(TRY(tx_from_hex(hex, "TX decode failed: " + hex + " Make sure the tx has at least one input.")));
    }
    struct Tested {
        Json list = Json::array();
        std::vector<std::pair<size_t, mempool::Refusal>> refused;  // by place in the list
    };
    Tested tested = TRY(on_state(chain, [pool = ports.pool, txs, limit] {
        Tested all;
        Json& out = all.list;
        bool stopped = false;
        for (const TxRef& tx : txs) {
            Json one = {{"txid", to_display(tx->txid)}, {"wtxid", to_display(tx->wtxid)}};
            if (stopped) {
                out.push_back(std::move(one));
                continue;
            }
            const auto verdict = pool->test_accept(tx);
            if (!verdict) {
                one["allowed"] = false;
                one["reject-reason"] = verdict.error().test_accept_reason();
                if (verdict.error().kind != mempool::RefusalKind::kMissingInputs)
                    one["reject-details"] = full_reason(verdict.error());
                all.refused.emplace_back(out.size(), verdict.error());
            } else if (too_expensive(*verdict, verdict->vsize, limit)) {
                one["allowed"] = false;
                one["reject-reason"] = "max-fee-exceeded";
                stopped = true;
            } else {
                one["allowed"] = true;
                one["vsize"] = verdict->vsize;
                const mempool::FeeRate rate =
                    mempool::FeeRate::of(verdict->fee, std::max<int64_t>(1, verdict->fee_vsize));
                one["fees"] = {{"base", amount_json(verdict->fee)},
                               {"effective-feerate", amount_json(Amount{rate.sat_per_kvb})},
                               {"effective-includes", Json::array({to_display(tx->wtxid)})}};
            }
            out.push_back(std::move(one));
        }
        return all;
    }));
    // Only where it is asked for: clients of Elements compare whole answers. Not on the state thread: scripts run
    // again.
    for (const auto& [i, refusal] : tested.refused) {
        if (!explain) break;
        tested.list[i]["explain"] = explain_json(refusal.reason, refusal.detail, refusal.breach, *chain.params);
    }
    return std::move(tested.list);
}

// Provably unspendable outputs other than fees and peg-outs.
bool burns_more_than(const Transaction& tx, Amount limit, const ChainParams& params) {
    return std::ranges::any_of(tx.outputs, [&](const TxOut& out) {
        if (!out.value.is_explicit() || out.value.explicit_value() <= limit) return false;
        const bool unspendable = !out.script.empty() && is_unspendable(out.script);
        return (unspendable && !peg::is_pegout_script(out.script, params.parent.genesis)) ||
               !script::has_valid_ops(out.script.view());
    });
}

RpcResult send_raw_transaction(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const TxRef tx = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    const auto limit = TRY(max_fee_rate(args, 1));
    const Amount burn = args.has(2) ? TRY(args.amount(2)) : Amount{0};
    if (burns_more_than(tx->tx, burn, *chain.params)) {
        return rpc_error(Code::kVerify, "Unspendable output exceeds maximum configured by user (maxburnamount)");
    }
    if (std::ranges::any_of(tx->tx.outputs,
                            [](const TxOut& out) { return !out.nonce.is_null() && out.value.is_explicit(); })) {
        return rpc_error(
            Code::kVerify,
            "Transaction output has nonce, but is not blinded. Did you forget to call blindrawtransaction, or "
            "rawblindrawtransaction?");
    }
    const auto submit = [chain = chain.chain, pool = ports.pool, tx, limit]() -> Result<void, RpcError> {
        const chain::TipCoinView coins = chain->coins();
        for (uint32_t n = 0; n < tx->tx.outputs.size(); ++n) {
            if (coins.get(OutPoint{tx->txid, n}))
                return rpc_error(Code::kAlreadyInChain, "Transaction outputs already in utxo set");
        }
        if (pool->find(tx->txid) != nullptr) return {};
        const auto refused = [](const mempool::Refusal& refusal) {
            const bool missing =
                refusal.kind == mempool::RefusalKind::kMissingInputs || refusal.kind == mempool::RefusalKind::kFault;
            return rpc_error(missing ? Code::kVerify : Code::kVerifyRejected, full_reason(refusal));
        };
        if (limit) {
            const auto verdict = pool->test_accept(tx);
            if (!verdict) return refused(verdict.error());
            if (too_expensive(*verdict, (tx->weight() + 3) / 4, limit)) {
                return rpc_error(Code::kVerify, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
            }
        }
        const auto accepted = pool->accept(tx);
        if (!accepted) return refused(accepted.error());
        return {};
    };
    const Result<void, RpcError> submitted = TRY(on_state(chain, submit));
    if (!submitted) return tl::unexpected<RpcError>(submitted.error());
    if (ports.relay) ports.relay(tx);
    return Json(to_display(tx->txid));
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
        if (!item.is_object() || !item.contains("txid") || !item["txid"].is_string())
            return rpc_error(Code::kType, "Missing txid");
        if (!item.contains("vout")) return rpc_error(Code::kType, "Missing vout");
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
    dispatcher.add("testmempoolaccept",
                   [chain, ports](const Args& args, const Caller&) { return test_mempool_accept(chain, ports, args); });
    dispatcher.add("sendrawtransaction", [chain, ports](const Args& args, const Caller&) {
        return send_raw_transaction(chain, ports, args);
    });
    dispatcher.add("gettxout",
                   [chain, ports](const Args& args, const Caller&) { return get_txout(chain, ports, args); });
    dispatcher.add("estimatesmartfee", [](const Args& args, const Caller&) { return estimate_smart_fee(args); });
}

}  // namespace sluice::rpc
