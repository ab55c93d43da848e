#include <boost/test/unit_test.hpp>

#include "consensus/rules/locktime.h"
#include "support/memory_chain.h"

using namespace sluice;
using rules::DeploymentState;

namespace {

// Headers only: window 4, threshold 3, dynafed from height 4 on.
struct Branch {
    ChainParams params;
    test::MemoryHeaders headers;

    explicit Branch(const char* evbparams) {
        Options options;
        options.add("con_nminerconfirmationwindow", "4");
        options.add("con_nrulechangeactivationthreshold", "3");
        options.add("evbparams", evbparams);
        params = make_chain_params("bits", options).value();
        headers.push(params.genesis.header);
    }
    void push(bool signals) {
        BlockHeader header = params.genesis.header;
        header.version = signals ? 0x22000000 : 0x20000000;
        header.height = headers.height() + 1;
        header.time = 1'700'000'000 + 60 * header.height;
        headers.push(header);
    }
    std::string states(rules::VersionBits& bits) {
        return std::string(to_string(bits.state_after(headers, Deployment::kDynafed)));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_deployment_goes_through_its_states) {
    Branch branch("dynafed:4:::");
    rules::VersionBits bits(branch.params);
    std::vector<std::string> seen;
    for (uint32_t height = 1; height <= 17; ++height) {
        branch.push(height >= 8);
        seen.push_back(branch.states(bits));
        // Asking late must give what asking at each block gave.
        rules::VersionBits fresh(branch.params);
        BOOST_TEST(branch.states(fresh) == seen.back());
    }
    // Seen after heights 1, 2, ...: a period ends at 3, 7, 11, 15.
    for (size_t i = 0; i < seen.size(); ++i) {
        const size_t height = i + 1;
        const char* expected = height < 7 ? "defined" : height < 11 ? "started" : height < 15 ? "locked_in" : "active";
        BOOST_TEST(seen[i] == expected, "after height " << height << ": " << seen[i]);
    }
    BOOST_TEST(bits.since_height(branch.headers, Deployment::kDynafed) == 16U);
    BOOST_TEST(bits.count(branch.headers, Deployment::kDynafed).elapsed == 2U);
    BOOST_TEST(bits.count(branch.headers, Deployment::kDynafed).count == 2U);
    BOOST_TEST((bits.count(branch.headers, Deployment::kDynafed).signalled == std::vector<bool>{true, true}));
    BOOST_TEST(bits.block_version_after(branch.headers) == 0x30000000);  // testdummy's signal only
}

BOOST_AUTO_TEST_CASE(a_deployment_times_out) {
    Branch branch("dynafed:0:8::");
    rules::VersionBits bits(branch.params);
    for (int i = 0; i < 12; ++i) branch.push(false);
    BOOST_TEST(branch.states(bits) == "failed");
    BOOST_TEST(bits.since_height(branch.headers, Deployment::kDynafed) == 12U);
}

BOOST_AUTO_TEST_CASE(signalling_can_be_switched_off) {
    Branch branch("dynafed:0:::");
    rules::VersionBits bits(branch.params);
    for (int i = 0; i < 4; ++i) branch.push(false);
    BOOST_TEST((static_cast<uint32_t>(bits.block_version_after(branch.headers)) >> 25 & 1) == 1U);
    branch.params.signal_dynafed = false;
    BOOST_TEST((static_cast<uint32_t>(bits.block_version_after(branch.headers)) >> 25 & 1) == 0U);
}

BOOST_AUTO_TEST_CASE(relative_locks_count_from_the_coin) {
    Branch branch("dynafed:-2:::");
    for (int i = 0; i < 20; ++i) branch.push(false);
    Transaction tx;
    tx.inputs.resize(1);
    tx.inputs[0].prevout.index = 0;
    const auto released = [&](uint32_t sequence, uint32_t coin_height) {
        tx.inputs[0].sequence = sequence;
        return rules::locks_released(rules::sequence_locks(tx, {coin_height}, branch.headers), branch.headers);
    };
    BOOST_TEST(released(5, 16));  // the next block is 21
    BOOST_TEST(!released(6, 16));
    BOOST_TEST(released(6 | 1U << 31, 16));
    const uint32_t seconds = 1U << 22;
    // Median times: of block 20 that of block 15; of the block before the coin likewise five back: 10 blocks of 60 s
    // apart.
    BOOST_TEST(released(seconds | 1, 11));
    BOOST_TEST(!released(seconds | 2, 11));
    tx.version = 1;
    BOOST_TEST(released(0xffff, 16));
    tx.version = -1;  // versions count as unsigned
    BOOST_TEST(!released(0xffff, 16));
    tx.inputs[0].is_pegin = true;
    BOOST_TEST(released(0xffff, 16));
}

BOOST_AUTO_TEST_CASE(absolute_locks) {
    Transaction tx;
    tx.inputs.resize(1);
    tx.inputs[0].sequence = 0;
    tx.lock_time = 100;
    BOOST_TEST(!rules::is_final(tx, 100, 0));
    BOOST_TEST(rules::is_final(tx, 101, 0));
    tx.lock_time = 500'000'000;
    BOOST_TEST(!rules::is_final(tx, 1'000'000, 500'000'000));
    BOOST_TEST(rules::is_final(tx, 0, 500'000'001));
    tx.inputs[0].sequence = kSequenceFinal;
    BOOST_TEST(rules::is_final(tx, 0, 0));
}
