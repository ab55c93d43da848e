// What a peer can send and what must become of it.
#include "codec/hex.h"
#include "consensus/primitives/block.h"

#include <boost/test/unit_test.hpp>

namespace sluice {
namespace {

Transaction pay_one() {
    Transaction tx;
    TxIn in;
    in.prevout = {Txid::from_view(Bytes(32, 7)), 3};
    tx.inputs.push_back(in);
    TxOut out;
    out.asset = AssetId::from_view(Bytes(32, 9));
    out.value = Amount{1};
    out.script.bytes = {0x51};
    tx.outputs.push_back(out);
    return tx;
}

BOOST_AUTO_TEST_CASE(flags_of_the_index_are_members_in_memory) {
    Transaction tx = pay_one();
    tx.inputs[0].is_pegin = true;
    tx.inputs[0].issuance.amount = Amount{5};
    const TxRef again = parse_tx(encode_tx(tx));
    BOOST_REQUIRE(again);
    BOOST_TEST(again->tx.inputs[0].prevout.index == 3U);
    BOOST_TEST(again->tx.inputs[0].is_pegin);
    BOOST_TEST(!again->tx.inputs[0].issuance.is_null());
    BOOST_TEST((again->tx == tx));
}

BOOST_AUTO_TEST_CASE(explicit_amounts_are_big_endian) {
    Transaction tx = pay_one();
    tx.outputs[0].value = Amount{0x0102};
    const std::string hex = to_hex(encode_tx(tx));
    BOOST_TEST(hex.find("010000000000000102") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_witness_may_not_be_announced) {
    Bytes raw = encode_tx(pay_one());
    raw[4] = 1;
    append(raw, Bytes(6, 0));  // one null input witness, one null output witness
    BOOST_TEST(!parse_tx(raw));
}

BOOST_AUTO_TEST_CASE(unknown_flags_null_values_and_trailing_bytes_are_refused) {
    const Bytes good = encode_tx(pay_one());
    BOOST_TEST(parse_tx(good));
    Bytes flags = good;
    flags[4] = 2;
    BOOST_TEST(!parse_tx(flags));
    Bytes trailing = good;
    trailing.push_back(0);
    BOOST_TEST(!parse_tx(trailing));
    Transaction null_value = pay_one();
    null_value.outputs[0].value = {};
    BOOST_TEST(!parse_tx(encode_tx(null_value)));
    for (size_t cut = 0; cut < good.size(); ++cut) BOOST_TEST(!parse_tx(ByteView(good).first(cut)));
}

BOOST_AUTO_TEST_CASE(a_hostile_count_allocates_nothing) {
    // Version, flags, then 33 million inputs announced in a message of ten bytes.
    const Bytes raw = from_hex("0200000000fe00000002").value();
    BOOST_TEST(!parse_tx(raw));
}

BOOST_AUTO_TEST_CASE(the_proof_is_not_part_of_the_block_hash) {
    BlockHeader header;
    header.seal = BlockProof{{{0x51}}, {}};
    const BlockHash hash = compute_hash(header);
    header.seal = BlockProof{{{0x51}}, {{0x01, 0x02}}};
    BOOST_TEST((compute_hash(header) == hash));
    header.seal = BlockProof{{{0x52}}, {}};
    BOOST_TEST((compute_hash(header) != hash));
}

BOOST_AUTO_TEST_CASE(a_dynafed_header_sets_the_sign_bit_and_hashes_without_its_witness) {
    BlockHeader header;
    header.version = 0x20000000;
    DynafedHeader dynafed;
    dynafed.current.kind = DynafedEntryKind::kCompact;
    dynafed.current.signblockscript.bytes = {0x51};
    header.seal = dynafed;
    const BlockHash hash = compute_hash(header);
    BOOST_TEST(encode_header(header)[3] == 0xa0);
    dynafed.signblock_witness = {{0x51}};
    header.seal = dynafed;
    BOOST_TEST((compute_hash(header) == hash));
    const auto again = parse_header(encode_header(header));
    BOOST_REQUIRE(again);
    BOOST_TEST(again->version == 0x20000000);
    BOOST_TEST((*again == header));
}

}  // namespace
}  // namespace sluice
