// What the operator may ask of blocks made by RPC.
#include <boost/test/unit_test.hpp>

#include "assembly/block_policy.h"

using namespace sluice;

BOOST_AUTO_TEST_CASE(block_options_are_checked) {
    const auto params = make_chain_params("elementsregtest", Options{}).value();
    const auto with = [&](const char* name, const char* value) {
        Options options;
        options.add(name, value);
        return assembly::make_block_policy(options, params);
    };
    BOOST_TEST(with("blockmaxweight", "100000")->max_weight == 100'000U);
    BOOST_TEST(with("blockmintxfee", "0.00005")->min_rate.sat_per_kvb == 5000);
    BOOST_TEST(with("blockversion", "1337")->version.value() == 1337);
    BOOST_TEST(with("blockmaxweight", "4000001").error().message ==
               "Specified -blockmaxweight (4000001) exceeds consensus maximum block weight (4000000)");
    BOOST_TEST(with("blockreservedweight", "1999").error().message ==
               "Specified -blockreservedweight (1999) is lower than minimum safety value of (2000)");
    BOOST_TEST(with("blockmintxfee", "much").error().message == "Invalid amount for -blockmintxfee=<amount>: 'much'");
    const auto live = make_chain_params("liquidv1", Options{}).value();
    Options version;
    version.add("blockversion", "1337");
    BOOST_TEST(!assembly::make_block_policy(version, live)->version.has_value());
}
