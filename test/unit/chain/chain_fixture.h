// A chain state on a simulated disk, for tests.
#pragma once

#include <boost/test/unit_test.hpp>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "storage/memory_disk.h"
#include "support/chain_maker.h"
#include "support/rule_log.h"

namespace sluice::chain::test_support {

struct ChainFixture {
    ChainParams params = sluice::test::open_chain_params();
    storage::MemoryDisk disk;
    SystemClock clock;
    runtime::WorkerPool workers{2};
    std::unique_ptr<ChainState> chain;

    ChainFixture() { clock.set_mock_time(params.genesis.header.time + 100'000); }

    Result<std::unique_ptr<ChainState>> try_open() {
        chain.reset();
        ChainStateOptions options;
        options.max_block_file_bytes = 2000;  // several files
        return ChainState::open({disk, params, clock, workers}, options);
    }
    void open() {
        auto opened = try_open();
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        chain = std::move(*opened);
    }
    void start() {
        open();
        BOOST_REQUIRE(chain->start().has_value());
    }
    [[nodiscard]] std::shared_ptr<const Block> block_on(const BlockHeader& prev, std::vector<TxRef> txs = {},
                                                        uint8_t salt = 0) {
        return sluice::test::make_block(params, prev, std::move(txs), salt);
    }
    std::string give(const std::shared_ptr<const Block>& block) {
        const BlockOutcome outcome = chain->accept_block(block);
        if (outcome.failure && !outcome.failure->breach.rule.empty())
            sluice::test::produced(*outcome.failure, sluice::test::Subject::kBlock);
        return outcome.bip22().value_or("accepted");
    }
    [[nodiscard]] std::string tip() const { return to_display(chain->reader().tip().hash); }
    [[nodiscard]] std::string coins() const {
        const auto stats = chain->reader().utxo_stats(UtxoHashKind::kMuhash, nullptr);
        BOOST_REQUIRE(stats.has_value());
        return to_display(*stats->hash);
    }
};

inline std::string hash_text(const std::shared_ptr<const Block>& block) {
    return to_display(compute_hash(block->header));
}

}  // namespace sluice::chain::test_support
