// Any transaction: the checks that need no chain end, and so do those that need coins, whatever the coins are.
#include "consensus/rules/locktime.h"
#include "consensus/rules/sigops.h"
#include "consensus/rules/tx_check.h"
#include "consensus/rules/tx_inputs.h"
#include "support/fuzz_chain.h"

namespace {

using namespace sluice;

// Every out-point has a coin: what it is depends on the out-point alone.
struct AnyCoins final : rules::CoinView {
    AssetId asset;
    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        rules::Coin coin;
        coin.out.asset = asset;
        coin.out.value = Amount{int64_t{outpoint.index} * 1000};
        coin.out.script.bytes = {0x51};
        coin.height = outpoint.index % 3;
        coin.coinbase = outpoint.index % 2 == 0;
        return coin;
    }
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override { return pegin.deposit.index % 2 == 1; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const test::FuzzChain chain;
    const TxRef tx = parse_tx({data, size});
    if (tx == nullptr) return 0;
    (void)rules::is_final(tx->tx, 5, 1'700'000'000);
    const auto alone = rules::check_transaction(*tx);
    if (!alone || tx->tx.is_coinbase()) return 0;
    AnyCoins coins;
    coins.asset = chain.params.pegged_asset;
    const auto inputs = rules::check_tx_inputs(tx->tx, coins, {chain.params, 1000, {}, true});
    if (!inputs) return 0;
    CHECK(inputs->spent.size() == tx->tx.inputs.size());
    CHECK(inputs->coins.size() + inputs->pegins.size() == tx->tx.inputs.size());
    (void)rules::sigop_cost(tx->tx, inputs->spent, script::kStandardFlags);
    (void)rules::locks_released(rules::sequence_locks(tx->tx, inputs->heights, chain.headers), chain.headers);
    return 0;
}
