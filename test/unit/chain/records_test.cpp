// The stored forms, byte for byte as doc/storage-format.md shows them.
#include "chain/records.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"

namespace {

using namespace sluice;
using namespace sluice::chain;

rules::Coin sample_coin() {
    rules::Coin coin;
    coin.out.asset = AssetId(std::array<uint8_t, 32>{0xaa});
    coin.out.value = Amount{150'000'000};
    coin.out.script.bytes = {0x51};
    coin.height = 7;
    coin.coinbase = true;
    return coin;
}

BOOST_AUTO_TEST_CASE(coin_and_its_key) {
    const OutPoint outpoint{Txid(std::array<uint8_t, 32>{0x11, 0x22}), 258};
    BOOST_TEST(to_hex(coin_key(outpoint)) ==
               "43"
               "1122" +
                   std::string(60, '0') + "00000102");
    BOOST_TEST((parse_coin_key(coin_key(outpoint)) == outpoint));
    BOOST_TEST(!parse_coin_key(as_bytes("C")).has_value());
    const Bytes bytes = encode_coin(sample_coin());
    BOOST_TEST(to_hex(bytes) ==
               "0f000000"
               "01aa" +
                   std::string(62, '0') +
                   "010000000008f0d180"
                   "51");
    BOOST_TEST((decode_coin(bytes) == sample_coin()));
    BOOST_TEST(!decode_coin(ByteView(bytes).first(20)).has_value());
    BOOST_TEST(!decode_coin(*from_hex("0000000000000000")).has_value());
}

BOOST_AUTO_TEST_CASE(claimed_deposit_key) {
    const rules::PeginId pegin{ParentGenesis(std::array<uint8_t, 32>{0x77}), {Txid(std::array<uint8_t, 32>{0x99}), 1}};
    BOOST_TEST(to_hex(pegin_key(pegin)) ==
               "50"
               "77" +
                   std::string(62, '0') + "99" + std::string(62, '0') + "00000001");
}

BOOST_AUTO_TEST_CASE(index_records) {
    NodeRecord record;
    record.prev = BlockHash(std::array<uint8_t, 32>{0x0a});
    record.height = 300;
    record.time = 1'700'000'000;
    record.version = 0x20000000;
    record.status = kHasBlock | kChecked;
    record.tx_count = 2;
    record.block = {0, 8};
    BOOST_TEST(to_hex(encode(record)) == "0a" + std::string(62, '0') +
                                             "2c010000"
                                             "00f15365"
                                             "00000020"
                                             "0900"
                                             "02000000"
                                             "00000000"
                                             "08000000"
                                             "00000000"
                                             "00000000" +
                                             std::string(64, '0'));
    BOOST_TEST(to_hex(encode(FileEnds{{1, 515}, {0, 40}})) ==
               "01000000"
               "03020000"
               "00000000"
               "28000000");
    BOOST_TEST(to_hex(encode(Schema{1, BlockHash(std::array<uint8_t, 32>{0x0b})})) ==
               "01000000"
               "0b" +
                   std::string(62, '0'));
}

BOOST_AUTO_TEST_CASE(undo_gives_the_change_back) {
    Transaction coinbase;
    coinbase.inputs.resize(1);
    coinbase.outputs.push_back({AssetId(), Amount{0}, {}, {{0x6a}}, {}});
    Transaction spend;
    spend.inputs.resize(1);
    spend.inputs[0].prevout = {Txid(std::array<uint8_t, 32>{5}), 1};
    spend.outputs.push_back({sample_coin().out.asset, Amount{149'999'000}, {}, {{0x51}}, {}});
    spend.outputs.push_back({sample_coin().out.asset, Amount{1'000}, {}, {}, {}});
    Block block;
    block.transactions = {make_tx(coinbase), make_tx(spend)};

    const Bytes undo = encode_undo({{spend.inputs[0].prevout, sample_coin()}});
    const auto delta = rebuild_delta(block, 9, undo);
    BOOST_REQUIRE(delta.has_value());
    BOOST_REQUIRE(delta->spent.size() == 1u);
    BOOST_TEST((delta->spent[0].coin == sample_coin()));
    BOOST_REQUIRE(delta->created.size() == 1u);  // the OP_RETURN and the fee are no coins
    BOOST_TEST(delta->created[0].coin.height == 9u);
    BOOST_TEST(delta->fees.at(sample_coin().out.asset.explicit_value()).sat == 1000);
    BOOST_TEST(!rebuild_delta(block, 9, encode_undo({})).has_value());
    Bytes longer = undo;
    longer.push_back(0);
    BOOST_TEST(!rebuild_delta(block, 9, longer).has_value());
    BOOST_TEST((undo_checksum(BlockHash(), undo) != undo_checksum(BlockHash(std::array<uint8_t, 32>{1}), undo)));
}

}  // namespace
