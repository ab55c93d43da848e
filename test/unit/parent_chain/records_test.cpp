// The stored record, byte for byte as doc/storage-format.md shows it.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "peg/chain/scanner.h"

using namespace sluice;
using namespace sluice::parent_chain;

BOOST_AUTO_TEST_CASE(block_record_example) {
    const auto id = [](uint8_t first) {
        ParentTxid out;
        out.bytes[0] = first;
        return out;
    };
    BlockRecord record;
    record.tx_count = 3;
    FoundOutput found;
    found.received = {{id(0x99), 1}, {1000}, Script{{0x51}}, 0, false};
    found.transaction = {0xaa, 0xbb};
    found.proof = {0xcc, 0xdd};
    record.outputs.push_back(found);
    record.spends.push_back({{id(0x55), 2}, id(0x77)});

    const std::string zeros(62, '0');
    const std::string expected =
        "03000000"
        "01"
        "99" +
        zeros +
        "01000000"
        "e803000000000000"
        "0151"
        "00"
        "02aabb"
        "02ccdd"
        "01"
        "55" +
        zeros +
        "02000000"
        "77" +
        zeros;
    BOOST_TEST(to_hex(encode(record)) == expected);
    BOOST_TEST(decode<BlockRecord>(*from_hex(expected)).has_value());
    BOOST_TEST(!decode<BlockRecord>(*from_hex(expected + "00")).has_value());
}
