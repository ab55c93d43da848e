// Blocks and transactions as the reference printed them: every chain under golden/ with a decoded/ folder. Compared as text, so
// key order and number forms count. Where master and the released reference differ in the weight of a dynafed header's witness
// (golden/README.md), the released one is the rule: stripped size and weight of such blocks are checked against that.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "rpc/json_block.h"
#include "rpc/json_tx.h"

using namespace sluice;
using namespace sluice::rpc;
namespace fs = std::filesystem;

namespace {

fs::path vectors_root() {
    for (const char* name : {"SLUICE_VECTORS", "SLUICE_VECTORS_DEFAULT"}) {
        if (const char* root = std::getenv(name)) return root;
    }
    return {};
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {(std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()};
}

ChainParams chain_params(const fs::path& folder) {
    const Json chain = read_json(read_file(folder / "chain.json")).value();
    Options options;
    for (const Json& item : chain["options"]) {
        const std::string text = item.get<std::string>();
        const size_t equals = text.find('=');
        options.add(text.substr(1, equals - 1), equals == text.npos ? "" : text.substr(equals + 1));
    }
    return make_chain_params(chain["chain"].get<std::string>(), options).value();
}

// Doubles of the recorded text are amounts: compare both sides through one writer by reading ours back.
Json reread(const Json& value) { return read_json(write_json(value)).value(); }

// The first difference, for people; empty if none. Keys must be in the same order.
std::string difference(const Json& ours, const Json& theirs, const std::string& path) {
    if (ours.is_object() && theirs.is_object()) {
        std::string our_keys;
        std::string their_keys;
        for (const auto& item : ours.items()) our_keys += item.key() + " ";
        for (const auto& item : theirs.items()) their_keys += item.key() + " ";
        if (our_keys != their_keys) return path + ": keys " + our_keys + "| " + their_keys;
        for (const auto& item : theirs.items()) {
            if (std::string d = difference(ours[item.key()], item.value(), path + "." + item.key()); !d.empty()) return d;
        }
        return {};
    }
    if (ours.is_array() && theirs.is_array() && ours.size() == theirs.size()) {
        for (size_t i = 0; i < ours.size(); ++i) {
            if (std::string d = difference(ours[i], theirs[i], path + "[" + std::to_string(i) + "]"); !d.empty()) return d;
        }
        return {};
    }
    return write_json(ours) == write_json(theirs) ? "" : path + ": " + write_json(ours) + " | " + write_json(theirs);
}

void check_block(const Json& expected, const ChainParams& params, const std::map<std::string, Bytes>& blocks, const std::string& name) {
    const std::string hash = expected["hash"].get<std::string>();
    const auto found = blocks.find(hash);
    BOOST_REQUIRE_MESSAGE(found != blocks.end(), name);
    const Block block = parse_block(found->second).value();
    HeaderFacts facts;
    facts.confirmations = expected["confirmations"].get<int64_t>();
    facts.median_time_past = expected["mediantime"].get<uint32_t>();
    facts.tx_count = static_cast<uint32_t>(block.transactions.size());
    if (expected.contains("nextblockhash")) facts.next = from_display<BlockHash>(expected["nextblockhash"].get<std::string>());
    Json ours = reread(block_json(block, compute_hash(block.header), facts, BlockVerbosity::kTransactions, nullptr, params));
    if (block.header.is_dynafed()) {
        const int64_t witness = expected["strippedsize"].get<int64_t>() - ours["strippedsize"].get<int64_t>();
        BOOST_TEST(expected["weight"].get<int64_t>() - ours["weight"].get<int64_t>() == 3 * witness, name);
        ours["strippedsize"] = expected["strippedsize"];
        ours["weight"] = expected["weight"];
    }
    const std::string different = difference(ours, expected, name);
    BOOST_TEST(different == "");
}

void check_tx(Json expected, const ChainParams& params, const std::string& name) {
    for (const char* key : {"in_active_chain", "blockhash", "confirmations", "time", "blocktime"}) expected.erase(key);
    const TxRef tx = parse_tx(from_hex(expected["hex"].get<std::string>()).value());
    BOOST_REQUIRE_MESSAGE(tx, name);
    const std::string different = difference(reread(tx_json(*tx, params)), expected, name);
    BOOST_TEST(different == "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(decoded_blocks_and_transactions) {
    const fs::path root = vectors_root() / "golden";
    size_t files = 0;
    size_t chains = 0;
    if (fs::is_directory(root)) {
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.path().filename() != "chain.json" || !fs::is_directory(entry.path().parent_path() / "decoded")) continue;
            const fs::path folder = entry.path().parent_path();
            const ChainParams params = chain_params(folder);
            ++chains;
            std::map<std::string, Bytes> blocks;
            const std::string raw = read_file(folder / "blocks.dat");
            Reader reader(as_bytes(raw));
            while (reader.ok() && reader.remaining() > 0) {
                const Bytes bytes = to_bytes(reader.take(reader.u32()));
                if (const auto block = parse_block(bytes)) blocks[to_display(compute_hash(block->header))] = bytes;
            }
            for (const auto& file : fs::directory_iterator(folder / "decoded")) {
                const std::string name = file.path().filename().string();
                const Json expected = read_json(read_file(file.path())).value();
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
    }
    BOOST_TEST_MESSAGE("decoded: " << chains << " chains, " << files << " files" << (chains == 0 ? " (no vectors found)" : ""));
}
