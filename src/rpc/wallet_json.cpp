#include "rpc/wallet_json.h"

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"

namespace sluice::rpc {

using wallet::Wallet;
using wallet::WalletTx;

std::string address_of(const Script& script, const ChainParams& params) {
    return encode_address({script, std::nullopt}, params.address).value_or("");
}

Json amounts_json(const std::map<AssetId, Amount>& amounts, const WalletPorts& ports) {
    Json out = Json::object();
    const AssetId pegged = ports.params->pegged_asset;
    const auto found = amounts.find(pegged);
    out[ports.labels->name(pegged)] = amount_json(found == amounts.end() ? Amount{} : found->second);
    for (const auto& [asset, amount] : amounts) {
        if (asset != pegged && amount.sat != 0) out[ports.labels->name(asset)] = amount_json(amount);
    }
    return out;
}

std::string own_address(const Script& script, const Wallet& wallet, const ChainParams& params) {
    Address address{script, std::nullopt};
    if (const auto key = wallet.receiver_key(script)) address.blinding_key = BlindingKey::from_view(key->view());
    return encode_address(address, params.address).value_or("");
}

// The address of somebody whom we paid.
static std::string paid_address(const Script& script, const std::optional<PubKey>& key, const ChainParams& params) {
    Address address{script, std::nullopt};
    if (key) address.blinding_key = BlindingKey::from_view(key->view());
    return encode_address(address, params.address).value_or("");
}

std::string blind_text(const wallet::BlindBytes& blind) { return to_display(blind); }

Json last_block_json(const Wallet& wallet) {
    Json out = Json::object();
    if (const auto best = wallet.best_block()) {
        out["hash"] = to_display(best->hash);
        out["height"] = best->height;
    }
    return out;
}

uint32_t depth_of(const WalletTx& tx, const Wallet& wallet) {
    const auto best = wallet.best_block();
    return tx.block && best && best->height >= tx.block->height ? best->height - tx.block->height + 1 : 0;
}

Movement movement_of(const WalletTx& entry, const Wallet& wallet) {
    const Transaction& tx = entry.tx->tx;
    Movement out;
    for (const TxIn& in : tx.inputs) {
        const auto spent_output = wallet.ledger().spent_output(in);
        if (!spent_output || wallet.is_watch_only(spent_output->script)) continue;
        out.from_me = true;
        const auto spent = wallet.ledger().content(in.prevout.txid, in.prevout.index);
        if (spent) out.net[spent->asset].sat -= spent->value.sat;
    }
    for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& output = tx.outputs[i];
        const auto content = wallet.ledger().content(entry.tx->txid, i);
        if (!content) continue;
        const AssetId asset = content->asset;
        const int64_t value = content->value.sat;
        if (output.is_fee() && out.from_me) {
            out.fee[asset].sat += value;
            out.net[asset].sat += value;  // shown apart
        } else if (!output.is_fee() && wallet.is_mine(output.script) && !wallet.is_watch_only(output.script)) {
            out.net[asset].sat += value;
        }
    }
    return out;
}

Json negative(const std::map<AssetId, Amount>& fees, const WalletPorts& ports) {
    Json out = Json::object();
    for (const auto& [asset, fee] : fees) out[ports.labels->name(asset)] = amount_json({-fee.sat});
    return out;
}

std::vector<Json> details_of(const WalletTx& entry, const Wallet& wallet, const WalletPorts& ports, bool with_change) {
    const Transaction& tx = entry.tx->tx;
    const Movement movement = movement_of(entry, wallet);
    std::vector<Json> out;
    for (const bool sent : {true, false}) {
        if (sent && !movement.from_me) continue;
        for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
            const TxOut& output = tx.outputs[i];
            const auto content = wallet.ledger().content(entry.tx->txid, i);
            // The zero output that only balances blinds is nobody's payment.
            if (!content || output.is_fee() || (content->value.sat == 0 && content->is_blinded())) continue;
            const bool mine = wallet.is_mine(output.script);
            const bool is_change = !with_change && mine && movement.from_me && wallet.label_of(output.script).empty() &&
                                   !wallet.is_handed_out(output.script);
            if (sent ? is_change : !mine || is_change) continue;
            Json row = Json::object();
            // Confidential if it was paid as such.
            const std::string address =
                mine && content->is_blinded() ? own_address(output.script, wallet, *ports.params)
                : i < entry.receivers.size()  ? paid_address(output.script, entry.receivers[i], *ports.params)
                                              : address_of(output.script, *ports.params);
            if (!address.empty()) row["address"] = address;
            row["category"] = sent                               ? "send"
                              : tx.is_coinbase() && !entry.block ? "orphan"
                              : tx.is_coinbase()
                                  ? (depth_of(entry, wallet) > wallet::kCoinbaseMaturity ? "generate" : "immature")
                                  : "receive";
            const int64_t value = content->value.sat;
            row["amount"] = amount_json({sent ? -value : value});
            row["amountblinder"] = blind_text(content->value_blind);
            row["asset"] = to_display(content->asset);
            row["assetblinder"] = blind_text(content->asset_blind);
            if (wallet.is_handed_out(output.script)) row["label"] = wallet.label_of(output.script);
            row["vout"] = i;
            if (sent) {
                const auto fee = movement.fee.find(wallet.options().policy_asset);
                row["fee"] = amount_json({fee == movement.fee.end() ? 0 : -fee->second.sat});
            }
            row["abandoned"] = entry.abandoned;
            out.push_back(std::move(row));
        }
    }
    return out;
}

