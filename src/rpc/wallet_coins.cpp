// Locked coins, abandoned transactions, reading the chain again.
#include "codec/hex.h"
#include "consensus/primitives/block.h"
#include "peg/parent/merkle_block.h"
#include "rpc/rawtx.h"
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
            if (const Status done = wallet.lock_coin(coin, !unlock, persistent); !done)
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
    const std::optional<int64_t> stop = args.has(1) ? std::optional(TRY(args.integer(1))) : std::nullopt;
    return on_wallet(ports, [start, stop](Wallet& wallet) -> RpcResult {
        const auto best = wallet.best_block();
        const int64_t tip = best ? best->height : 0;
        if (start < 0 || start > tip) return rpc_error(Code::kInvalidParameter, "Invalid start_height");
        if (stop && (*stop < 0 || *stop > tip)) return rpc_error(Code::kInvalidParameter, "Invalid stop_height");
        if (stop && *stop < start)
            return rpc_error(Code::kInvalidParameter, "stop_height must be greater than start_height");
        const auto done = wallet.rescan(static_cast<uint32_t>(start), static_cast<uint32_t>(stop.value_or(tip)));
        if (!done) return unexpected(wallet_error(done.error()));
        return Json{{"start_height", start}, {"stop_height", *done ? Json(**done) : Json(nullptr)}};
    });
}

RpcResult import_pruned_funds(const Args& args, const WalletPorts& ports) {
    const TxRef tx = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    const Bytes bytes = TRY(args.hex(1, "txoutproof"));
    Reader reader(bytes);
    BlockHeader header;
    parent::PartialMerkleTree tree;
    describe(reader, header);
    describe(reader, tree);
    const auto proven = reader.finish() ? parent::extract_matches(tree) : std::nullopt;
    if (!proven || MerkleRoot::from(proven->root) != header.merkle_root)
        return rpc_error(Code::kInvalidAddressOrKey, "Something wrong with merkleblock");
    const auto match = std::ranges::find_if(proven->matches, [&](const parent::MerkleMatch& each) {
        return Txid::from_view(each.txid.view()) == tx->txid;
    });
    if (match == proven->matches.end())
        return rpc_error(Code::kInvalidAddressOrKey, "Transaction given doesn't exist in proof");
    const sluice::ports::BlockPoint at{compute_hash(header), header.height};
    const uint32_t position = match->index;
    return on_wallet(ports, [=, time = header.time](Wallet& wallet) -> RpcResult {
        const auto active = wallet.active_hash(at.height);
        const auto block = wallet.block(at.hash);
        if (!active || *active != at.hash || !block || !*block)
            return rpc_error(Code::kInvalidAddressOrKey, "Block not found in chain");
        // A proof can be read in two ways; the block cannot.
        const auto& stored = (*block)->transactions;
        if (position >= stored.size() || stored[position]->txid != tx->txid)
            return rpc_error(Code::kInvalidAddressOrKey, "Transaction given doesn't exist in proof");
        if (const Status done = wallet.import_confirmed(tx, at, position, time); !done)
            return rpc_error(Code::kInvalidAddressOrKey, done.error().message);
        return nullptr;
    });
}

RpcResult remove_pruned_funds(const Args& args, const WalletPorts& ports) {
    const Txid txid = TRY(args.id<Txid>(0, "txid"));
    return on_wallet(ports, [txid](Wallet& wallet) -> RpcResult {
        if (const Status done = wallet.forget(txid); !done) return unexpected(wallet_error(done.error()));
        return nullptr;
    });
}

}  // namespace

void add_wallet_coin_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "lockunspent", ports, lock_unspent);
    add_wallet_method(dispatcher, "listlockunspent", ports,
                      [](const Args&, const WalletPorts& at) { return list_lock_unspent(at); });
    add_wallet_method(dispatcher, "abandontransaction", ports, abandon_transaction);
    add_wallet_method(dispatcher, "rescanblockchain", ports, rescan_blockchain);
    add_wallet_method(dispatcher, "importprunedfunds", ports, import_pruned_funds);
    add_wallet_method(dispatcher, "removeprunedfunds", ports, remove_pruned_funds);
}

}  // namespace sluice::rpc
