// Transactions of golden chains against the pool: what the reference's mempool took enters, what it refused is refused
// for the same reason.
#include "support/golden.h"
#include "codec/hex.h"
#include "mempool/mempool.h"
#include "support/memory_tip.h"

using namespace sluice;
using nlohmann::json;

namespace {

struct Counts {
    size_t refused = 0;
    size_t taken = 0;
    size_t skipped = 0;
};

void check_refused(const json& cases, test::MemoryChain& chain, test::FixedClock& clock, mempool::Mempool& pool,
                   Counts& counts) {
    for (const json& c : cases) {
        if (c["type"] != "tx" || c["parent_height"].get<uint32_t>() != chain.headers.height()) continue;
        const std::string expected = c["reject_reason"];
        if (c["name"].get<std::string>().starts_with(
                "pegin-too-shallow")) {  // asks for a live parent node (golden/README.md)
            ++counts.skipped;
            continue;
        }
        BOOST_TEST_CONTEXT(c["name"].get<std::string>()) {
            const TxRef tx = parse_tx(from_hex(c["hex"].get<std::string>()).value());
            if (expected.starts_with("RPC error -22")) {
                BOOST_TEST(tx == nullptr);
            } else {
                BOOST_REQUIRE(tx != nullptr);
                clock.now = c.value("node_time", clock.now);
                const auto answer = pool.test_accept(tx);
                BOOST_TEST((answer ? std::string() : answer.error().test_accept_reason()) == expected);
            }
        }
        ++counts.refused;
    }
}

// The transactions that the next block has and the reference's mempool took.
void check_taken(const std::map<std::string, std::string>& policy, const Block& next, mempool::Mempool& pool,
                 Counts& counts) {
    for (size_t i = 1; i < next.transactions.size(); ++i) {
        const TxRef& tx = next.transactions[i];
        const auto expected = policy.find(to_display(tx->txid));
        if (expected == policy.end()) continue;
        BOOST_TEST_CONTEXT(expected->first) {
            const auto answer = pool.test_accept(tx);
            const std::string reason = answer ? "accepted" : answer.error().test_accept_reason();
            // One that spends its block's other transactions is not judged alone.
            if (reason == "missing-inputs") {
                ++counts.skipped;
                continue;
            }
            BOOST_TEST(reason == expected->second);
        }
        ++counts.taken;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(golden_transactions) {
    const size_t chains = test::for_each_golden([](test::GoldenChain golden) {
        const json cases = test::read_json(golden.folder / "invalid.json");
        std::map<std::string, std::string> policy;
        for (const json& tx : test::read_json(golden.folder / "txs.json")) {
            policy[tx["txid"].get<std::string>()] = tx.value("mempool_policy", "");
        }
        test::MemoryChain chain(std::move(golden.params));
        test::MemoryTip tip(chain);
        test::FixedClock clock;
        mempool::Mempool pool(chain.params, {}, clock, tip);
        Counts counts;
        BOOST_TEST_CONTEXT(golden.name) {
            const std::vector<Bytes> blocks = test::read_blocks(golden.folder / "blocks.dat");
            for (size_t i = 1; i < blocks.size(); ++i) {
                const auto block = parse_block(blocks[i]);
                BOOST_REQUIRE(block.has_value());
                check_taken(policy, *block, pool, counts);
                BOOST_REQUIRE(chain.connect(*block).has_value());
                check_refused(cases, chain, clock, pool, counts);
            }
        }
        BOOST_TEST_MESSAGE("golden/" << golden.name << ": " << counts.refused
                                     << " transactions refused as they must be, " << counts.taken
                                     << " judged as the reference did, " << counts.skipped << " skipped");
    });
    test::report_cases("golden/*/txs.json", chains);
}
