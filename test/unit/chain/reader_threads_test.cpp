// Readers on other threads while the chain grows and reorganises on a real database. Under the thread sanitizer this is
// the proof that ChainReader keeps its word; without it, that answers are whole.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "chain_fixture.h"
#include "storage/directory_disk.h"

namespace {

using namespace sluice;
using namespace sluice::chain;

BOOST_AUTO_TEST_CASE(readers_run_beside_the_writer) {
    std::string path = (std::filesystem::temp_directory_path() / "sluice_chain_XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(path.data()) != nullptr);
    {
        const ChainParams params = test::open_chain_params();
        storage::DirectoryDisk disk(path);
        SystemClock clock;
        clock.set_mock_time(params.genesis.header.time + 1'000'000);
        runtime::WorkerPool workers(2);
        auto chain = std::move(ChainState::open({disk, params, clock, workers}, {}).value());
        BOOST_REQUIRE(chain->start().has_value());
        const ChainReader& reader = chain->reader();

        std::atomic<bool> done{false};
        std::atomic<size_t> wrong{0};
        std::vector<std::thread> readers;
        for (int i = 0; i < 3; ++i) {
            readers.emplace_back([&] {
                while (!done) {
                    const ChainTip tip = reader.tip();
                    const auto block = reader.block(tip.hash);
                    if (!block || compute_hash((*block)->header) != tip.hash) ++wrong;
                    if (!reader.header(tip.best_header).has_value()) ++wrong;
                    const auto locator = reader.locator(tip.hash);
                    if (locator.empty() || locator.back() != params.genesis_hash) ++wrong;
                    if (reader.headers_after(locator, {}, 100).size() > 100) ++wrong;
                    if (reader.missing_blocks(tip.best_header, 10, 1000).size() > 10) ++wrong;
                    if (const auto branch = reader.branch(tip.hash); branch->height() != tip.height) ++wrong;
                    const auto stats = reader.utxo_stats(UtxoHashKind::kNone, nullptr);
                    if (!stats || stats->outputs == 0) ++wrong;
                    if (reader.disk_size() == 0) ++wrong;
                }
            });
        }
        BlockHeader last = params.genesis.header;
        test::OpenCoin coin = test::free_coins(params);
        for (int i = 0; i < 60; ++i) {
            const TxRef spend = test::split(params, coin, 1);
            const auto rival = test::make_block(params, last, {}, 9);
            const auto block = test::make_block(params, last, {spend});
            BOOST_REQUIRE(!chain->accept_block(rival).failure);
            BOOST_REQUIRE(!chain->accept_headers({block->header}).failure);
            BOOST_REQUIRE(!chain->accept_block(block).failure);
            const auto next = test::make_block(params, block->header, {});
            BOOST_REQUIRE(!chain->accept_block(next).bip22());
            last = next->header;
            coin = test::output_of(spend, 0);
        }
        done = true;
        for (std::thread& thread : readers) thread.join();
        BOOST_TEST(wrong == 0u);
        BOOST_TEST(reader.tip().height == 120u);
    }
    std::filesystem::remove_all(path);
}

}  // namespace
