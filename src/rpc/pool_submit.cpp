// Transactions handed to the pool: sendrawtransaction, submitpackage, testmempoolaccept.
#include <algorithm>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/script/script.h"
#include "mempool/mempool.h"
#include "peg/proof/pegout.h"
#include "rpc/explain.h"
#include "rpc/pool_methods.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

using mempool::PackageVerdict;

constexpr int64_t kDefaultMaxFeeRate = 10'000'000;  // satoshi for 1000 virtual bytes

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

Result<std::vector<TxRef>, RpcError> package_from(const Json& list) {
    if (list.empty() || list.size() > mempool::kMaxPackageCount) {
        return rpc_error(Code::kInvalidParameter, "Array must contain between 1 and " +
                                                      std::to_string(mempool::kMaxPackageCount) + " transactions.");
    }
    std::vector<TxRef> txs;
    for (const Json& item : list) {
        const std::string hex = item.is_string() ? item.get<std::string>() : "";
        txs.push_back(TRY(tx_from_hex(hex, "TX decode failed: " + hex + " Make sure the tx has at least one input.")));
    }
    return txs;
}

Json effective_json(const mempool::Acceptance& accepted) {
    Json out = {{"base", amount_json(accepted.fee)},
                {"effective-feerate", amount_json(Amount{accepted.effective.sat_per_kvb})}};
    Json with = Json::array();
    for (const Wtxid& wtxid : accepted.effective_with) with.push_back(to_display(wtxid));
    out["effective-includes"] = std::move(with);
    return out;
}

PackageVerdict test(mempool::Mempool& pool, const std::vector<TxRef>& txs) {
    if (txs.size() > 1) return pool.test_package(txs);
    PackageVerdict out;
    auto verdict = pool.test_accept(txs[0]);
    if (verdict) {
        out.members.emplace(txs[0]->wtxid, std::move(*verdict));
    } else {
        out.members.emplace(txs[0]->wtxid, std::move(verdict.error()));
    }
    return out;
}

