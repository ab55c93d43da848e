// The tip's coins with the outputs of the pool's transactions on top, and of those that are to enter with them. What
// the pool spends is still there: conflicts are found apart.
#pragma once

#include <map>

#include "consensus/rules/coin_view.h"
#include "mempool/entry.h"

namespace sluice::mempool {

class PoolCoins final : public rules::CoinView {
public:
    // next_height: the height that unconfirmed coins count as.
    PoolCoins(const rules::CoinView& below, const std::map<Txid, Entry>& entries, const std::map<Txid, TxRef>& staged,
              uint32_t next_height)
        : below_(below), entries_(entries), staged_(staged), next_height_(next_height) {}

    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        const TxRef tx = find(outpoint.txid);
        if (!tx) return below_.get(outpoint);
        const std::vector<TxOut>& outputs = tx->tx.outputs;
        if (outpoint.index >= outputs.size()) return std::nullopt;
        // No block has these as coins. A fee's empty script would even be satisfied, and what spends it kept out of
        // every block, with whatever is put in the same one.
        if (is_unspendable(outputs[outpoint.index].script)) return std::nullopt;
        rules::Coin coin{outputs[outpoint.index], next_height_, false};
        coin.out.nonce = {};
        coin.out.witness = {};
        return coin;
    }
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override { return below_.pegin_spent(pegin); }

private:
    [[nodiscard]] TxRef find(const Txid& txid) const {
        if (const auto found = entries_.find(txid); found != entries_.end()) return found->second.tx;
        const auto found = staged_.find(txid);
        return found == staged_.end() ? nullptr : found->second;
    }

    const rules::CoinView& below_;
    const std::map<Txid, Entry>& entries_;
    const std::map<Txid, TxRef>& staged_;
    const uint32_t next_height_;
};

}  // namespace sluice::mempool
