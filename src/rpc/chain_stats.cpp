// Statistics and states of blocks and deployments: getblockstats, getchaintxstats, getdeploymentinfo; verifychain.
#include <algorithm>
#include <array>
#include <set>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/rules/versionbits.h"
#include "rpc/chain_methods.h"

namespace sluice::rpc {
namespace {

// A hash as text or a height as a number.
Result<chain::BlockInfo, RpcError> active_block(const ChainPorts& ports, const Json& which) {
    if (which.is_number_integer()) {
        const int64_t height = which.get<int64_t>();
        const int64_t tip = ports.reader->tip().height;
        if (height < 0)
            return rpc_error(Code::kInvalidParameter, "Target block height " + std::to_string(height) + " is negative");
        if (height > tip) {
            return rpc_error(Code::kInvalidParameter, "Target block height " + std::to_string(height) +
                                                          " after current tip " + std::to_string(tip));
        }
        if (auto info = ports.reader->at_height(static_cast<uint32_t>(height))) return std::move(*info);
        return rpc_error(Code::kMisc, "The chain moved: try again");
    }
    if (!which.is_string())
        return rpc_error(Code::kType,
                         "JSON value of type " + std::string(type_name(which)) + " is not of expected type string");
    const BlockHash hash = BlockHash::from_view(TRY(id_bytes_from_text(which.get<std::string>(), "hash_or_height")));
    return known_block(*ports.reader, hash);
}

size_t stored_size(const TxOut& out) {
    constexpr size_t kOverhead = 32 + 4 + 4 + 1;  // outpoint, height, coinbase flag
    SizeWriter size;
    describe(size, out);
    return size.size() + kOverhead;
}

int64_t truncated_median(std::vector<int64_t> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct FeeRateAt {
    int64_t rate = 0;  // satoshi per virtual byte
    int64_t weight = 0;
    auto operator<=>(const FeeRateAt&) const = default;
};

// Rates at the 10th, 25th, 50th, 75th and 90th percentile of the weight.
Json percentiles(std::vector<FeeRateAt> rates, int64_t total_weight) {
    constexpr std::array<int64_t, 5> kTwentieths = {2, 5, 10, 15, 18};
    Json out = Json::array();
    std::ranges::sort(rates);
    int64_t reached = 0;
    for (const FeeRateAt& each : rates) {
        reached += each.weight;
        while (out.size() < kTwentieths.size() && reached * 20 >= total_weight * kTwentieths[out.size()])
            out.push_back(each.rate);
    }
    const int64_t last = rates.empty() ? 0 : rates.back().rate;
    while (out.size() < kTwentieths.size()) out.push_back(last);
    return out;
}

struct BlockSums {
    int64_t inputs = 0, outputs = 0, total_out = 0, fees = 0, size = 0, weight = 0;
    int64_t segwit_txs = 0, segwit_size = 0, segwit_weight = 0;
    int64_t created = 0, created_size = 0, created_size_all = 0, spent_size = 0;
    std::vector<int64_t> tx_fees, tx_rates, tx_sizes;
    std::vector<FeeRateAt> rates;
};

// Of the policy asset; explicit amounts only. The coinbase counts among the outputs and as nothing else.
BlockSums sum_up(const Block& block, const rules::BlockDelta* delta, uint32_t height, const AssetId& asset) {
    BlockSums out;
    for (const TxRef& tx : block.transactions) {
        int64_t fee = 0;
        int64_t paid = 0;
        for (const TxOut& output : tx->tx.outputs) {
            const auto size = static_cast<int64_t>(stored_size(output));
            out.created_size_all += size;
            if (height > 0 && !is_unspendable(output.script)) {
                ++out.created;
                out.created_size += size;
            }
            if (!output.is_explicit() || output.asset.explicit_value() != asset) continue;
            paid += output.value.explicit_value().sat;
            if (output.is_fee()) fee += output.value.explicit_value().sat;
        }
        out.outputs += static_cast<int64_t>(tx->tx.outputs.size());
        if (tx->tx.is_coinbase()) continue;
        const int64_t size = tx->size;
        const int64_t weight = tx->weight();
        out.inputs += static_cast<int64_t>(tx->tx.inputs.size());
        for (const TxIn& in : tx->tx.inputs) {
            // The reference's undo data hold a null output for each peg-in, and it is counted as any other.
            if (in.is_pegin) out.spent_size += static_cast<int64_t>(stored_size(TxOut{}));
        }
        out.total_out += paid;
        out.fees += fee;
        out.size += size;
        out.weight += weight;
        if (tx->tx.has_witness()) {
            ++out.segwit_txs;
            out.segwit_size += size;
            out.segwit_weight += weight;
        }
        out.tx_sizes.push_back(size);
        out.tx_fees.push_back(fee);
        out.tx_rates.push_back(weight > 0 ? fee * 4 / weight : 0);
        out.rates.push_back({out.tx_rates.back(), weight});
    }
    if (delta != nullptr) {
        for (const rules::CoinChange& change : delta->spent)
            out.spent_size += static_cast<int64_t>(stored_size(change.coin.out));
    }
    return out;
}

RpcResult get_block_stats(const ChainPorts& ports, const Args& args) {
    const chain::BlockInfo info = TRY(active_block(ports, args.json(0)));
    const std::shared_ptr<const Block> block = TRY(stored_block(*ports.reader, info));
    std::optional<rules::BlockDelta> delta;
    if (info.height > 0) {
        Result<rules::BlockDelta> read = ports.reader->delta(info.hash);
        if (!read) return rpc_error(Code::kMisc, "Can't read undo data from disk");
        delta = std::move(*read);
    }
    const BlockSums sums = sum_up(*block, delta ? &*delta : nullptr, info.height, ports.params->policy_asset);
    const auto txs = static_cast<int64_t>(block->transactions.size());
    const auto average = [&](int64_t sum) { return txs > 1 ? sum / (txs - 1) : 0; };
    const auto most = [](const std::vector<int64_t>& of) { return of.empty() ? 0 : *std::ranges::max_element(of); };
    const auto least = [](const std::vector<int64_t>& of) { return of.empty() ? 0 : *std::ranges::min_element(of); };
    Json all = Json::object();
    all["avgfee"] = average(sums.fees);
    all["avgfeerate"] = sums.weight > 0 ? sums.fees * 4 / sums.weight : 0;
    all["avgtxsize"] = average(sums.size);
    all["blockhash"] = to_display(info.hash);
    all["feerate_percentiles"] = percentiles(sums.rates, sums.weight);
    all["height"] = info.height;
    all["ins"] = sums.inputs;
    all["maxfee"] = most(sums.tx_fees);
    all["maxfeerate"] = most(sums.tx_rates);
    all["maxtxsize"] = most(sums.tx_sizes);
    all["medianfee"] = truncated_median(sums.tx_fees);
    all["mediantime"] = info.median_time_past;
    all["mediantxsize"] = truncated_median(sums.tx_sizes);
    all["minfee"] = least(sums.tx_fees);
    all["minfeerate"] = least(sums.tx_rates);
    all["mintxsize"] = least(sums.tx_sizes);
    all["outs"] = sums.outputs;
    all["subsidy"] = ports.params->subsidy_at(static_cast<int32_t>(info.height));
    all["swtotal_size"] = sums.segwit_size;
    all["swtotal_weight"] = sums.segwit_weight;
    all["swtxs"] = sums.segwit_txs;
    all["time"] = info.time;
    all["total_out"] = sums.total_out;
    all["total_size"] = sums.size;
    all["total_weight"] = sums.weight;
    all["totalfee"] = sums.fees;
    all["txs"] = txs;
    all["utxo_increase"] = sums.outputs - sums.inputs;
    all["utxo_size_inc"] = sums.created_size_all - sums.spent_size;
    all["utxo_increase_actual"] = sums.created - sums.inputs;
    all["utxo_size_inc_actual"] = sums.created_size - sums.spent_size;
    if (!args.has(1) || args.json(1).empty()) return all;
    std::set<std::string> wanted;
    for (const Json& name : args.json(1)) {
        if (!name.is_string())
            return rpc_error(Code::kType,
                             "JSON value of type " + std::string(type_name(name)) + " is not of expected type string");
        wanted.insert(name.get<std::string>());
    }
    Json out = Json::object();
    for (const std::string& name : wanted) {
        if (!all.contains(name)) return rpc_error(Code::kInvalidParameter, "Invalid selected statistic '" + name + "'");
        out[name] = all[name];
    }
    return out;
}

RpcResult get_chain_tx_stats(const ChainPorts& ports, const Args& args) {
    constexpr int64_t kMonth = 30 * 24 * 60;  // blocks of a minute
    chain::BlockInfo last;
    if (args.has(1)) {
        last = TRY(known_block(*ports.reader, TRY(args.id<BlockHash>(1, "blockhash"))));
        if (!last.active) return rpc_error(Code::kInvalidParameter, "Block is not in main chain");
    } else {
        last = TRY(known_block(*ports.reader, ports.reader->tip().hash));
    }
    int64_t count = std::max<int64_t>(0, std::min<int64_t>(kMonth, int64_t{last.height} - 1));
    if (args.has(0)) {
        count = TRY(args.integer(0));
        if (count < 0 || (count > 0 && count >= last.height)) {
            return rpc_error(Code::kInvalidParameter,
                             "Invalid block count: should be between 0 and the block's height - 1");
        }
    }
    const auto first = ports.reader->ancestor(last.hash, static_cast<uint32_t>(last.height - count));
    if (!first) return rpc_error(Code::kInternal, "a block is not in the block tree");
    const int64_t interval = int64_t{last.median_time_past} - int64_t{first->median_time_past};
    Json out = Json::object();
    out["time"] = last.time;
    if (last.chain_tx_count != 0) out["txcount"] = last.chain_tx_count;
    out["window_final_block_hash"] = to_display(last.hash);
    out["window_final_block_height"] = last.height;
    out["window_block_count"] = count;
    if (count == 0) return out;
    out["window_interval"] = interval;
    if (last.chain_tx_count == 0 || first->chain_tx_count == 0) return out;
    const uint64_t txs = last.chain_tx_count - first->chain_tx_count;
    out["window_tx_count"] = txs;
    if (interval > 0) out["txrate"] = real_json(static_cast<double>(txs) / static_cast<double>(interval));
    return out;
}

Json bip9_json(const HeaderView& branch, const HeaderView* before, Deployment deployment, const ChainParams& params,
               rules::VersionBits& bits) {
    const DeploymentParams& of = params.deployments[static_cast<size_t>(deployment)];
    using State = rules::DeploymentState;
    // Before the genesis block's successor nothing has begun.
    const State next = bits.state_after(branch, deployment);
    const State current = before != nullptr
                              ? bits.state_after(*before, deployment)
                              : (of.start == DeploymentParams::kAlwaysActive ? State::kActive : State::kDefined);
    const bool signals = current == State::kStarted || current == State::kLockedIn;
    Json bip9 = Json::object();
    if (signals) bip9["bit"] = of.bit;
    bip9["start_time"] = of.start;
    bip9["timeout"] = of.timeout;
    bip9["min_activation_height"] = of.min_activation_height;
    bip9["status"] = to_string(current);
    bip9["since"] = before != nullptr ? bits.since_height(*before, deployment) : 0;
    bip9["status_next"] = to_string(next);
    if (signals) {
        const rules::SignallingCount count = bits.count(branch, deployment);
        Json statistics = {{"period", count.period}, {"elapsed", count.elapsed}, {"count", count.count}};
        if (current != State::kLockedIn) {
            statistics["threshold"] = count.threshold;
            statistics["possible"] = count.possible;
        }
        bip9["statistics"] = std::move(statistics);
        std::string marks;
        for (const bool signalled : count.signalled) marks += signalled ? '#' : '-';
        bip9["signalling"] = std::move(marks);
    }
    Json out = {{"type", "bip9"}};
    if (next == State::kActive) out["height"] = bits.since_height(branch, deployment);
    out["active"] = next == State::kActive;
    out["bip9"] = std::move(bip9);
    return out;
}

RpcResult get_deployment_info(const ChainPorts& ports, const Args& args) {
    const ChainParams& params = *ports.params;
    const BlockHash hash = args.has(0) ? TRY(args.id<BlockHash>(0, "blockhash")) : ports.reader->tip().hash;
    const chain::BlockInfo info = TRY(known_block(*ports.reader, hash));
    const chain::HeaderViewPtr branch = ports.reader->branch(hash);
    const chain::HeaderViewPtr before = info.height > 0 ? ports.reader->branch(info.prev) : nullptr;
    if (!branch || (info.height > 0 && !before))
        return rpc_error(Code::kInternal, "the block is not in the block tree");
    Json deployments = Json::object();
    const std::pair<const char*, int64_t> buried[] = {{"bip34", params.bip34_height},
                                                      {"bip66", params.bip66_height},
                                                      {"bip65", params.bip65_height},
                                                      {"csv", params.csv_height},
                                                      {"segwit", params.segwit_height}};
    for (const auto& [name, height] : buried) {
        if (height == std::numeric_limits<int32_t>::max()) continue;
        deployments[name] = {{"type", "buried"}, {"active", int64_t{info.height} + 1 >= height}, {"height", height}};
    }
    rules::VersionBits bits(params);
    for (const Deployment deployment :
         {Deployment::kDynafed, Deployment::kTestDummy, Deployment::kTaproot, Deployment::kSimplicity}) {
        if (params.deployments[static_cast<size_t>(deployment)].start == DeploymentParams::kNeverActive) continue;
        deployments[std::string(to_string(deployment))] = bip9_json(*branch, before.get(), deployment, params, bits);
    }
    return Json{{"hash", to_display(hash)}, {"height", info.height}, {"deployments", std::move(deployments)}};
}

// Reads blocks and undo back; levels above 2 are what connecting did when the block came, and are not done again.
RpcResult verify_chain(const ChainPorts& ports, const Args& args) {
    const int64_t level = TRY(args.integer_or(0, 3));
    int64_t blocks = TRY(args.integer_or(1, 6));
    const chain::ChainTip tip = ports.reader->tip();
    if (blocks <= 0 || blocks > tip.height) blocks = tip.height;
    for (int64_t i = 0; i < blocks; ++i) {
        if (ports.stopping != nullptr && ports.stopping->load()) return Json(false);
        const auto info = ports.reader->ancestor(tip.hash, static_cast<uint32_t>(tip.height - i));
        if (!info) return Json(false);
        const auto block = ports.reader->block(info->hash);  // compares with the hash
        if (!block) return Json(false);
        if (level >= 2 && !ports.reader->delta(info->hash)) return Json(false);
    }
    return Json(true);
}

}  // namespace

void add_chain_stats_methods(Dispatcher& dispatcher, const ChainPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const ChainPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("getblockstats", get_block_stats);
    add("getchaintxstats", get_chain_tx_stats);
    add("getdeploymentinfo", get_deployment_info);
    add("verifychain", verify_chain);
    // Answers when the state thread has done what was asked of it before, and its listeners have heard of it.
    add("syncwithvalidationinterfacequeue", [](const ChainPorts& p, const Args&) -> RpcResult {
        TRY_VOID(on_state(p, [] {}));
        return Json();
    });
}

}  // namespace sluice::rpc
