// Discounted sizes of confidential transactions (ELIP 200).
#include "codec/hex.h"
#include "consensus/primitives/transaction.h"
#include "mempool/policy.h"
#include "support/vectors.h"

using namespace sluice;

BOOST_AUTO_TEST_CASE(discounted_sizes) {
    const auto file = test::load_vectors("liquid/wally_elip200_vectors.json");
    if (!file) return;
    size_t count = 0;
    for (const auto& c : file->at("data").at("cases")) {
        BOOST_TEST_CONTEXT(c["comment"].get<std::string>()) {
            const TxRef tx = parse_tx(from_hex(c["tx"].get<std::string>()).value());
            BOOST_REQUIRE(tx != nullptr);
            BOOST_TEST(tx->weight() == c["weight"].get<uint32_t>());
            BOOST_TEST(mempool::virtual_size(*tx, 0, 20) == c["vsize"].get<int64_t>());
            BOOST_TEST(mempool::discount_weight(*tx) == c["discount_weight"].get<int64_t>());
            BOOST_TEST(mempool::discount_virtual_size(*tx) == c["discount_vsize"].get<int64_t>());
        }
        ++count;
    }
    test::report_cases("liquid/wally_elip200_vectors.json", count);
}
