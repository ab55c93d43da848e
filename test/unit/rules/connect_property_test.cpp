// Whatever is connected and disconnected, coins are those of the blocks that stand, and no satoshi comes from nowhere.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "support/block_cases.h"
#include "support/memory_chain.h"

using namespace sluice;

namespace {

int64_t sum(const test::MemoryCoins& coins) {
    int64_t total = 0;
    for (const auto& [outpoint, coin] : coins.coins) total += coin.out.value.explicit_value().sat;
    return total;
}

// A few transactions that spend coins anyone may spend, also those of each other.
std::vector<TxRef> some_transactions(const ChainParams& params, const test::MemoryCoins& coins, uint64_t choice) {
    std::vector<test::OpenCoin> open;
    for (const auto& [outpoint, coin] : coins.coins) {
        if (!coin.coinbase && coin.out.script.bytes == Bytes{0x51})
            open.push_back({outpoint, coin.out.value.explicit_value().sat});
    }
    std::vector<TxRef> txs;
    for (int i = 0; i < 4 && !open.empty(); ++i, choice /= 16) {
        const size_t at = choice % open.size();
        const test::OpenCoin from = open[at];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
        if (from.value < 10'000) continue;
        const size_t parts = 1 + choice / 4 % 3;
        txs.push_back(test::split(params, from, parts));
        for (uint32_t part = 0; part < parts; ++part) open.push_back(test::output_of(txs.back(), part));
    }
    return txs;
}

}  // namespace

BOOST_AUTO_TEST_CASE(coins_follow_the_blocks) {
    const bool held = rc::check("connect and disconnect", [] {
        test::MemoryChain chain(test::case_chain_params());
        std::vector<test::MemoryCoins> history{chain.coins};
        std::vector<int64_t> sums{sum(chain.coins)};
        const auto steps = *rc::gen::container<std::vector<uint64_t>>(rc::gen::arbitrary<uint64_t>());
        for (const uint64_t step : steps) {
            if (step % 3 == 0 && history.size() > 1) {
                chain.disconnect();
                history.pop_back();
                sums.pop_back();
            } else {
                const auto tip = chain.headers.header_at(chain.headers.height());
                const auto block =
                    test::make_block(chain.params, *tip, some_transactions(chain.params, chain.coins, step / 3),
                                     static_cast<uint8_t>(step));
                RC_ASSERT(chain.connect(*block).has_value());
                history.push_back(chain.coins);
                int64_t fees = 0;
                for (const auto& [asset, fee] : chain.deltas.back().fees) fees += fee.sat;
                sums.push_back(sums.back() - fees);  // nobody claims fee or subsidy
            }
            RC_ASSERT(chain.coins == history.back());
            RC_ASSERT(sum(chain.coins) == sums.back());
        }
    });
    BOOST_TEST(held);
}
