// Golden chains through the rules, in memory: every block connects, every refused block is refused for the reference's
// reason.
#include "support/golden.h"
#include "codec/hex.h"
#include "support/memory_chain.h"

using namespace sluice;
using nlohmann::json;

namespace {

constexpr std::string_view kVague = "mandatory-script-verify-flag-failed (unknown error)";

struct Counts {
    size_t blocks = 0;
    size_t refused = 0;
};

void refused_blocks(test::MemoryChain& chain, const json& cases, Counts& counts) {
    for (const json& c : cases) {
        if (c["type"] != "block" || c["parent_height"].get<uint32_t>() != chain.headers.height()) continue;
        const std::string expected = c["reject_reason"];
        BOOST_TEST_CONTEXT(c["name"].get<std::string>()) {
            const auto block = parse_block(from_hex(c["hex"].get<std::string>()).value());
            if (expected.starts_with("RPC error -22")) {
                BOOST_TEST(!block.has_value());
            } else {
                BOOST_REQUIRE(block.has_value());
                chain.now = c["node_time"];
                const std::string why = chain.why_not(*block);
                chain.now = 2'000'000'000;
                if (expected == kVague) {
                    BOOST_TEST(why != "");
                } else {
                    BOOST_TEST(why == expected);
                }
            }
        }
        ++counts.refused;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(golden_chains) {
    const size_t chains = test::for_each_golden([](test::GoldenChain golden) {
        const json cases = test::read_json(golden.folder / "invalid.json");
        const json utxo = test::read_json(golden.folder / "utxo.json");
        test::MemoryChain chain(std::move(golden.params));
        Counts counts;
        BOOST_TEST_CONTEXT(golden.name) {
            const std::vector<Bytes> blocks = test::read_blocks(golden.folder / "blocks.dat");
            for (size_t i = 1; i < blocks.size(); ++i) {
                const auto block = parse_block(blocks[i]);
                BOOST_REQUIRE(block.has_value());
                BOOST_TEST((encode_block(*block) == blocks[i]));
                const auto connected = chain.connect(*block);
                BOOST_REQUIRE_MESSAGE(
                    connected.has_value(),
                    "height " << i << ": "
                              << (connected ? "" : connected.error().reason + " " + connected.error().detail));
                BOOST_TEST(to_display(chain.headers.hash_at(static_cast<uint32_t>(i))) ==
                           golden.info["heights"][i]["hash"].get<std::string>());
                ++counts.blocks;
                for (const json& at : utxo) {
                    if (at.value("height", 0U) == i) BOOST_TEST(chain.coins.coins.size() == at["txouts"].get<size_t>());
                }
                refused_blocks(chain, cases, counts);
            }
            const test::MemoryCoins genesis = [&] {
                test::MemoryCoins coins;
                coins.apply(rules::connect_genesis(chain.params));
                return coins;
            }();
            while (chain.headers.height() > 0) chain.disconnect();
            BOOST_TEST((chain.coins == genesis));
        }
        BOOST_TEST_MESSAGE("golden/" << golden.name << ": " << counts.blocks << " blocks connected"
                                     << ", " << counts.refused << " refused as they must be");
    });
    test::report_cases("golden/*/blocks.dat", chains);
}
