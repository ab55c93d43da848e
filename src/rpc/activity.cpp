// getdescriptoractivity: what blocks and the pool paid to, and spent from, the scripts of descriptors.
#include <map>
#include <set>

#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "mempool/mempool.h"
#include "mempool/tip_source.h"
#include "rpc/chain_methods.h"
#include "rpc/descriptor.h"
#include "rpc/filter_methods.h"
#include "rpc/json_script.h"

namespace sluice::rpc {
namespace {

using Spent = std::map<OutPoint, TxOut>;

class Activity {
public:
    Activity(const ChainParams& params, std::set<Script> watched) : params_(params), watched_(std::move(watched)) {}

    // `block`: nullptr for the pool.
    void add(const TxRef& tx, const Spent& spent, const chain::BlockInfo* block) {
        for (size_t i = 0; i < tx->tx.inputs.size(); ++i) {
            const OutPoint& prevout = tx->tx.inputs[i].prevout;
            const auto found = tx->tx.inputs[i].is_pegin ? spent.end() : spent.find(prevout);
            if (found == spent.end() || !watched_.contains(found->second.script)) continue;
            Json event = start("spend", found->second, block);
            event["spend_txid"] = to_display(tx->txid);
            event["spend_vin"] = i;
            event["prevout_txid"] = to_display(prevout.txid);
            event["prevout_vout"] = prevout.index;
            event["prevout_spk"] = script_pubkey_json(found->second.script, params_);
            events.push_back(std::move(event));
        }
        for (size_t i = 0; i < tx->tx.outputs.size(); ++i) {
            const TxOut& out = tx->tx.outputs[i];
            if (!watched_.contains(out.script)) continue;
            Json event = start("receive", out, block);
            event["txid"] = to_display(tx->txid);
            event["vout"] = i;
            event["output_spk"] = script_pubkey_json(out.script, params_);
            events.push_back(std::move(event));
        }
    }
    Json events = Json::array();

private:
    static Json start(const char* type, const TxOut& out, const chain::BlockInfo* block) {
        Json event = {{"type", type}};
        if (out.value.is_explicit()) {
            event["amount"] = amount_json(out.value.explicit_value());
        } else {
            event["amountcommitment"] = to_hex(out.value.commitment().view());
        }
        if (block != nullptr) {
            event["blockhash"] = to_display(block->hash);
            event["height"] = block->height;
        }
        return event;
    }
    const ChainParams& params_;
    std::set<Script> watched_;
};

struct Pooled {
    std::vector<TxRef> txs;
    Spent spent;
};

// State thread.
Pooled read_pool(const PoolPorts& ports) {
    Pooled out;
    (void)ports.tips->with_tip([&](const mempool::Tip& tip) {
        for (const auto& [txid, entry] : ports.pool->entries()) {
            const TxRef& tx = entry.tx;
            out.txs.push_back(tx);
            for (const TxIn& in : tx->tx.inputs) {
                if (in.is_pegin) continue;
                const mempool::Entry* const parent = ports.pool->find(in.prevout.txid);
                if (parent != nullptr && in.prevout.index < parent->tx->tx.outputs.size()) {
                    out.spent[in.prevout] = parent->tx->tx.outputs[in.prevout.index];
                } else if (const auto coin = tip.coins.get(in.prevout)) {
                    out.spent[in.prevout] = coin->out;
                }
            }
        }
    });
    return out;
}

RpcResult descriptor_activity(const ChainPorts& ports, const PoolPorts& pool, const Args& args) {
    std::map<uint32_t, chain::BlockInfo> blocks;
    for (const Json& item : args.json(0)) {
        const std::string text = item.is_string() ? item.get<std::string>() : "";
        const BlockHash hash = BlockHash::from_view(TRY(id_bytes_from_text(text, "blockhash")));
        const chain::BlockInfo info = TRY(known_block(*ports.reader, hash));
        if (!info.active) return rpc_error(Code::kInvalidParameter, "Block is not in main chain");
        blocks.emplace(info.height, info);
    }
    std::set<Script> watched;
    for (const Json& object : args.json(1)) {
        for (ScriptDescriptor& each : TRY(scan_object_scripts(object, *ports.params)))
            watched.insert(std::move(each.script));
    }
    Activity activity(*ports.params, std::move(watched));
    for (const auto& [height, info] : blocks) {
        const std::shared_ptr<const Block> block = TRY(stored_block(*ports.reader, info));
        Spent spent;
        if (height > 0) {
            const auto delta = ports.reader->delta(info.hash);
            if (!delta) return tl::unexpected<RpcError>(unavailable(delta.error()));
            for (const rules::CoinChange& change : delta->spent) spent[change.outpoint] = change.coin.out;
        }
        for (const TxRef& tx : block->transactions) activity.add(tx, spent, &info);
    }
    if (args.flag_or(2, true)) {
        const Pooled pooled = TRY(on_state(ports, [pool] { return read_pool(pool); }));
        for (const TxRef& tx : pooled.txs) activity.add(tx, pooled.spent, nullptr);
    }
    return Json{{"activity", std::move(activity.events)}};
}

}  // namespace

void add_activity_method(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool) {
    dispatcher.add("getdescriptoractivity",
                   [ports, pool](const Args& args, const Caller&) { return descriptor_activity(ports, pool, args); });
}

}  // namespace sluice::rpc
