// Blocks and transactions as the reference printed them: every chain under golden/ with a decoded/ folder. Key order
// counts. Where master and the released reference differ in the weight of a dynafed header's witness
// (golden/README.md), the released one is the rule: stripped size and weight of such blocks are checked against that.
#include <boost/test/unit_test.hpp>
#include <map>

#include "codec/hex.h"
#include "rpc/json_block.h"
#include "rpc/json_tx.h"
#include "vectors/rpc/golden.h"

using namespace sluice;
using namespace sluice::rpc;

namespace {

void check_block(const Json& expected, const ChainParams& params, const std::map<std::string, Bytes>& blocks,
                 const std::string& name) {
    const std::string hash = expected["hash"].get<std::string>();
    const auto found = blocks.find(hash);
    BOOST_REQUIRE_MESSAGE(found != blocks.end(), name);
    const Block block = parse_block(found->second).value();
    HeaderFacts facts;
    facts.confirmations = expected["confirmations"].get<int64_t>();
    facts.median_time_past = expected["mediantime"].get<uint32_t>();
    facts.tx_count = static_cast<uint32_t>(block.transactions.size());
    if (expected.contains("nextblockhash"))
        facts.next = from_display<BlockHash>(expected["nextblockhash"].get<std::string>());
    Json ours = golden::reread(
        block_json(block, compute_hash(block.header), facts, BlockVerbosity::kTransactions, nullptr, params));
    if (block.header.is_dynafed()) {
        const int64_t witness = expected["strippedsize"].get<int64_t>() - ours["strippedsize"].get<int64_t>();
        BOOST_TEST(expected["weight"].get<int64_t>() - ours["weight"].get<int64_t>() == 3 * witness, name);
        ours["strippedsize"] = expected["strippedsize"];
        ours["weight"] = expected["weight"];
    }
    const std::string different = golden::difference(ours, expected, name);
    BOOST_TEST(different == "");
}

void check_tx(Json expected, const ChainParams& params, const std::string& name) {
    for (const char* key : {"in_active_chain", "blockhash", "confirmations", "time", "blocktime"}) expected.erase(key);
    const TxRef tx = parse_tx(from_hex(expected["hex"].get<std::string>()).value());
    BOOST_REQUIRE_MESSAGE(tx, name);
    const std::string different = golden::difference(golden::reread(tx_json(*tx, params)), expected, name);
    BOOST_TEST(different == "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(decoded_blocks_and_transactions) {
    size_t files = 0;
    size_t chains = 0;
    for (const golden::fs::path& folder : golden::chains()) {
        if (!golden::fs::is_directory(folder / "decoded")) continue;
        const ChainParams params = golden::params_of(folder);
        ++chains;
        std::map<std::string, Bytes> blocks;
        for (const Bytes& bytes : golden::records(folder / "blocks.dat")) {
            if (const auto block = parse_block(bytes)) blocks[to_display(compute_hash(block->header))] = bytes;
        }
        for (const auto& file : golden::fs::directory_iterator(folder / "decoded")) {
            const std::string name = file.path().filename().string();
            const Json expected = golden::read_json_file(file.path());
            if (name.starts_with("block_")) {
                check_block(expected, params, blocks, name);
            } else if (name.starts_with("tx_")) {
                check_tx(expected, params, name);
            } else {
                continue;
            }
            ++files;
        }
    }
    BOOST_TEST_MESSAGE("decoded: " << chains << " chains, " << files << " files"
                                   << (chains == 0 ? " (no vectors found)" : ""));
}
