// The long constants of liquidv1, by their hashes (liquidv1-constants.txt), and what they mean.
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "crypto/keys.h"

using namespace sluice;

BOOST_AUTO_TEST_CASE(scripts_and_keys_of_liquidv1) {
    const ChainParams p = make_chain_params("liquidv1", Options{}).value();
    BOOST_TEST(to_hex(sha256(p.signblockscript.view()).view()) ==
               "e51211e91d9cf4aec3bdc370a0303acde5d24baedb12235fdd2786885069d91c");
    BOOST_TEST(to_hex(sha256(p.fedpegscript.view()).view()) ==
               "a9112b9eb2b15a2ef451e8598f326788342f78e6c5fa93c0be96da2d01a3c78b");
    BOOST_TEST(p.signblockscript.bytes.front() == 0x5b);                           // 11 of
    BOOST_TEST(p.signblockscript.bytes.at(p.signblockscript.size() - 2) == 0x5f);  // 15
    BOOST_TEST(p.first_extension_space.size() == 40U);
    for (const Bytes& entry : p.first_extension_space) {
        BOOST_REQUIRE(entry.size() == 66);
        BOOST_TEST(PubKey::parse(ByteView(entry).first(33)).has_value());
        BOOST_TEST(PubKey::parse(ByteView(entry).last(33)).has_value());
    }
}
