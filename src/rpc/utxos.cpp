// getutxos: several outputs of one moment, for REST.
#include "chain/chain_reader.h"
#include "codec/hex.h"
#include "codec/writer.h"
#include "mempool/mempool.h"
#include "mempool/tip_source.h"
#include "rpc/json_script.h"
#include "rpc/pool_methods.h"

namespace sluice::rpc {
namespace {

constexpr uint32_t kPoolHeight = 0x7fffffff;  // as the height of what no block has yet

struct Found {
    uint32_t height = 0;
    TxOut out;
};
struct Moment {
    chain::ChainTip tip;
    std::vector<std::optional<Found>> outputs;
};

// State thread.
Moment look(const ChainPorts& chain, const PoolPorts& ports, const std::vector<OutPoint>& wanted, bool with_pool) {
    Moment out;
    out.tip = chain.reader->tip();
    out.outputs.resize(wanted.size());
    (void)ports.tips->with_tip([&](const mempool::Tip& tip) {
        for (size_t i = 0; i < wanted.size(); ++i) {
            const mempool::Entry* const entry = with_pool ? ports.pool->find(wanted[i].txid) : nullptr;
            if (with_pool && ports.pool->spender(wanted[i])) continue;
            if (entry != nullptr) {
                if (wanted[i].index < entry->tx->tx.outputs.size())
                    out.outputs[i] = Found{kPoolHeight, entry->tx->tx.outputs[wanted[i].index]};
            } else if (const auto coin = tip.coins.get(wanted[i])) {
                out.outputs[i] = Found{coin->height, coin->out};
            }
        }
    });
    return out;
}

// BIP 64.
std::string serialized(const Moment& moment) {
    ByteWriter writer;
    writer.u32(moment.tip.height);
    writer.raw(moment.tip.hash.view());
    Bytes bitmap((moment.outputs.size() + 7) / 8);
    size_t count = 0;
    for (size_t i = 0; i < moment.outputs.size(); ++i) {
        if (!moment.outputs[i]) continue;
        bitmap[i / 8] = static_cast<uint8_t>(bitmap[i / 8] | 1u << i % 8);
        ++count;
    }
    writer.var_bytes(bitmap);
    writer.compact_size(count);
    for (const auto& found : moment.outputs) {
        if (!found) continue;
        writer.u32(0);
        writer.u32(found->height);
        describe(static_cast<Writer&>(writer), found->out);
    }
    return to_hex(writer.bytes());
}

RpcResult get_utxos(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    std::vector<OutPoint> wanted;
    for (const Json& item : args.json(0)) {
        if (!item.is_array() || item.size() != 2 || !item[0].is_string())
            return rpc_error(Code::kInvalidParameter, "each output is [txid, n]");
        const Txid txid = Txid::from_view(TRY(id_bytes_from_text(item[0].get<std::string>(), "txid")));
        const int64_t n = TRY(integer_from_json(item[1]));
        if (n < 0 || n > UINT32_MAX) return rpc_error(Code::kInvalidParameter, "n is out of range");
        wanted.push_back({txid, static_cast<uint32_t>(n)});
    }
    const Moment moment = TRY(on_state(chain, [chain, ports, wanted, with_pool = args.flag_or(1, false)] {
        return look(chain, ports, wanted, with_pool);
    }));
    std::string bitmap;
    Json utxos = Json::array();
    for (const auto& found : moment.outputs) {
        bitmap.push_back(found ? '1' : '0');
        if (!found) continue;
        Json utxo = {{"height", found->height}};
        if (found->out.value.is_explicit()) utxo["value"] = amount_json(found->out.value.explicit_value());
        utxo["scriptPubKey"] = script_pubkey_json(found->out.script, *chain.params);
        utxos.push_back(std::move(utxo));
    }
    return Json{{"chainHeight", moment.tip.height},
                {"chaintipHash", to_display(moment.tip.hash)},
                {"bitmap", bitmap},
                {"utxos", std::move(utxos)},
                {"hex", serialized(moment)}};
}

}  // namespace

void add_utxos_method(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& ports) {
    dispatcher.add("getutxos",
                   [chain, ports](const Args& args, const Caller&) { return get_utxos(chain, ports, args); });
}

}  // namespace sluice::rpc
