// Script text, building and parsing, and the opcodes that Elements added, as a spender sees them.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/script/asm.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/script_num.h"
#include "consensus/script/sigops.h"
#include "consensus/script/templates.h"
#include "crypto/ecdsa.h"

namespace sluice::script {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

// What a script leaves on the stack, or its error.
struct Run {
    Stack stack;
    std::string error = "OK";
};
Run run(Stack stack, const ScriptBuilder& script, Flags flags = kVerifyNone) {
    TaprootContext none;
    Run out{std::move(stack), "OK"};
    const ScriptResult result =
        eval_script(out.stack, script.bytes(), flags, SignatureChecker{}, SigVersion::kWitnessV0, none);
    if (!result) out.error = std::string(short_name(result.error()));
    return out;
}
std::string top_after(Stack stack, const ScriptBuilder& script) {
    const Run out = run(std::move(stack), script);
    return out.error == "OK" && !out.stack.empty() ? to_hex(out.stack.back()) : out.error;
}
ScriptBuilder ops(std::initializer_list<uint8_t> opcodes) {
    ScriptBuilder builder;
    for (const uint8_t opcode : opcodes) builder.op(opcode);
    return builder;
}

BOOST_AUTO_TEST_CASE(numbers_round_trip_in_shortest_form) {
    for (const int64_t value : {0L, 1L, -1L, 127L, 128L, -128L, 255L, -255L, 256L, 32767L, 2147483647L, -2147483647L}) {
        const Bytes encoded = encode_number(value);
        BOOST_TEST(decode_number(encoded, true).value() == value);
    }
    BOOST_TEST(to_hex(encode_number(-255)) == "ff80");
    BOOST_TEST(!decode_number(hex("0000000001"), false).has_value());
    BOOST_TEST(decode_number(hex("0000000001"), false, 5).value() == 0x100000000);
    BOOST_TEST(!decode_number(hex("0100"), true).has_value());
    BOOST_TEST(!decode_number(hex("80"), true).has_value());
    BOOST_TEST(decode_number(hex("80"), false).value() == 0);
    rc::check("numbers",
              [](int32_t value) { RC_ASSERT(decode_number(encode_number(value), true, 5).value() == value); });
}

BOOST_AUTO_TEST_CASE(byte_string_opcodes) {
    BOOST_TEST(top_after({hex("aabb"), hex("cc")}, ops({OP_CAT})) == "aabbcc");
    BOOST_TEST(top_after({Bytes(520, 1), hex("cc")}, ops({OP_CAT})) == "INVALID_STACK_OPERATION");
    BOOST_TEST(top_after({hex("aabbccdd"), hex("01"), hex("02")}, ops({OP_SUBSTR})) == "bbcc");
    BOOST_TEST(top_after({{}, {}, {}}, ops({OP_SUBSTR})) == "INVALID_STACK_OPERATION");
    BOOST_TEST(top_after({hex("aabb"), hex("81"), hex("01")}, ops({OP_SUBSTR})) == "INVALID_STACK_OPERATION");
    BOOST_TEST(top_after({hex("aabb"), hex("01"), hex("02")}, ops({OP_SUBSTR})) == "INVALID_STACK_OPERATION");
    BOOST_TEST(top_after({hex("aabb"), hex("81"), hex("7f")}, ops({OP_SUBSTR_LAZY})) == "aabb");
    BOOST_TEST(top_after({hex("aabb"), hex("01"), hex("7f")}, ops({OP_SUBSTR_LAZY})) == "bb");
    BOOST_TEST(top_after({hex("aabb"), hex("05"), hex("01")}, ops({OP_SUBSTR_LAZY})) == "");
    BOOST_TEST(top_after({hex("aabbcc"), hex("01")}, ops({OP_LEFT})) == "aa");
    BOOST_TEST(top_after({hex("aabbcc"), hex("7f")}, ops({OP_LEFT})) == "aabbcc");
    BOOST_TEST(top_after({hex("aabbcc"), hex("01")}, ops({OP_RIGHT})) == "bbcc");
    BOOST_TEST(top_after({hex("aabbcc"), hex("03")}, ops({OP_RIGHT})) == "");
    BOOST_TEST(top_after({hex("aabbcc"), hex("81")}, ops({OP_RIGHT})) == "UNKNOWN_ERROR");
    BOOST_TEST(top_after({hex("00f0")}, ops({OP_INVERT})) == "ff0f");
    BOOST_TEST(top_after({hex("0f"), hex("3c")}, ops({OP_AND})) == "0c");
    BOOST_TEST(top_after({hex("0f"), hex("3c")}, ops({OP_OR})) == "3f");
    BOOST_TEST(top_after({hex("0f"), hex("3c")}, ops({OP_XOR})) == "33");
    BOOST_TEST(top_after({hex("0f"), hex("3c00")}, ops({OP_XOR})) == "INVALID_STACK_OPERATION");
}

BOOST_AUTO_TEST_CASE(shifts_are_little_endian_and_drop_high_zeros) {
    BOOST_TEST(top_after({hex("9f11f555"), {}}, ops({OP_LSHIFT})) == "9f11f555");
    BOOST_TEST(top_after({hex("80"), hex("01")}, ops({OP_LSHIFT})) == "0001");
    BOOST_TEST(top_after({hex("01"), hex("08")}, ops({OP_LSHIFT})) == "0001");
    BOOST_TEST(top_after({Bytes(520, 1), hex("01")}, ops({OP_LSHIFT})) == "INVALID_STACK_OPERATION");
    BOOST_TEST(top_after({hex("0001"), hex("01")}, ops({OP_RSHIFT})) == "80");
    BOOST_TEST(top_after({hex("ff0f"), hex("04")}, ops({OP_RSHIFT})) == "ff");
    BOOST_TEST(top_after({hex("ff"), hex("10")}, ops({OP_RSHIFT})) == "");
    BOOST_TEST(top_after({hex("ff"), hex("81")}, ops({OP_RSHIFT})) == "UNKNOWN_ERROR");
}

BOOST_AUTO_TEST_CASE(deterministic_random_stays_in_range) {
    const Run same = run({hex("01"), hex("05"), hex("05")}, ops({OP_DETERMINISTICRANDOM}));
    BOOST_TEST(to_hex(same.stack.back()) == "05");
    BOOST_TEST(run({hex("01"), hex("06"), hex("05")}, ops({OP_DETERMINISTICRANDOM})).error == "UNKNOWN_ERROR");
    rc::check("in [min, max)", [](const Bytes& seed, int16_t a, int16_t b) {
        const auto [min, max] = std::minmax(a, b);
        RC_PRE(min < max);
        const Run out = run({seed, encode_number(min), encode_number(max)}, ops({OP_DETERMINISTICRANDOM}));
        const int64_t value = decode_number(out.stack.back(), true, 5).value();
        RC_ASSERT(value >= min && value < max);
    });
}

BOOST_AUTO_TEST_CASE(signature_from_stack_fails_the_script_when_bad) {
    const SecretKey key = SecretKey::from_bytes(Bytes(32, 7)).value();
    const Bytes pubkey = to_bytes(key.pubkey().view());
    const Bytes message = hex("00112233");
    const Bytes signature = sign_ecdsa(key, sha256(message));
    BOOST_TEST(top_after({signature, message, pubkey}, ops({OP_CHECKSIGFROMSTACK})) == "01");
    BOOST_TEST(run({signature, message, pubkey}, ops({OP_CHECKSIGFROMSTACKVERIFY})).stack.empty());
    BOOST_TEST(top_after({signature, hex("00"), pubkey}, ops({OP_CHECKSIGFROMSTACK})) == "CHECKSIGVERIFY");
    BOOST_TEST(top_after({{}, message, pubkey}, ops({OP_CHECKSIGFROMSTACK})) == "CHECKSIGVERIFY");
    Bytes with_hash_type = signature;
    with_hash_type.push_back(1);
    BOOST_TEST(run({with_hash_type, message, pubkey}, ops({OP_CHECKSIGFROMSTACK}), kVerifyStrictEnc).error ==
               "SIG_DER");
}

BOOST_AUTO_TEST_CASE(arithmetic_of_1990s_stays_disabled_and_tapscript_opcodes_unknown) {
    for (const uint8_t opcode : {OP_2MUL, OP_2DIV, OP_MUL, OP_DIV, OP_MOD}) {
        BOOST_TEST(run({}, ops({OP_0, OP_IF, opcode, OP_ENDIF, OP_1})).error == "DISABLED_OPCODE");
    }
    for (int opcode = OP_SHA256INITIALIZE; opcode <= 0xff; ++opcode) {
        BOOST_TEST(run({{1}, {1}, {1}}, ops({static_cast<uint8_t>(opcode)})).error == "BAD_OPCODE");
        BOOST_TEST(run({}, ops({OP_0, OP_IF, static_cast<uint8_t>(opcode), OP_ENDIF, OP_1})).error == "OK");
    }
}

BOOST_AUTO_TEST_CASE(text_of_scripts) {
    BOOST_TEST(to_asm(hex("76a914000000000000000000000000000000000000000088ac")) ==
               "OP_DUP OP_HASH160 0000000000000000000000000000000000000000 OP_EQUALVERIFY OP_CHECKSIG");
    BOOST_TEST(to_asm(hex("4f005160")) == "-1 0 1 16");
    BOOST_TEST(to_asm(hex("02e803")) == "1000");
    BOOST_TEST(to_asm(hex("51054c")) == "1 [error]");
    BOOST_TEST(to_asm(hex("c0c1c2c3e4ff")) ==
               "OP_DETERMINISTICRANDOM OP_CHECKSIGFROMSTACK OP_CHECKSIGFROMSTACKVERIFY OP_SUBSTR_LAZY OP_TWEAKVERIFY "
               "OP_INVALIDOPCODE");
    BOOST_TEST(to_asm(Bytes{}) == "");
}

BOOST_AUTO_TEST_CASE(hash_types_are_shown_behind_signatures) {
    const SecretKey key = SecretKey::from_bytes(Bytes(32, 9)).value();
    Bytes signature = sign_ecdsa(key, sha256(Bytes{1}));
    const std::string plain = to_hex(signature);
    signature.push_back(0x81);
    BOOST_TEST(to_asm(ScriptBuilder().push(signature).bytes(), true) == plain + "[ALL|ANYONECANPAY]");
    BOOST_TEST(to_asm(ScriptBuilder().push(signature).bytes(), false) == plain + "81");
    BOOST_TEST(to_asm(ScriptBuilder().op(OP_RETURN).push(signature).bytes(), true) == "OP_RETURN " + plain + "81");
}

BOOST_AUTO_TEST_CASE(templates_are_recognised) {
    const Bytes key = to_bytes(SecretKey::from_bytes(Bytes(32, 7)).value().pubkey().view());
    const auto kind = [](const Script& script) { return std::string(to_string(classify(script.view()).kind)); };
    BOOST_TEST(kind(make_p2pk(key)) == "pubkey");
    BOOST_TEST(kind(make_p2pkh(hash160(key))) == "pubkeyhash");
    BOOST_TEST(kind(make_p2wpkh(hash160(key))) == "witness_v0_keyhash");
    BOOST_TEST(kind(p2wsh_of(make_p2pk(key))) == "witness_v0_scripthash");
    BOOST_TEST(kind(p2sh_of(make_p2pk(key))) == "scripthash");
    BOOST_TEST(kind(make_witness_program(1, Bytes(32, 1))) == "witness_v1_taproot");
    BOOST_TEST(kind(make_witness_program(2, Bytes(32, 1))) == "witness_unknown");
    BOOST_TEST(kind(Script{hex("51024e73")}) == "anchor");
    BOOST_TEST(kind(make_null_data({hex("aabb")})) == "nulldata");
    BOOST_TEST(kind(Script{}) == "fee");
    BOOST_TEST(kind(Script{Bytes{OP_TRUE}}) == "nonstandard");
    BOOST_TEST((classify(Bytes{OP_TRUE}, true).kind == TemplateKind::kOpTrue));
    const Template multisig = classify(make_multisig(2, {key, key, key}).view());
    BOOST_TEST((multisig.kind == TemplateKind::kMultisig && multisig.required == 2 && multisig.parts.size() == 3));
}

BOOST_AUTO_TEST_CASE(pegout_scripts) {
    const Bytes genesis(32, 3);
    const Bytes destination = hex("0014aabb");
    const Script plain = make_null_data({genesis, destination});
    BOOST_TEST(to_hex(parse_pegout(plain.view())->destination) == "0014aabb");
    const Script with_proof = make_null_data({genesis, destination, hex("02"), hex("0304")});
    BOOST_TEST(parse_pegout(with_proof.view())->further.size() == 2u);
    BOOST_TEST(!parse_pegout(make_null_data({Bytes(31, 3), destination}).view()).has_value());
    BOOST_TEST(!parse_pegout(make_null_data({genesis}).view()).has_value());
    Script not_a_push = plain;
    not_a_push.bytes.push_back(OP_1);
    BOOST_TEST(!parse_pegout(not_a_push.view()).has_value());
}

BOOST_AUTO_TEST_CASE(signature_operations_are_counted) {
    const Bytes key(33, 2);
    const Script multisig = make_multisig(1, {key, key, key});
    BOOST_TEST(count_sigops(multisig.view(), false) == 20u);
    BOOST_TEST(count_sigops(multisig.view(), true) == 3u);
    BOOST_TEST(count_sigops(ops({OP_CHECKSIG, OP_CHECKSIGFROMSTACK, OP_CHECKSIGFROMSTACKVERIFY}).bytes(), true) == 3u);
    const Script pushes_multisig = ScriptBuilder().op(OP_0).push(multisig.view()).build();
    BOOST_TEST(count_p2sh_sigops(pushes_multisig, p2sh_of(multisig)) == 3u);
    BOOST_TEST(count_p2sh_sigops(Script{Bytes{OP_NOP}}, p2sh_of(multisig)) == 0u);
    BOOST_TEST(count_witness_sigops({}, p2wsh_of(multisig), {multisig.bytes}, kMandatoryFlags) == 3u);
    BOOST_TEST(count_witness_sigops({}, make_p2wpkh({}), {}, kMandatoryFlags) == 1u);
    BOOST_TEST(count_witness_sigops({}, make_p2wpkh({}), {}, kVerifyNone) == 0u);
    const Script nested = ScriptBuilder().push(p2wsh_of(multisig).view()).build();
    BOOST_TEST(count_witness_sigops(nested, p2sh_of(p2wsh_of(multisig)), {multisig.bytes}, kMandatoryFlags) == 3u);
}

BOOST_AUTO_TEST_CASE(find_and_delete_cuts_at_instructions_only) {
    BOOST_TEST(to_hex(find_and_delete(hex("51525152"), hex("51")).value()) == "5252");
    BOOST_TEST(!find_and_delete(hex("0151"), hex("51")).has_value());
    BOOST_TEST(to_hex(find_and_delete(hex("515105ff"), hex("51")).value()) == "05ff");
    BOOST_TEST(to_hex(find_and_delete(hex("0302ff03"), hex("02ff03")).value_or(hex("0302ff03"))) == "0302ff03");
}

}  // namespace
}  // namespace sluice::script
