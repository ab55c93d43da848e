#include "wallet/tx_ledger.h"

#include <deque>

#include "wallet/unblind.h"

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
        if (spenders != spenders_.end())
            to_visit.insert(to_visit.end(), spenders->second.begin(), spenders->second.end());
    }
    while (!to_visit.empty()) {
        const Txid txid = to_visit.front();
        to_visit.pop_front();
        const WalletTx* other = find(txid);
        if (other == nullptr || other->block || !seen.insert(txid).second) continue;
        out.push_back(txid);
        for (uint32_t i = 0; i < other->tx->tx.outputs.size(); ++i) {
            const auto spenders = spenders_.find({txid, i});
            if (spenders != spenders_.end())
                to_visit.insert(to_visit.end(), spenders->second.begin(), spenders->second.end());
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

std::optional<Opened> TxLedger::content(const Txid& txid, uint32_t index) const {
    const WalletTx* entry = find(txid);
    if (entry == nullptr || index >= entry->tx->tx.outputs.size()) return std::nullopt;
    if (const auto open = read_open_output(entry->tx->tx.outputs[index])) return open;
    const auto note = notes_.find({txid, index, AmountPart::kOutput});
    return note == notes_.end() ? std::nullopt : std::optional(note->second);
}

std::optional<Opened> TxLedger::issued(const Txid& txid, uint32_t index, AmountPart part) const {
    const WalletTx* entry = find(txid);
    if (entry == nullptr || index >= entry->tx->tx.inputs.size()) return std::nullopt;
    if (const auto open = open_issuance(entry->tx->tx.inputs[index], part, nullptr)) return open;
    const auto note = notes_.find({txid, index, part});
    return note == notes_.end() ? std::nullopt : std::optional(note->second);
}

void TxLedger::add_descendants(std::set<Txid>& of) const {
    std::deque<Txid> to_visit(of.begin(), of.end());
    while (!to_visit.empty()) {
        const Txid txid = to_visit.front();
        to_visit.pop_front();
        const WalletTx* entry = find(txid);
        if (entry == nullptr) continue;
        for (uint32_t i = 0; i < entry->tx->tx.outputs.size(); ++i) {
            const auto spenders = spenders_.find({txid, i});
            if (spenders == spenders_.end()) continue;
            for (const Txid& child : spenders->second) {
                if (of.insert(child).second) to_visit.push_back(child);
            }
        }
    }
}

std::set<Txid> TxLedger::with_descendants(const Txid& txid) const {
    std::set<Txid> out = {txid};
    add_descendants(out);
    return out;
}

std::set<Txid> TxLedger::losing(const std::function<bool(const Txid&)>& favoured) const {
    std::set<Txid> out;
    for (const auto& [outpoint, spenders] : spenders_) {
        std::vector<const WalletTx*> rivals;
        for (const Txid& txid : spenders) {
            const WalletTx& entry = txs_.at(txid);
            if (!entry.dead() && !entry.block) rivals.push_back(&entry);
        }
        if (rivals.size() < 2) continue;
        const auto stands = std::ranges::find_if(rivals, [&](const WalletTx* t) { return favoured(t->tx->txid); });
        const auto first = std::ranges::min_element(
            rivals, {}, [](const WalletTx* t) { return std::pair(t->time_received, t->tx->txid); });
        const WalletTx* winner = stands != rivals.end() ? *stands : *first;
        for (const WalletTx* rival : rivals) {
            if (rival != winner) out.insert(rival->tx->txid);
        }
    }
    add_descendants(out);
    return out;
}

std::vector<WalletCoin> TxLedger::coins(uint32_t tip_height, const std::set<Txid>& except) const {
    std::vector<WalletCoin> out;
    for (const auto& [txid, entry] : txs_) {
        if (entry.dead() || except.contains(txid)) continue;
        if (!entry.block && entry.tx->tx.is_coinbase()) continue;
        const uint32_t depth =
            entry.block && tip_height >= entry.block->height ? tip_height - entry.block->height + 1 : 0;
        const bool from_me = spends_ours(entry.tx->tx);
        for (uint32_t i = 0; i < entry.tx->tx.outputs.size(); ++i) {
            const TxOut& output = entry.tx->tx.outputs[i];
            if (!is_mine_(output.script) || is_spent({txid, i})) continue;
            const std::optional<Opened> opened = content(txid, i);
            if (opened) out.push_back({{txid, i}, output, *opened, depth, entry.tx->tx.is_coinbase(), from_me});
        }
    }
    return out;
}

}  // namespace sluice::wallet