// It says that it may be replaced, or depends on one that waits and says so.
static bool is_replaceable(const WalletTx& entry, const Wallet& wallet) {
    return !entry.block && std::ranges::any_of(entry.tx->tx.inputs, [&](const TxIn& in) {
        const WalletTx* parent = wallet.ledger().find(in.prevout.txid);
        return in.sequence < kSequenceFinal - 1 || (parent != nullptr && is_replaceable(*parent, wallet));
    });
}

// A transaction that cannot confirm any more, because a block has a rival of it or of what it spends: how deep that is,
// and the rivals.
struct Conflict {
    uint32_t depth = 0;
    std::vector<Txid> rivals;
};
static Conflict conflict_of(const WalletTx& entry, const Wallet& wallet) {
    Conflict out;
    std::set<OutPoint> spent;
    for (const TxIn& in : entry.tx->tx.inputs) spent.insert(in.prevout);
    for (const auto& [txid, other] : wallet.ledger().all()) {
        if (!other.block ||
            std::ranges::none_of(other.tx->tx.inputs, [&](const TxIn& in) { return spent.contains(in.prevout); }))
            continue;
        out.depth = std::max(out.depth, depth_of(other, wallet));
        out.rivals.push_back(txid);
    }
    for (const TxIn& in : entry.tx->tx.inputs) {
        if (out.depth > 0) break;
        const WalletTx* parent = wallet.ledger().find(in.prevout.txid);
        if (parent != nullptr && parent->conflicted) out.depth = conflict_of(*parent, wallet).depth;
    }
    return out;
}

void add_tx_facts(Json& out, const WalletTx& entry, const Wallet& wallet) {
    const uint32_t depth = depth_of(entry, wallet);
    const Conflict conflict = entry.conflicted ? conflict_of(entry, wallet) : Conflict{};
    out["confirmations"] = entry.conflicted ? -std::max<int64_t>(1, conflict.depth) : static_cast<int64_t>(depth);
    if (entry.tx->tx.is_coinbase()) out["generated"] = true;
    if (entry.block) {
        out["blockhash"] = to_display(entry.block->hash);
        out["blockheight"] = entry.block->height;
        out["blockindex"] = entry.position;
        out["blocktime"] = entry.block_time;
    } else {
        out["trusted"] = !entry.dead() && wallet.ledger().spends_ours(entry.tx->tx);
    }
    out["txid"] = to_display(entry.tx->txid);
    out["wtxid"] = to_display(entry.tx->wtxid);
    Json conflicts = Json::array();
    for (const Txid& other : wallet.ledger().conflicts_of(entry.tx->tx)) conflicts.push_back(to_display(other));
    for (const Txid& rival : conflict.rivals) conflicts.push_back(to_display(rival));
    out["walletconflicts"] = std::move(conflicts);
    out["time"] = entry.block ? std::min(entry.block_time, entry.time_received) : entry.time_received;
    out["timereceived"] = entry.time_received;
    out["bip125-replaceable"] = is_replaceable(entry, wallet) ? "yes" : "no";
    if (entry.replaces) out["replaces_txid"] = to_display(*entry.replaces);
    if (entry.replaced_by) out["replaced_by_txid"] = to_display(*entry.replaced_by);
    if (!entry.comment.empty()) out["comment"] = entry.comment;
    if (!entry.comment_to.empty()) out["to"] = entry.comment_to;
}

}  // namespace sluice::rpc
