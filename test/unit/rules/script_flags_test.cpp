// Which script rules hold in which block, by chain and height (protocol page "script", section 2).
#include "consensus/rules/script_flags.h"

#include <boost/test/unit_test.hpp>

#include "support/memory_chain.h"

using namespace sluice;

namespace {

struct Chain {
    ChainParams params;
    test::MemoryHeaders headers;

    Chain(std::string_view name, std::initializer_list<std::pair<const char*, const char*>> list) {
        Options options;
        for (const auto& [option, value] : list) options.add(option, value);
        auto made = make_chain_params(name, options);
        BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().message));
        params = std::move(*made);
        headers.push(params.genesis.header);
    }
    // Of the next block.
    script::Flags flags() {
        rules::VersionBits bits(params);
        return rules::block_script_flags(params, headers, bits);
    }
    void grow(uint32_t version = 0x20000000) {
        BlockHeader header = params.genesis.header;
        header.version = static_cast<int32_t>(version);
        header.height = headers.height() + 1;
        header.time = 1'700'000'000 + 60 * header.height;
        headers.push(header);
    }
};

constexpr script::Flags kAlways = script::kVerifyP2sh | script::kVerifyWitness | script::kVerifyTaproot;
constexpr script::Flags kBuried = kAlways | script::kVerifyDerSig | script::kVerifyCheckLockTimeVerify |
                                  script::kVerifyCheckSequenceVerify | script::kVerifyNullDummy;

}  // namespace

BOOST_AUTO_TEST_CASE(named_chains_have_all_buried_rules_from_their_first_block) {
    BOOST_TEST(Chain("liquidv1", {}).flags() == kBuried);
    BOOST_TEST(Chain("liquidv1test", {}).flags() == (kBuried | script::kVerifySighashRangeproof));
    BOOST_TEST(Chain("liquidtestnet", {}).flags() == (kBuried | script::kVerifySimplicity));
    BOOST_TEST(Chain("elementsregtest", {}).flags() == (kBuried | script::kVerifySighashRangeproof));
}

BOOST_AUTO_TEST_CASE(buried_rules_begin_at_their_heights) {
    Chain chain("buried", {{"evbparams", "dynafed:-2:::"},
                           {"con_bip66height", "2"},
                           {"con_bip65height", "3"},
                           {"con_csv_deploy_start", "4"},
                           {"testactivationheight", "segwit@5"}});
    std::vector<script::Flags> seen;
    for (int height = 1; height <= 5; ++height) {
        seen.push_back(chain.flags() & ~kAlways);
        BOOST_TEST((chain.flags() & kAlways) == kAlways);
        chain.grow();
    }
    const script::Flags der = script::kVerifyDerSig;
    const script::Flags locks = der | script::kVerifyCheckLockTimeVerify;
    const script::Flags sequences = locks | script::kVerifyCheckSequenceVerify;
    BOOST_TEST((seen == std::vector<script::Flags>{0, der, locks, sequences, sequences | script::kVerifyNullDummy}));
}

BOOST_AUTO_TEST_CASE(range_proofs_are_covered_once_dynafed_is_active) {
    Chain chain("signalled", {{"con_nminerconfirmationwindow", "4"},
                              {"con_nrulechangeactivationthreshold", "4"},
                              {"evbparams", "dynafed:0:::"}});
    // Signalled in the blocks 4 to 7, locked in for 8 to 11, active from 12 on.
    for (int height = 1; height <= 12; ++height) {
        BOOST_TEST(((chain.flags() & script::kVerifySighashRangeproof) != 0) == (height == 12), "block " << height);
        chain.grow(0x22000000);
    }
}
