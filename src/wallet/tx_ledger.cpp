#include "wallet/tx_ledger.h"

#include <deque>

namespace sluice::wallet {

void TxLedger::put(WalletTx tx) {
    const Txid txid = tx.tx->txid;
    for (const TxIn& in : tx.tx->tx.inputs) {
        if (!in.prevout.is_null()) spenders_[in.prevout].insert(txid);
    }
    txs_.insert_or_assign(txid, std::move(tx));
}

void TxLedger::erase(const Txid& txid) {
    const auto found = txs_.find(txid);
    if (found == txs_.end()) return;
    for (const TxIn& in : found->second.tx->tx.inputs) {
        const auto spenders = spenders_.find(in.prevout);
        if (spenders == spenders_.end()) continue;
        spenders->second.erase(txid);
        if (spenders->second.empty()) spenders_.erase(spenders);
    }
    txs_.erase(found);
}

const WalletTx* TxLedger::find(const Txid& txid) const {
    const auto found = txs_.find(txid);
    return found == txs_.end() ? nullptr : &found->second;
}

std::optional<TxOut> TxLedger::spent_output(const TxIn& in) const {
    if (in.is_pegin) return std::nullopt;
    const WalletTx* from = find(in.prevout.txid);
    if (from == nullptr || in.prevout.index >= from->tx->tx.outputs.size()) return std::nullopt;
    const TxOut& out = from->tx->tx.outputs[in.prevout.index];
    return is_mine_(out.script) ? std::optional(out) : std::nullopt;
}

bool TxLedger::spends_ours(const Transaction& tx) const {
    return std::ranges::any_of(tx.inputs, [&](const TxIn& in) { return spent_output(in).has_value(); });
}

bool TxLedger::is_relevant(const Transaction& tx) const {
    return std::ranges::any_of(tx.outputs, [&](const TxOut& out) { return is_mine_(out.script); }) || spends_ours(tx);
}

std::vector<Txid> TxLedger::conflicts_of(const Transaction& tx) const {
    const Txid self = compute_txid(tx);
    std::vector<Txid> out;
    std::set<Txid> seen = {self};
    std::deque<Txid> to_visit;
    for (const TxIn& in : tx.inputs) {
        const auto spenders = spenders_.find(in.prevout);
        if (spenders != spenders_.end()) to_visit.insert(to_visit.end(), spenders->second.begin(), spenders->second.end());
    }
    while (!to_visit.empty()) {
        const Txid txid = to_visit.front();
        to_visit.pop_front();
        const WalletTx* other = find(txid);
        if (other == nullptr || other->block || !seen.insert(txid).second) continue;
        out.push_back(txid);
        for (uint32_t i = 0; i < other->tx->tx.outputs.size(); ++i) {
            const auto spenders = spenders_.find({txid, i});
            if (spenders != spenders_.end()) to_visit.insert(to_visit.end(), spenders->second.begin(), spenders->second.end());
        }
    }
    return out;
}

bool TxLedger::cannot_confirm(const Transaction& tx) const {
    const Txid self = compute_txid(tx);
    return std::ranges::any_of(tx.inputs, [&](const TxIn& in) {
        const WalletTx* from = in.is_pegin ? nullptr : find(in.prevout.txid);
        if (from != nullptr && from->dead()) return true;
        const auto spenders = spenders_.find(in.prevout);
        return spenders != spenders_.end() && std::ranges::any_of(spenders->second, [&](const Txid& txid) {
            return txid != self && txs_.at(txid).block.has_value();
        });
    });
}

bool TxLedger::is_spent(const OutPoint& outpoint) const {
    const auto spenders = spenders_.find(outpoint);
    if (spenders == spenders_.end()) return false;
    return std::ranges::any_of(spenders->second, [&](const Txid& txid) { return !txs_.at(txid).dead(); });
}

std::vector<WalletCoin> TxLedger::coins(uint32_t tip_height) const {
    std::vector<WalletCoin> out;
    for (const auto& [txid, entry] : txs_) {
        if (entry.dead()) continue;
        if (!entry.block && entry.tx->tx.is_coinbase()) continue;
        const uint32_t depth = entry.block && tip_height >= entry.block->height ? tip_height - entry.block->height + 1 : 0;
        const bool from_me = spends_ours(entry.tx->tx);
        for (uint32_t i = 0; i < entry.tx->tx.outputs.size(); ++i) {
            const TxOut& output = entry.tx->tx.outputs[i];
            if (!output.is_explicit() || !is_mine_(output.script) || is_spent({txid, i})) continue;
            out.push_back({{txid, i}, output, depth, entry.tx->tx.is_coinbase(), from_me});
        }
    }
    return out;
}

}  // namespace sluice::wallet
