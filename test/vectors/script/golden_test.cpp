// Every transaction of the golden chains' txs.json satisfies the scripts of the outputs that it spends, under the flags
// of the block that holds it.
#include <filesystem>
#include <fstream>

#include "codec/hex.h"
#include "consensus/primitives/block.h"
#include "consensus/script/tx_checker.h"
#include "support/vectors.h"

namespace sluice::script::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The lowest height of a dynafed header in a chain's blocks.dat: there SIGHASH_RANGEPROOF begins to mean something.
uint32_t first_dynafed_height(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> raw((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    Reader r(ByteView(reinterpret_cast<const uint8_t*>(raw.data()), raw.size()));
    while (r.remaining() > 0 && r.ok()) {
        Reader block(r.take(r.u32()));
        BlockHeader header;
        describe(block, header);
        if (block.ok() && header.is_dynafed()) return header.height;
    }
    return 0xffffffff;
}

struct Counts {
    size_t inputs = 0;
    size_t taproot = 0;
};

Counts verify_transaction(const json& row, Flags flags, const BlockHash& genesis) {
    Counts counts;
    const TxRef tx = parse_tx(from_hex(row["hex"].get<std::string>()).value());
    BOOST_REQUIRE(tx != nullptr);
    BOOST_TEST(to_display(tx->txid) == row["txid"].get<std::string>());
    const json& spent = row["spent_outputs"];
    if (tx->tx.is_coinbase()) return counts;
    BOOST_REQUIRE(spent.size() == tx->tx.inputs.size());
    std::vector<TxOut> coins;
    for (const json& coin : spent) {
        const Bytes raw = from_hex(coin.get<std::string>()).value();
        Reader r(raw);
        describe(r, coins.emplace_back());
        BOOST_REQUIRE(r.finish());
    }
    const TxHashes hashes = compute_tx_hashes(tx->tx, coins, genesis);
    for (size_t i = 0; i < spent.size(); ++i) {
        const ScriptResult result = verify_input(tx->tx, i, coins, flags, hashes);
        BOOST_TEST(result.has_value(), "input " << i << ": " << (result ? "" : to_string(result.error())));
        ++counts.inputs;
        const auto program = parse_witness_program(coins[i].script.view());
        if (!program || program->version != 1 || tx->tx.inputs[i].script_sig.size() > 0) continue;
        ++counts.taproot;
    }
    return counts;
}

BOOST_AUTO_TEST_CASE(golden_transactions) {
    const fs::path root = sluice::test::vectors_root() / "golden";
    if (!fs::exists(root)) {
        BOOST_TEST_MESSAGE("skipped: no golden/");
        return;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (entry.path().filename() != "txs.json") continue;
        const fs::path folder = entry.path().parent_path();
        const uint32_t dynafed = first_dynafed_height(folder / "blocks.dat");
        std::ifstream in(entry.path());
        std::ifstream description(folder / "chain.json");
        const auto genesis = from_display<BlockHash>(json::parse(description)["genesis_hash"].get<std::string>());
        BOOST_REQUIRE(genesis.has_value());
        size_t transactions = 0;
        Counts total;
        for (const json& row : json::parse(in)) {
            BOOST_TEST_CONTEXT(folder.filename().string() << " " << row["kind"] << " " << row["txid"]) {
                Flags flags = kMandatoryFlags;
                if (row["height"].get<uint32_t>() >= dynafed) flags |= kVerifySighashRangeproof;
                const Counts counts = verify_transaction(row, flags, *genesis);
                total.inputs += counts.inputs;
                total.taproot += counts.taproot;
                ++transactions;
            }
        }
        BOOST_TEST_MESSAGE(fs::relative(folder, root).string()
                           << "/txs.json: " << transactions << " transactions, " << total.inputs << " inputs verified, "
                           << total.taproot << " of them taproot");
    }
}

}  // namespace
}  // namespace sluice::script::test
