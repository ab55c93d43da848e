// Block filters of Bitcoin's test chain (vectors/core/blockfilters.json): rows of height, hash, block, scripts of the
// coins spent, header of the filter before, filter, header, remarks.
#include "codec/hex.h"
#include "index/block_filter.h"
#include "peg/parent/block.h"
#include "support/vectors.h"

using namespace sluice;

namespace {

// As a block of ours, as far as filters look.
Block with_outputs_of(const parent::ParentBlock& from) {
    Block block;
    for (const parent::ParentTransaction& each : from.transactions) {
        Transaction tx;
        for (const parent::ParentTxOut& output : each.outputs) {
            tx.outputs.emplace_back();
            tx.outputs.back().script = output.script;
        }
        block.transactions.push_back(make_tx(tx));
    }
    return block;
}

}  // namespace

BOOST_AUTO_TEST_CASE(filters_of_bitcoin_blocks) {
    const auto rows = test::load_vectors("core/blockfilters.json");
    if (!rows) return;
    size_t run = 0;
    for (const auto& row : *rows) {
        if (row.size() < 7) continue;  // the heading
        const auto hash = from_display<BlockHash>(row[1].get<std::string>());
        const auto block = parent::decode_parent_block(from_hex(row[2].get<std::string>()).value());
        const auto before = from_display<Hash256>(row[4].get<std::string>());
        BOOST_REQUIRE(hash && block && before);
        std::vector<Script> spent;
        for (const auto& script : row[3]) spent.push_back(Script{from_hex(script.get<std::string>()).value()});
        const Bytes filter = index::encode_filter(*hash, index::basic_filter_elements(with_outputs_of(*block), spent));
        BOOST_TEST(to_hex(filter) == row[5].get<std::string>(), "filter of height " << row[0]);
        BOOST_TEST(to_display(index::filter_header(filter, *before)) == row[6].get<std::string>(),
                   "header of height " << row[0]);
        ++run;
    }
    BOOST_TEST(run > 0U);
    test::report_cases("core/blockfilters.json", run);
}
