// The tip's coins with the outputs of the pool's transactions on top. What the pool spends is still there: conflicts
// are found apart.
#pragma once

#include <map>

#include "consensus/rules/coin_view.h"
#include "mempool/entry.h"

namespace sluice::mempool {

class PoolCoins final : public rules::CoinView {
public:
    // next_height: the height that unconfirmed coins count as.
    PoolCoins(const rules::CoinView& below, const std::map<Txid, Entry>& entries, uint32_t next_height)
        : below_(below), entries_(entries), next_height_(next_height) {}

    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        const auto found = entries_.find(outpoint.txid);
        if (found == entries_.end()) return below_.get(outpoint);
        const std::vector<TxOut>& outputs = found->second.tx->tx.outputs;
        if (outpoint.index >= outputs.size()) return std::nullopt;
        rules::Coin coin{outputs[outpoint.index], next_height_, false};
        coin.out.nonce = {};
        coin.out.witness = {};
        return coin;
    }
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override { return below_.pegin_spent(pegin); }

private:
    const rules::CoinView& below_;
    const std::map<Txid, Entry>& entries_;
    const uint32_t next_height_;
};

}  // namespace sluice::mempool
