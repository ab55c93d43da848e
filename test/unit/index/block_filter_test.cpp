// Block filters against BIP 158's own vector, and what they never miss.
#include "index/block_filter.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"

using namespace sluice;

namespace {

const BlockHash kBlock = *from_display<BlockHash>("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943");
const std::string kScript =
    "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d"
    "5"
    "78a4c702b6bf11d5fac";

}  // namespace

// The first block of BIP 158's test vectors.
BOOST_AUTO_TEST_CASE(published_vector) {
    const Bytes filter = index::encode_filter(kBlock, {*from_hex(kScript)});
    BOOST_TEST(to_hex(filter) == "019dfca8");
    BOOST_TEST(to_display(index::filter_header(filter, Hash256{})) ==
               "21584579b7eb08997773e5aeff3a7f932700042d0ed2a6129012b7d7ae81b750");
}

BOOST_AUTO_TEST_CASE(what_is_in_it_is_found) {
    index::FilterElements elements;
    for (uint8_t i = 0; i < 200; ++i) elements.insert(Bytes{i, 0x51});
    const Bytes filter = index::encode_filter(kBlock, elements);
    for (const Bytes& element : elements) BOOST_TEST(index::filter_matches(filter, kBlock, {element}).value());
    size_t wrong = 0;
    for (uint8_t i = 0; i < 200; ++i) wrong += index::filter_matches(filter, kBlock, {Bytes{i, 0x52}}).value() ? 1 : 0;
    BOOST_TEST(wrong == 0u);
    BOOST_TEST(index::filter_matches(filter, kBlock, {Bytes{0xff}, Bytes{7, 0x51}}).value());
    BOOST_TEST(!index::filter_matches(filter, kBlock, {}).value());
    BOOST_TEST(!index::filter_matches(index::encode_filter(kBlock, {}), kBlock, elements).value());
}

BOOST_AUTO_TEST_CASE(damaged_bytes_are_said) {
    BOOST_TEST(!index::filter_matches({}, kBlock, {Bytes{1}}).has_value());
    BOOST_TEST(!index::filter_matches(Bytes{3, 0xff}, kBlock, {Bytes{1}}).has_value());
    BOOST_TEST(!index::filter_matches(Bytes{0xfe, 0xff, 0xff, 0xff, 0xff}, kBlock, {Bytes{1}}).has_value());
    BOOST_TEST(!index::filter_matches(Bytes{1, 0xff, 0xff}, kBlock, {Bytes{1}}).has_value());
}

BOOST_AUTO_TEST_CASE(elements_of_a_block) {
    Transaction tx;
    tx.outputs.resize(4);
    tx.outputs[0].script = Script{{0x51}};
    tx.outputs[1].script = Script{{0x6a, 0x01, 0x02}};  // data
    tx.outputs[2].script = Script{};                    // a fee
    tx.outputs[3].script = Script{{0x51}};
    Block block;
    block.transactions.push_back(make_tx(tx));
    const index::FilterElements found = index::basic_filter_elements(block, {Script{{0x52}}, Script{}});
    BOOST_TEST((found == index::FilterElements{{0x51}, {0x52}}));
}
