// Any transaction: the checks that need no chain end, and so do those that need coins, whatever the coins are.
#include "consensus/rules/tx_check.h"
#include "consensus/rules/hidden_amounts.h"
#include "consensus/rules/locktime.h"
#include "consensus/rules/sigops.h"
#include "consensus/rules/tx_inputs.h"
#include "support/fuzz_chain.h"

namespace {

using namespace sluice;

// The generator of the curve, as an asset or a value.
template <uint8_t prefix>
constexpr std::array<uint8_t, 33> kPoint = {prefix, 0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0,
                                            0x62,   0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b, 0xfc, 0xdb, 0x2d,
                                            0xce,   0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98};

// Every out-point has a coin: what it is depends on the out-point alone.
struct AnyCoins final : rules::CoinView {
    AssetId asset;
    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        rules::Coin coin;
        coin.out.asset = asset;
        coin.out.value = Amount{int64_t{outpoint.index} * 1000};
        coin.out.script.bytes = {0x51};
        if (outpoint.index % 5 == 1) coin.out.asset = AssetCommitment(kPoint<0x0a>);
        if (outpoint.index % 7 == 1) coin.out.value = ValueCommitment(kPoint<0x08>);
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
    if (inputs->amounts == rules::AmountsLeft::kPoints) {
        const auto spending = rules::make_spending(tx, inputs->spent, chain.params.genesis_hash);
        const bool together = rules::check_hidden_amounts(spending, nullptr).has_value();
        // The same one proof at a time.
        const auto proofs = rules::check_balance(spending);
        bool apart = proofs.has_value();
        for (size_t i = 0; apart && i < proofs->size(); ++i) apart = rules::run(std::span(*proofs).subspan(i, 1)) == 1;
        CHECK(together == apart);
    }
    (void)rules::sigop_cost(tx->tx, inputs->spent, script::kStandardFlags);
    (void)rules::locks_released(rules::sequence_locks(tx->tx, inputs->heights, chain.headers), chain.headers);
    return 0;
}
