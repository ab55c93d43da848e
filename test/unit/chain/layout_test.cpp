// The files and keys that a new chain with one block leaves, as doc/storage-format.md says.
#include "chain/records.h"
#include "chain_fixture.h"

namespace {

using namespace sluice;
using namespace sluice::chain;
using namespace sluice::chain::test_support;

Bytes whole(storage::Disk& disk, const std::string& name) {
    auto file = disk.open_file(name);
    BOOST_REQUIRE(file.has_value());
    auto bytes = (*file)->read_at(0, (*file)->size());
    BOOST_REQUIRE(bytes.has_value());
    return std::move(*bytes);
}

Bytes value_of(const storage::Db& db, ByteView key) {
    auto value = db.get(key);
    BOOST_REQUIRE((value.has_value() && value->has_value()));
    return std::move(**value);
}

BOOST_FIXTURE_TEST_CASE(a_chain_of_one_block, ChainFixture) {
    start();
    const TxRef spend = test::split(params, test::free_coins(params), 2);
    const auto block = block_on(params.genesis.header, {spend});
    BOOST_REQUIRE(give(block) == "accepted");
    chain.reset();

    // Block file: Core's framing, nothing between or after.
    ByteWriter frames;
    for (const Bytes& bytes : {encode_block(params.genesis), encode_block(*block)}) {
        frames.raw(params.network.magic);
        frames.u32(static_cast<uint32_t>(bytes.size()));
        frames.raw(bytes);
    }
    BOOST_TEST(whole(disk, "blocks/blk00000.dat") == frames.bytes());

    // Undo file: the coin that the block spent, and the checksum bound to its parent.
    const test::OpenCoin free = test::free_coins(params);
    ByteWriter payload;
    payload.u8(1);
    payload.u8(4 + 33 + 9 + 1);
    payload.u32(0);  // height 0, no coinbase
    payload.u8(1);
    payload.raw(params.pegged_asset.view());
    payload.u8(1);
    payload.u64_be(static_cast<uint64_t>(free.value));
    payload.u8(0x51);
    ByteWriter undo;
    undo.raw(params.network.magic);
    undo.u32(static_cast<uint32_t>(payload.bytes().size()));
    undo.raw(payload.bytes());
    Bytes covered = to_bytes(params.genesis_hash.view());
    append(covered, payload.bytes());
    undo.raw(sha256d(covered).view());
    BOOST_TEST(whole(disk, "blocks/rev00000.dat") == undo.bytes());

    auto db = disk.open_db("chainstate", {});
    BOOST_REQUIRE(db.has_value());
    const BlockHash hash = compute_hash(block->header);
    BOOST_TEST(value_of(**db, as_bytes("T")) == to_bytes(hash.view()));
    ByteWriter ends;
    ends.u32(0);
    ends.u32(static_cast<uint32_t>(frames.bytes().size()));
    ends.u32(0);
    ends.u32(static_cast<uint32_t>(undo.bytes().size()));
    BOOST_TEST(value_of(**db, as_bytes("F")) == ends.bytes());
    Bytes schema{1, 0, 0, 0};
    append(schema, params.genesis_hash.view());
    BOOST_TEST(value_of(**db, as_bytes("S")) == schema);
    BOOST_TEST(value_of(**db, block_key('H', hash)) == encode_header(block->header));
    const auto node = decode<NodeRecord>(value_of(**db, block_key('N', hash)));
    BOOST_REQUIRE(node.has_value());
    BOOST_TEST(node->status == (kHasBlock | kHasUndo | kChecked));
    BOOST_TEST(node->block.offset == 16 + encode_block(params.genesis).size());
    BOOST_TEST(node->undo.offset == 8u);
    // The coins: the spent one is gone, the two new ones stand in the order of their indices.
    std::vector<std::string> coins;
    BOOST_REQUIRE(storage::for_each_prefix(**db, as_bytes("C"), [&](ByteView key, ByteView) {
        coins.push_back(to_hex(key));
        return true;
    }));
    const std::string first = "43" + to_hex(spend->txid.view());
    const std::vector<std::string> wanted{first + "00000000", first + "00000001"};
    BOOST_TEST(coins == wanted, boost::test_tools::per_element());
}

}  // namespace
