// Locked coins, abandoned transactions, reading the chain again.
#include "codec/hex.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;

Result<OutPoint, RpcError> coin_from(const Json& value) {
    if (!value.is_object() || !value.contains("txid") || !value["txid"].is_string())
        return rpc_error(Code::kType, "Missing txid");
    if (!value.contains("vout")) return rpc_error(Code::kType, "Missing vout");
    const Bytes txid = TRY(id_bytes_from_text(value["txid"].get<std::string>(), "txid"));
    const int64_t vout = TRY(integer_from_json(value["vout"]));
    if (vout < 0 || vout > kOutPointIndexMask)
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, vout cannot be negative");
    return OutPoint{Txid::from_view(txid), static_cast<uint32_t>(vout)};
}

std::optional<RpcError> objection(const Wallet& wallet, const OutPoint& coin, bool unlock, bool persistent) {
    const wallet::WalletTx* entry = wallet.ledger().find(coin.txid);
    const auto refused = [](const char* text) {
        return RpcError{Code::kInvalidParameter, std::string("Invalid parameter, ") + text};
    };
    if (entry == nullptr) return refused("unknown transaction");
    if (coin.index >= entry->tx->tx.outputs.size()) return refused("vout index out of bounds");
    if (wallet.ledger().is_spent(coin)) return refused("expected unspent output");
    const bool locked = wallet.locked_coins().contains(coin);
    if (unlock && !locked) return refused("expected locked output");
    if (!unlock && locked && !persistent) return refused("output already locked");
    return std::nullopt;
}

RpcResult lock_unspent(const Args& args, const WalletPorts& ports) {
    const bool unlock = args.flag_or(0, false);
    const bool persistent = args.flag_or(2, false);
    std::vector<OutPoint> coins;
    if (args.has(1)) {
        for (const Json& item : args.json(1)) coins.push_back(TRY(coin_from(item)));
    }
    return on_wallet(ports, [=, all = !args.has(1)](Wallet& wallet) -> RpcResult {
        std::vector<OutPoint> chosen = coins;
        if (all && unlock) chosen.assign(wallet.locked_coins().begin(), wallet.locked_coins().end());
        for (const OutPoint& coin : coins) {
            if (auto error = objection(wallet, coin, unlock, persistent)) return unexpected(std::move(*error));
        }
        for (const OutPoint& coin : chosen) {
            if (const Status done = wallet.lock_coin(coin, !unlock); !done)
                return unexpected(wallet_error(done.error()));
        }
        return true;
    });
}

RpcResult list_lock_unspent(const WalletPorts& ports) {
    return on_wallet(ports, [](const Wallet& wallet) -> RpcResult {
        Json out = Json::array();
        for (const OutPoint& coin : wallet.locked_coins())
            out.push_back(Json{{"txid", to_display(coin.txid)}, {"vout", coin.index}});
        return out;
    });
}

RpcResult abandon_transaction(const Args& args, const WalletPorts& ports) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    return on_wallet(ports, [txid](Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.abandon(txid); !done) {
            return rpc_error(Code::kInvalidAddressOrKey, done.error().message);
        }
        return nullptr;
    });
}

RpcResult rescan_blockchain(const Args& args, const WalletPorts& ports) {
    const int64_t start = TRY(args.integer_or(0, 0));
    return on_wallet(ports, [start](Wallet& wallet) -> RpcResult {
        const auto best = wallet.best_block();
        if (start < 0 || (best && start > best->height))
            return rpc_error(Code::kInvalidParameter, "Invalid start_height");
        if (const Status done = wallet.rescan(static_cast<uint32_t>(start)); !done)
            return unexpected(wallet_error(done.error()));
        const auto now = wallet.best_block();
        return Json{{"start_height", start}, {"stop_height", now ? Json(now->height) : Json(nullptr)}};
    });
}

}  // namespace

void add_wallet_coin_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "lockunspent", ports, lock_unspent);
    add_wallet_method(dispatcher, "listlockunspent", ports,
                      [](const Args&, const WalletPorts& at) { return list_lock_unspent(at); });
    add_wallet_method(dispatcher, "abandontransaction", ports, abandon_transaction);
    add_wallet_method(dispatcher, "rescanblockchain", ports, rescan_blockchain);
}

}  // namespace sluice::rpc
