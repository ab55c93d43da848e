// scantxoutset: one scan at a time, on the rpc thread that asked for it; the others may watch and stop it.
#include <map>
#include <memory>

#include "chain/chain_reader.h"
#include "chain/coin_scan.h"
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "rpc/chain_methods.h"
#include "rpc/descriptor.h"
#include "rpc/json_script.h"
#include "rpc/scan_reservation.h"

namespace sluice::rpc {
namespace {

struct Scanner {
    std::atomic<bool> busy{false};
    chain::ScanControl control;
};

using Wanted = std::map<Script, std::string>;  // with the descriptor that is shown

Result<Wanted, RpcError> wanted_scripts(const Json& objects, const ChainParams& params) {
    Wanted out;
    for (const Json& object : objects) {
        for (ScriptDescriptor& each : TRY(scan_object_scripts(object, params)))
            out.emplace(std::move(each.script), std::move(each.text));
    }
    return out;
}

RpcResult start(const ChainPorts& ports, const Json& objects, Scanner& scanner) {
    scanner.control.stop = false;
    scanner.control.percent = 0;
    const Wanted wanted = TRY(wanted_scripts(objects, *ports.params));
    std::set<Script> scripts;
    for (const auto& [script, text] : wanted) scripts.insert(script);
    const Result<chain::CoinScan> scan = ports.reader->find_coins(scripts, scanner.control);
    if (!scan) return tl::unexpected<RpcError>(unavailable(scan.error()));
    const auto best = ports.reader->find(scan->best_block);
    if (!best) return rpc_error(Code::kInternal, "the scanned block is not in the block tree");
    int64_t total = 0;
    Json unspents = Json::array();
    for (const chain::FoundCoin& each : scan->found) {
        const TxOut& out = each.coin.out;
        const auto block = ports.reader->ancestor(best->hash, each.coin.height);
        if (!block) return rpc_error(Code::kInternal, "the block of a coin is not in the block tree");
        Json unspent = Json::object();
        unspent["txid"] = to_display(each.outpoint.txid);
        unspent["vout"] = each.outpoint.index;
        unspent["scriptPubKey"] = to_hex(out.script.view());
        unspent["desc"] = wanted.at(out.script);
        if (out.value.is_explicit()) {
            unspent["amount"] = amount_json(out.value.explicit_value());
        } else {
            unspent["amountcommitment"] = to_hex(out.value.commitment().view());
        }
        if (out.asset.is_explicit()) {
            unspent["asset"] = to_display(out.asset.explicit_value());
        } else {
            unspent["assetcommitment"] = to_hex(out.asset.commitment().view());
        }
        unspent["coinbase"] = each.coin.coinbase;
        unspent["height"] = each.coin.height;
        unspent["blockhash"] = to_display(block->hash);
        unspent["confirmations"] = int64_t{best->height} - each.coin.height + 1;
        unspents.push_back(std::move(unspent));
        if (out.is_explicit() && out.asset.explicit_value() == ports.params->pegged_asset)
            total += out.value.explicit_value().sat;
    }
    return Json{{"success", scan->complete},       {"txouts", scan->outputs},
                {"height", best->height},          {"bestblock", to_display(best->hash)},
                {"unspents", std::move(unspents)}, {"total_unblinded_bitcoin_amount", amount_json(Amount{total})}};
}

RpcResult scan_txout_set(const ChainPorts& ports, const Args& args, Scanner& scanner) {
    const std::string action = args.text(0);
    if (action != "start" && action != "status" && action != "abort") {
        return rpc_error(Code::kInvalidParameter, "Invalid action '" + action + "'");
    }
    const ScanReservation reservation(scanner.busy);
    if (action == "status") return reservation.held() ? Json() : Json{{"progress", scanner.control.percent.load()}};
    if (action == "abort") {
        if (reservation.held()) return Json(false);
        scanner.control.stop = true;
        return Json(true);
    }
    if (!reservation.held()) {
        return rpc_error(Code::kInvalidParameter, "Scan already in progress, use action \"abort\" or \"status\"");
    }
    if (!args.has(1)) return rpc_error(Code::kMisc, "scanobjects argument is required for the start action");
    return start(ports, args.json(1), scanner);
}

}  // namespace

void add_coin_scan_method(Dispatcher& dispatcher, const ChainPorts& ports) {
    dispatcher.add("scantxoutset", [ports, scanner = std::make_shared<Scanner>()](const Args& args, const Caller&) {
        return scan_txout_set(ports, args, *scanner);
    });
}

}  // namespace sluice::rpc
