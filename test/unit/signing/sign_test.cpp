// Inputs of each shape that is known are signed, partly and together, and verify by the standard rules.
#include "signing/sign.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "crypto/key_forms.h"
#include "crypto/recoverable.h"
#include "signing/descriptor.h"

using namespace sluice;
using signing::KeyRing;

namespace {

SecretKey key(uint8_t number) {
    Bytes bytes(32);
    bytes[31] = number;
    return std::move(*SecretKey::from_bytes(bytes));
}

struct Spend {
    explicit Spend(const Script& script) {
        tx.inputs.resize(1);
        tx.inputs[0].prevout.index = 3;
        tx.outputs.resize(1);
        spent.resize(1);
        spent[0].script = script;
        spent[0].value = Amount{1000};
        spent[0].asset = AssetId{};
        tx.outputs[0] = spent[0];
        hashes = script::compute_tx_hashes(tx, spent, BlockHash{});
    }
    bool sign(const KeyRing& ring, std::optional<uint8_t> type = std::nullopt) {
        return signing::sign_input(tx, 0, spent[0], {spent, &hashes, type}, ring);
    }
    Transaction tx;
    std::vector<TxOut> spent;
    script::TxHashes hashes;
};

KeyRing ring_of(std::initializer_list<uint8_t> numbers) {
    KeyRing out;
    for (const uint8_t number : numbers) out.add_secret(key(number), true);
    return out;
}
Script multisig(int required, std::initializer_list<uint8_t> numbers) {
    std::vector<Bytes> keys;
    for (const uint8_t number : numbers) keys.push_back(to_bytes(key(number).pubkey().view()));
    return script::make_multisig(required, keys);
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_key_in_every_shape) {
    const PubKey pubkey = key(1).pubkey();
    const Script witness = script::make_p2wpkh(pubkey.hash160());
    for (const Script& script :
         {script::make_p2pk(pubkey.view()), script::make_p2pkh(pubkey.hash160()), witness, script::p2sh_of(witness),
          script::make_witness_program(1, XOnlyPubKey::from(pubkey).view())}) {
        KeyRing ring = ring_of({1});
        ring.add_script(witness);
        BOOST_TEST(Spend(script).sign(ring));
        BOOST_TEST(!Spend(script).sign(ring_of({2})));
    }
    for (const Script& inner : {script::make_p2pk(pubkey.view()), script::make_p2pkh(pubkey.hash160())}) {
        KeyRing ring = ring_of({1});
        ring.add_script(inner);
        BOOST_TEST(Spend(script::p2wsh_of(inner)).sign(ring));
        BOOST_TEST(Spend(script::p2sh_of(script::p2wsh_of(inner))).sign(ring));
        BOOST_TEST(Spend(script::p2sh_of(inner)).sign(ring));
    }
}

BOOST_AUTO_TEST_CASE(hash_types) {
    const Script script = script::make_p2wpkh(key(1).pubkey().hash160());
    for (const uint8_t type : {0x01, 0x02, 0x03, 0x81, 0x82, 0x83, 0x41, 0xc1}) {
        Spend spend(script);
        BOOST_TEST(spend.sign(ring_of({1}), type));
        BOOST_TEST(spend.tx.inputs[0].witness.script_witness[0].back() == type);
    }
}

BOOST_AUTO_TEST_CASE(taproot_with_a_tree_is_signed_by_its_key) {
    const auto params = make_chain_params("elementsregtest", Options()).value();
    const std::string xprv =
        "tprv8ZgxMBicQKsPd7Uf69XL1XwhmjHopUGep8GuEiJDZmbQz6o58LninorQAfcKZWARbtRtfnLcJ5MQ2AtHcQJCCRUcMRvmDUjyEmNUWwx8Ub"
        "K";
    const auto parsed = signing::Descriptor::parse("tr(" + xprv + "/0,pk(" + xprv + "/1))", params);
    BOOST_REQUIRE(parsed.has_value());
    for (const uint32_t index : {0, 1, 2, 3}) {
        const auto made = parsed->front().expand(index, true);
        BOOST_REQUIRE(made.has_value());
        BOOST_TEST(Spend(made->scripts[0]).sign(made->keys));
    }
}

BOOST_AUTO_TEST_CASE(taproot_by_each_leaf) {
    const auto params = make_chain_params("elementsregtest", Options()).value();
    const auto x = [](uint8_t number) { return to_hex(XOnlyPubKey::from(key(number).pubkey()).view()); };
    const std::string text = "tr(" + x(1) + ",{pk(" + x(2) + "),{multi_a(2," + x(3) + "," + x(4) + "," + x(5) +
                             "),sortedmulti_a(1," + x(6) + "," + x(7) + ")}})";
    const auto made = signing::Descriptor::parse(text, params)->front().expand(0);
    BOOST_REQUIRE(made.has_value());
    const auto signs = [&](std::initializer_list<uint8_t> numbers) {
        KeyRing ring = ring_of(numbers);
        ring.taproot = made->keys.taproot;
        Spend spend(made->scripts[0]);
        const bool done = spend.sign(ring);
        BOOST_TEST(done == !spend.tx.inputs[0].witness.script_witness.empty());
        return done ? spend.tx.inputs[0].witness.script_witness.size() : 0;
    };
    BOOST_TEST(signs({1}) == 1U);
    BOOST_TEST(signs({1, 2}) == 1U);
    BOOST_TEST(signs({2}) == 3U);
    BOOST_TEST(signs({3}) == 0U);
    for (const auto& pair : {std::pair<uint8_t, uint8_t>{3, 4}, {3, 5}, {4, 5}})
        BOOST_TEST(signs({pair.first, pair.second}) == 5U);
    BOOST_TEST(signs({3, 4, 5}) == 5U);
    BOOST_TEST(signs({6}) == 4U);
    BOOST_TEST(signs({7}) == 4U);
    BOOST_TEST(signs({2, 7}) == 3U);  // the smaller one
    BOOST_TEST(signs({8}) == 0U);
}

BOOST_AUTO_TEST_CASE(dummies_have_the_size_of_signatures) {
    const auto params = make_chain_params("elementsregtest", Options()).value();
    const auto hex = [](uint8_t number) { return to_hex(key(number).pubkey().view()); };
    for (const std::string& text :
         {"pk(" + hex(1) + ")", "pkh(" + hex(1) + ")", "wpkh(" + hex(1) + ")", "sh(wpkh(" + hex(1) + "))",
          "sh(multi(2," + hex(1) + "," + hex(2) + "))", "wsh(sortedmulti(1," + hex(1) + "," + hex(2) + "))",
          "tr(" + hex(1) + ")", "tr(" + hex(9) + ",pk(" + hex(1) + "))"}) {
        auto made = signing::Descriptor::parse(text, params)->front().expand(0);
        KeyRing ring = ring_of({1, 2});
        ring.merge(std::move(made->keys));
        Spend spend(made->scripts[0]);
        BOOST_REQUIRE(spend.sign(ring));
        ring.held = {key(1).pubkey().hash160(), key(2).pubkey().hash160()};
        const auto dummies = signing::dummy_scripts(made->scripts[0], ring);
        BOOST_REQUIRE_MESSAGE(dummies.has_value(), text);
        const TxIn& in = spend.tx.inputs[0];
        const auto size_of = [](const WitnessStack& stack) {
            size_t out = 0;
            for (const Bytes& item : stack) out += 1 + item.size();
            return out;
        };
        // Low S is half a byte shorter once in 256 times or so.
        const size_t real = in.script_sig.size() + size_of(in.witness.script_witness);
        const size_t guess = dummies->script_sig.size() + size_of(dummies->witness);
        BOOST_TEST((real <= guess && real + 4 >= guess), text << ": " << real << " of " << guess);
    }
    BOOST_TEST(!signing::dummy_scripts(script::make_p2wpkh(key(1).pubkey().hash160()), KeyRing()).has_value());
}

BOOST_AUTO_TEST_CASE(signatures_of_several_are_put_together) {
    const Script multi = multisig(2, {1, 2, 3});
    for (const Script& script :
         {multi, script::p2sh_of(multi), script::p2wsh_of(multi), script::p2sh_of(script::p2wsh_of(multi))}) {
        KeyRing third = ring_of({3});
        KeyRing first = ring_of({1});
        third.add_script(multi);
        first.add_script(multi);
        Spend a(script);
        Spend b(script);
        BOOST_TEST(!a.sign(third));
        BOOST_TEST(!b.sign(first));
        Spend joined(script);
        BOOST_TEST(signing::combine_input(joined.tx, 0, joined.spent[0], {joined.spent, &joined.hashes, {}},
                                          std::vector<Transaction>{a.tx, b.tx}));
        // One after the other is as good.
        BOOST_TEST(a.sign(first));
        // A complete input is left as it is.
        const Transaction complete = a.tx;
        BOOST_TEST(a.sign(ring_of({})));
        BOOST_TEST((a.tx == complete));
    }
}

BOOST_AUTO_TEST_CASE(signed_messages) {
    const Hash256 digest = message_digest("This is just a test message");
    for (const bool compressed : {true, false}) {
        const PubKey expected = compressed ? key(5).pubkey() : uncompressed(key(5).pubkey());
        Bytes signature = sign_recoverable(key(5), compressed, digest);
        BOOST_TEST((recover_key(signature, digest) == expected));
        BOOST_TEST((recover_key(signature, message_digest("another")) != expected));
        signature.pop_back();
        BOOST_TEST(!recover_key(signature, digest).has_value());
    }
}