RpcResult test_mempool_accept(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const std::vector<TxRef> txs = TRY(package_from(args.json(0)));
    const auto limit = TRY(max_fee_rate(args, 1));
    const bool explains = args.flag_or(2, false);
    struct Tested {
        Json list = Json::array();
        std::vector<std::pair<size_t, mempool::Refusal>> refused;  // by place in the list
    };
    Tested tested = TRY(on_state(chain, [pool = ports.pool, txs, limit, explains] {
        const PackageVerdict verdict = test(*pool, txs);
        Tested all;
        bool stopped = false;  // a transaction says nothing of those that need it
        for (const TxRef& tx : txs) {
            Json one = {{"txid", to_display(tx->txid)}, {"wtxid", to_display(tx->wtxid)}};
            if (verdict.kind == PackageVerdict::Kind::kPackage) one["package-error"] = verdict.text;
            const auto member = verdict.members.find(tx->wtxid);
            if (stopped || member == verdict.members.end()) {
                all.list.push_back(std::move(one));
                continue;
            }
            if (const auto* refusal = std::get_if<mempool::Refusal>(&member->second)) {
                one["allowed"] = false;
                one["reject-reason"] = refusal->test_accept_reason();
                if (refusal->kind != mempool::RefusalKind::kMissingInputs) one["reject-details"] = refusal->text();
                if (explains) all.refused.emplace_back(all.list.size(), *refusal);
            } else if (const auto* accepted = std::get_if<mempool::Acceptance>(&member->second)) {
                stopped = too_expensive(*accepted, accepted->vsize, limit);
                one["allowed"] = !stopped;
                if (stopped) {
                    one["reject-reason"] = "max-fee-exceeded";
                } else {
                    one["vsize"] = accepted->vsize;
                    one["fees"] = effective_json(*accepted);
                }
            }
            all.list.push_back(std::move(one));
        }
        return all;
    }));
    // Only where it is asked for: clients of Elements compare whole answers. Not on the state thread: scripts run
    // again.
    for (const auto& [i, refusal] : tested.refused) {
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

tl::unexpected<RpcError> burns_too_much() {
    return rpc_error(Code::kVerify, "Unspendable output exceeds maximum configured by user (maxburnamount)");
}

RpcResult send_raw_transaction(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const TxRef tx = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    const auto limit = TRY(max_fee_rate(args, 1));
    const Amount burn = args.has(2) ? TRY(args.amount(2)) : Amount{0};
    if (burns_more_than(tx->tx, burn, *chain.params)) return burns_too_much();
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
            return rpc_error(missing ? Code::kVerify : Code::kVerifyRejected, refusal.text());
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

Json member_json(const TxRef& tx, const mempool::MemberVerdict& verdict) {
    Json out = {{"txid", to_display(tx->txid)}};
    if (const auto* accepted = std::get_if<mempool::Acceptance>(&verdict)) {
        out["vsize"] = accepted->vsize;
        out["fees"] = effective_json(*accepted);
    } else if (const auto* here = std::get_if<mempool::AlreadyHere>(&verdict)) {
        out["vsize"] = here->vsize;
        out["fees"] = {{"base", amount_json(here->fee)}};
    } else if (const auto* other = std::get_if<mempool::OtherWitness>(&verdict)) {
        out["other-wtxid"] = to_display(other->wtxid);
    } else {
        out["error"] = std::get<mempool::Refusal>(verdict).text();
    }
    return out;
}

RpcResult submit_package(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const std::vector<TxRef> txs = TRY(package_from(args.json(0)));
    const auto limit = TRY(max_fee_rate(args, 1));
    const Amount burn = args.has(2) ? TRY(args.amount(2)) : Amount{0};
    if (std::ranges::any_of(txs, [&](const TxRef& tx) { return burns_more_than(tx->tx, burn, *chain.params); }))
        return burns_too_much();
    if (txs.size() > 1 && !mempool::is_child_with_parents_tree(txs)) {
        return rpc_error(Code::kVerify,
                         "package topology disallowed. not child-with-parents or parents depend on each other.");
    }
    struct Submitted {
        PackageVerdict verdict;
        std::vector<TxRef> here;
    };
    const Submitted submitted = TRY(on_state(chain, [pool = ports.pool, txs, limit] {
        Submitted out{pool->submit_package(txs, limit), {}};
        for (const TxRef& tx : txs) {
            if (pool->find(tx->txid) != nullptr) out.here.push_back(tx);
        }
        return out;
    }));
    for (const TxRef& tx : submitted.here) {
        if (ports.relay) ports.relay(tx);
    }
    const PackageVerdict& verdict = submitted.verdict;
    Json results = Json::object();
    std::set<Txid> replaced;  // in the reference's order: by the id's bytes, not as they are shown
    for (const TxRef& tx : txs) {
        const auto member = verdict.members.find(tx->wtxid);
        if (member == verdict.members.end()) continue;
        results[to_display(tx->wtxid)] = member_json(tx, member->second);
        if (const auto* accepted = std::get_if<mempool::Acceptance>(&member->second)) {
            replaced.insert(accepted->replaced.begin(), accepted->replaced.end());
        }
    }
    Json replaced_list = Json::array();
    for (const Txid& txid : replaced) replaced_list.push_back(to_display(txid));
    const bool good = verdict.kind == PackageVerdict::Kind::kGood;
    return Json{{"package_msg", good ? "success" : verdict.text},
                {"tx-results", std::move(results)},
                {"replaced-transactions", std::move(replaced_list)}};
}

}  // namespace

void add_submit_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& ports) {
    dispatcher.add("testmempoolaccept",
                   [chain, ports](const Args& args, const Caller&) { return test_mempool_accept(chain, ports, args); });
    dispatcher.add("submitpackage",
                   [chain, ports](const Args& args, const Caller&) { return submit_package(chain, ports, args); });
    dispatcher.add("sendrawtransaction", [chain, ports](const Args& args, const Caller&) {
        return send_raw_transaction(chain, ports, args);
    });
}

}  // namespace sluice::rpc
