// Replays every golden chain in process: hashes, statistics of the coins, refused blocks with the reference's reasons,
// accepted oddities and the reorganisation.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "chain/chain_state.h"
#include "codec/hex.h"
#include "storage/memory_disk.h"
#include "support/chain_options.h"
#include "support/vectors.h"

namespace {

using namespace sluice;
using namespace sluice::chain;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr int64_t kStart = 1'700'000'000;
// The reference's catch-all for amounts inside a block; a sharper reason is as good.
constexpr std::string_view kVague = "mandatory-script-verify-flag-failed (unknown error)";

json read_json(const fs::path& path) {
    std::ifstream in(path);
    return in ? json::parse(in) : json::array();
}

std::vector<Bytes> read_records(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    Reader reader(as_bytes(all));
    std::vector<Bytes> out;
    while (reader.ok() && reader.remaining() != 0) out.push_back(to_bytes(reader.take(reader.u32())));
    BOOST_REQUIRE(reader.ok());
    return out;
}

struct Replay {
    explicit Replay(fs::path where) : dir(std::move(where)), name(fs::relative(dir, test::vectors_root()).string()) {}

    fs::path dir;
    std::string name;
    storage::MemoryDisk disk;
    SystemClock clock;
    runtime::WorkerPool workers{2};
    std::optional<ChainParams> params;
    std::unique_ptr<ChainState> chain;
    size_t blocks = 0;
    size_t cases = 0;

    void open() {
        ChainStateOptions options;
        options.check_pegin_depth = false;
        auto opened = ChainState::open({disk, *params, clock, workers}, options);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
        chain = std::move(*opened);
        BOOST_REQUIRE(chain->start().has_value());
    }

    void check_stats(const json& expected) {
        for (const auto& [kind, field] :
             {std::pair(UtxoHashKind::kMuhash, "muhash"), std::pair(UtxoHashKind::kSerialized, "hash_serialized_3")}) {
            const auto stats = chain->reader().utxo_stats(kind, nullptr);
            BOOST_REQUIRE(stats.has_value());
            BOOST_TEST(to_display(*stats->hash) == expected.at(field).get<std::string>());
            BOOST_TEST(to_display(stats->best_block) == expected.at("bestblock").get<std::string>());
            BOOST_TEST(stats->outputs == expected.at("txouts").get<uint64_t>());
            BOOST_TEST(stats->bogosize == expected.at("bogosize").get<uint64_t>());
            BOOST_TEST(stats->transactions == expected.at("transactions").get<uint64_t>());
            BOOST_REQUIRE(stats->total.has_value());
            BOOST_TEST(std::abs(static_cast<double>(stats->total->sat) / kCoin -
                                expected.at("total_amount").get<double>()) < 1e-8);
        }
    }

    void check_case(const json& item, int64_t height) {
        if (item.at("type") != "block") return;
        ++cases;
        const std::string what = item.at("name");
        clock.set_mock_time(item.value("node_time", kStart + 60 * (height + 1)));
        const std::optional<Bytes> bytes = from_hex(item.at("hex").get<std::string>());
        BOOST_REQUIRE(bytes.has_value());
        const std::string wanted = item.value("reject_reason", "");
        std::optional<Block> block = parse_block(*bytes);
        const BlockHash before = chain->reader().tip().hash;
        std::optional<std::string> answer = "RPC error -22: Block decode failed";
        if (block) answer = chain->accept_block(std::make_shared<const Block>(std::move(*block))).bip22();
        if (item.value("result", "") == "accepted") {
            BOOST_TEST(!answer.has_value(), what << ": " << answer.value_or(""));
            BOOST_TEST(chain->invalidate_block(chain->reader().tip().hash).has_value());
        } else if (wanted == kVague) {
            BOOST_TEST((answer && *answer != "inconclusive" && *answer != "duplicate"), what << ": accepted");
        } else {
            BOOST_TEST(answer.value_or("accepted") == wanted,
                       what << ": " << answer.value_or("accepted") << ", not " << wanted);
        }
        BOOST_TEST((chain->reader().tip().hash == before), what << " moved the tip");
    }

    void run() {
        const json description = read_json(dir / "chain.json");
        auto made =
            make_chain_params(description.at("chain").get<std::string>(), test::options_of(description.at("options")));
        BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().message));
        params = std::move(*made);
        BOOST_TEST(to_display(params->genesis_hash) == description.at("genesis_hash").get<std::string>());
        std::vector<std::shared_ptr<const Block>> all;
        for (const Bytes& bytes : read_records(dir / "blocks.dat")) {
            std::optional<Block> block = parse_block(bytes);
            BOOST_REQUIRE(block.has_value());
            all.push_back(std::make_shared<const Block>(std::move(*block)));
        }
        clock.set_mock_time(kStart);
        open();
        const json stats = read_json(dir / "utxo.json");
        std::vector<json> cases_of = {};
        for (const char* file : {"invalid.json", "accepted.json"}) {
            for (const json& item : read_json(dir / file)) cases_of.push_back(item);
        }
        const json& heights = description.at("heights");
        BOOST_REQUIRE(heights.size() == all.size());
        for (size_t height = 0; height < all.size(); ++height) {
            if (height != 0) {
                clock.set_mock_time(kStart + 60 * static_cast<int64_t>(height));
                const BlockOutcome outcome = chain->accept_block(all[height]);
                BOOST_REQUIRE_MESSAGE(!outcome.bip22(), name << " height " << height << ": "
                                                             << outcome.bip22().value_or("") << " "
                                                             << (outcome.failure ? outcome.failure->detail : ""));
            }
            ++blocks;
            BOOST_TEST(to_display(chain->reader().tip().hash) == heights[height].at("hash").get<std::string>());
            for (const json& entry : stats) {
                if (entry.at("height") == height) check_stats(entry);
            }
            for (const json& item : cases_of) {
                if (item.at("parent_height") == height) check_case(item, static_cast<int64_t>(height));
            }
        }
        const json reorg = read_json(dir / "reorg.json");
        clock.set_mock_time(kStart + 60 * (reorg.at("expected_height").get<int64_t>() + 2));
        for (const Bytes& bytes : read_records(dir / "reorg.dat")) {
            std::optional<Block> block = parse_block(bytes);
            BOOST_REQUIRE(block.has_value());
            const std::optional<std::string> answer =
                chain->accept_block(std::make_shared<const Block>(std::move(*block))).bip22();
            BOOST_TEST((!answer || *answer == "inconclusive"), answer.value_or(""));
        }
        BOOST_TEST(to_display(chain->reader().tip().hash) == reorg.at("expected_tip").get<std::string>());
        check_stats(reorg.at("utxo"));
        // And the same after a restart.
        chain.reset();
        open();
        BOOST_TEST(to_display(chain->reader().tip().hash) == reorg.at("expected_tip").get<std::string>());
        check_stats(reorg.at("utxo"));
        BOOST_TEST_MESSAGE(name << ": " << blocks << " blocks, " << cases << " block cases run");
    }
};

BOOST_AUTO_TEST_CASE(golden_chains) {
    const fs::path root = test::vectors_root() / "golden";
    std::vector<fs::path> found;
    if (fs::exists(root)) {
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.path().filename() == "chain.json") found.push_back(entry.path().parent_path());
        }
    }
    std::ranges::sort(found);
    for (const fs::path& dir : found) Replay(dir).run();
    BOOST_TEST_MESSAGE("golden: " << found.size() << " chains found");
}

}  // namespace
