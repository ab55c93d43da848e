// Every transaction of the golden chains' txs.json satisfies the scripts of the outputs that it spends, under the flags of
// the block that holds it.
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
    size_t skipped = 0;
};

Counts verify_transaction(const json& row, Flags flags) {
    Counts counts;
    const TxRef tx = parse_tx(from_hex(row["hex"].get<std::string>()).value());
    BOOST_REQUIRE(tx != nullptr);
    BOOST_TEST(to_display(tx->txid) == row["txid"].get<std::string>());
    const json& spent = row["spent_outputs"];
    if (tx->tx.is_coinbase()) return counts;
    BOOST_REQUIRE(spent.size() == tx->tx.inputs.size());
    const TxHashes hashes = compute_tx_hashes(tx->tx);
    for (size_t i = 0; i < spent.size(); ++i) {
        const Bytes raw = from_hex(spent[i].get<std::string>()).value();
        Reader r(raw);
        TxOut out;
        describe(r, out);
        BOOST_REQUIRE(r.finish());
        const ScriptResult result = verify_input(tx->tx, i, out, flags, hashes);
        if (!result && result.error() == ScriptError::kTaprootUnavailable) {
            ++counts.skipped;
            continue;
        }
        BOOST_TEST(result.has_value(), "input " << i << ": " << (result ? "" : to_string(result.error())));
        ++counts.inputs;
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
        size_t transactions = 0;
        Counts total;
        for (const json& row : json::parse(in)) {
            BOOST_TEST_CONTEXT(folder.filename().string() << " " << row["kind"] << " " << row["txid"]) {
                Flags flags = kMandatoryFlags;
                if (row["height"].get<uint32_t>() >= dynafed) flags |= kVerifySighashRangeproof;
                const Counts counts = verify_transaction(row, flags);
                total.inputs += counts.inputs;
                total.skipped += counts.skipped;
                ++transactions;
            }
        }
        BOOST_TEST_MESSAGE(fs::relative(folder, root).string() << "/txs.json: " << transactions << " transactions, " << total.inputs
                                                                << " inputs verified, " << total.skipped
                                                                << " skipped (taproot)");
    }
}

}  // namespace
}  // namespace sluice::script::test
