// What happened to the wallet: recent transactions, and those since a block.
#include "codec/hex.h"
#include "consensus/primitives/block.h"
#include "rpc/wallet_json.h"

namespace sluice::rpc {
namespace {

using wallet::Wallet;
using wallet::WalletTx;

Result<std::optional<std::string>, RpcError> label_from(const Args& args, size_t i) {
    if (!args.has(i)) return std::optional<std::string>();
    if (args.text(i) == "*") return rpc_error(Code::kWalletInvalidLabel, "Invalid label name");
    return std::optional(args.text(i));
}

// A label picks what was received under it.
void add_rows(Json& out, const WalletTx& entry, const std::optional<std::string>& label, bool with_change,
              const Wallet& wallet, const WalletPorts& ports) {
    for (Json& row : details_of(entry, wallet, ports, with_change)) {
        if (label && (row["category"] == "send" || row.value("label", std::string()) != *label)) continue;
        add_tx_facts(row, entry, wallet);
        out.push_back(std::move(row));
    }
}

RpcResult list_transactions(const Args& args, const WalletPorts& ports) {
    std::optional<std::string> label;
    if (args.has(0) && args.text(0) != "*") {
        label = args.text(0);
        if (label->empty())
            return rpc_error(Code::kInvalidParameter, "Label argument must be a valid label name or \"*\".");
    }
    const int64_t count = TRY(args.integer_or(1, 10));
    const int64_t skip = TRY(args.integer_or(2, 0));
    if (count < 0) return rpc_error(Code::kInvalidParameter, "Negative count");
    if (skip < 0) return rpc_error(Code::kInvalidParameter, "Negative from");
    return on_wallet(ports, [=](const Wallet& wallet) -> RpcResult {
        std::vector<const WalletTx*> order;
        for (const auto& [txid, entry] : wallet.ledger().all()) order.push_back(&entry);
        // Those of one second as the chain has them.
        std::ranges::stable_sort(order, {}, [](const WalletTx* t) {
            return std::tuple(t->time_received, t->block ? t->block->height : UINT32_MAX, t->position);
        });
        Json rows = Json::array();
        for (const WalletTx* entry : order) add_rows(rows, *entry, label, false, wallet, ports);
        const auto size = static_cast<int64_t>(rows.size());
        const int64_t end = std::max<int64_t>(0, size - skip);
        const int64_t begin = std::max<int64_t>(0, end - count);
        Json out = Json::array();
        for (int64_t i = begin; i < end; ++i) out.push_back(std::move(rows[static_cast<size_t>(i)]));
        return out;
    });
}

RpcResult list_since_block(const Args& args, const WalletPorts& ports) {
    std::optional<BlockHash> since;
    if (args.has(0) && !args.text(0).empty()) since = TRY(args.id<BlockHash>(0, "blockhash"));
    const int64_t confirmations = TRY(args.integer_or(1, 1));
    if (confirmations < 1) return rpc_error(Code::kInvalidParameter, "Invalid parameter");
    const bool with_removed = args.flag_or(3, true);
    const bool with_change = args.flag_or(4, false);
    const std::optional<std::string> label = TRY(label_from(args, 5));
    return on_wallet(ports, [=](Wallet& wallet) -> RpcResult {
        // Back from the block to the active chain; what it passes was removed.
        Json removed = Json::array();
        std::optional<uint32_t> fork;
        for (std::optional<BlockHash> at = since; at && !fork;) {
            const auto block = wallet.block(*at);
            if (!block || !*block) return rpc_error(Code::kInvalidAddressOrKey, "Block not found");
            const uint32_t height = (*block)->header.height;
            const auto active = wallet.active_hash(height);
            if (active && *active == at) {
                fork = height;
                break;
            }
            for (const TxRef& tx : (*block)->transactions) {
                const WalletTx* entry = with_removed ? wallet.ledger().find(tx->txid) : nullptr;
                if (entry != nullptr) add_rows(removed, *entry, label, with_change, wallet, ports);
            }
            at = (*block)->header.prev;
        }
        Json rows = Json::array();
        for (const auto& [txid, entry] : wallet.ledger().all()) {
            if (fork && entry.block && entry.block->height <= *fork) continue;
            add_rows(rows, entry, label, with_change, wallet, ports);
        }
        Json out = {{"transactions", std::move(rows)}};
        if (with_removed) out["removed"] = std::move(removed);
        const auto best = wallet.best_block();
        const int64_t tip = best ? best->height : 0;
        const auto last = wallet.active_hash(static_cast<uint32_t>(std::max<int64_t>(0, tip + 1 - confirmations)));
        out["lastblock"] = last && *last ? to_display(**last) : std::string(64, '0');
        return out;
    });
}

}  // namespace

void add_wallet_history_methods(Dispatcher& dispatcher, const WalletPorts& ports) {
    add_wallet_method(dispatcher, "listtransactions", ports, list_transactions);
    add_wallet_method(dispatcher, "listsinceblock", ports, list_since_block);
}

}  // namespace sluice::rpc
