// What a script may use, on both sides of each limit and by version (protocol page "script", section 1; BIP342 lifts
// two of them).
#include <boost/test/unit_test.hpp>

#include "consensus/script/script.h"
#include "support/slow_script/compare.h"

namespace sluice::slow {
namespace {

using script::ScriptBuilder;

// What both readings say about `script` on `stack`.
std::string verdict(Version version, const ScriptBuilder& script, std::vector<Octets> stack = {},
                    int64_t budget = 1000) {
    ScriptCase c;
    c.on.tx.inputs.emplace_back();
    c.on.tx.inputs[0].prevout.index = 0;
    TxOut coin;
    coin.asset = AssetId{};
    coin.value = Amount{1};
    c.on.spent.push_back(coin);
    c.version = version;
    c.script = script.bytes();
    c.stack = std::move(stack);
    c.state.budget = budget;
    const Comparison both = compare(c);
    BOOST_TEST(both.difference.empty(), both.difference);
    return both.verdict;
}
ScriptBuilder repeated(uint8_t opcode, size_t times) {
    ScriptBuilder out;
    for (size_t i = 0; i < times; ++i) out.op(opcode);
    return out;
}
// Pushes and drops that are `size` bytes together. Precondition: size is 19 * 524 and something.
ScriptBuilder long_script(size_t size) {
    ScriptBuilder out;
    for (int i = 0; i < 19; ++i) out.push(Bytes(520, 1)).op(script::OP_DROP);
    return out.push(Bytes(size - 19 * 524 - 1, 1));
}

constexpr Version kBefore[] = {Version::kLegacy, Version::kV0};

BOOST_AUTO_TEST_CASE(bytes_of_a_script) {
    for (const Version version : kBefore) {
        BOOST_TEST(verdict(version, long_script(10'000)) == "OK");
        BOOST_TEST(verdict(version, long_script(10'001)) == "SCRIPT_SIZE");
    }
    BOOST_TEST(verdict(Version::kTapscript, long_script(10'001)) == "OK");
}

BOOST_AUTO_TEST_CASE(operations) {
    for (const Version version : kBefore) {
        BOOST_TEST(verdict(version, repeated(script::OP_NOP, 201)) == "OK");
        BOOST_TEST(verdict(version, repeated(script::OP_NOP, 202)) == "OP_COUNT");
        // Also where they are not executed; OP_RESERVED counts as a push.
        BOOST_TEST(verdict(version, ScriptBuilder(repeated(script::OP_NOP, 199))
                                        .op(script::OP_0)
                                        .op(script::OP_IF)
                                        .op(script::OP_RESERVED)
                                        .op(script::OP_ENDIF)) == "OK");
        BOOST_TEST(verdict(version, ScriptBuilder().op(script::OP_0).op(script::OP_IF).op(script::OP_ENDIF)) == "OK");
        // Each key of a multisig counts.
        for (const size_t nops : {180, 181}) {
            ScriptBuilder multisig = repeated(script::OP_NOP, nops);
            multisig.op(script::OP_0).op(script::OP_0);
            for (int i = 0; i < 20; ++i) multisig.op(script::OP_0);
            multisig.number(20).op(script::OP_CHECKMULTISIG);
            BOOST_TEST(verdict(version, multisig) == (nops == 180 ? "OK" : "OP_COUNT"));
        }
    }
    BOOST_TEST(verdict(Version::kTapscript, repeated(script::OP_NOP, 5000)) == "OK");
}

BOOST_AUTO_TEST_CASE(elements_on_both_stacks) {
    for (const Version version : {Version::kLegacy, Version::kV0, Version::kTapscript}) {
        BOOST_TEST(verdict(version, repeated(script::OP_1, 1000)) == "OK");
        BOOST_TEST(verdict(version, repeated(script::OP_1, 1001)) == "STACK_SIZE");
        ScriptBuilder aside = repeated(script::OP_1, 1000);
        aside.op(script::OP_TOALTSTACK);
        BOOST_TEST(verdict(version, aside) == "OK");
        BOOST_TEST(verdict(version, aside.op(script::OP_1)) == "STACK_SIZE");
    }
}

BOOST_AUTO_TEST_CASE(bytes_of_an_element) {
    for (const Version version : {Version::kLegacy, Version::kV0, Version::kTapscript}) {
        BOOST_TEST(verdict(version, ScriptBuilder().push(Bytes(520, 1))) == "OK");
        BOOST_TEST(verdict(version, ScriptBuilder().push(Bytes(521, 1))) == "PUSH_SIZE");
        // Not even where nothing is executed.
        BOOST_TEST(
            verdict(version,
                    ScriptBuilder().op(script::OP_0).op(script::OP_IF).push(Bytes(521, 1)).op(script::OP_ENDIF)) ==
            "PUSH_SIZE");
        const ScriptBuilder cat = ScriptBuilder().op(script::OP_CAT);
        BOOST_TEST(verdict(version, cat, {Bytes(500, 1), Bytes(20, 2)}) == "OK");
        BOOST_TEST(verdict(version, cat, {Bytes(500, 1), Bytes(21, 2)}) == "INVALID_STACK_OPERATION");
        const ScriptBuilder shift = ScriptBuilder().number(8).op(script::OP_LSHIFT);
        BOOST_TEST(verdict(version, shift, {Bytes(519, 1)}) == "OK");
        BOOST_TEST(verdict(version, shift, {Bytes(520, 1)}) == "INVALID_STACK_OPERATION");
    }
}

BOOST_AUTO_TEST_CASE(keys_of_a_multisig) {
    for (const Version version : kBefore) {
        BOOST_TEST(verdict(version,
                           ScriptBuilder().op(script::OP_0).op(script::OP_0).number(21).op(script::OP_CHECKMULTISIG)) ==
                   "PUBKEY_COUNT");
        BOOST_TEST(
            verdict(
                version,
                ScriptBuilder().op(script::OP_0).number(2).op(script::OP_0).number(1).op(script::OP_CHECKMULTISIG)) ==
            "SIG_COUNT");
        // The element below the operands has to be there before a signature is looked at.
        BOOST_TEST(verdict(version, ScriptBuilder().number(1).push(Bytes(33, 2)).number(1).op(script::OP_CHECKMULTISIG),
                           {Bytes(1, 1)}) == "INVALID_STACK_OPERATION");
    }
}

// Each signature check of tapscript costs 50; a key of unknown size passes, but is paid for.
BOOST_AUTO_TEST_CASE(signatures_that_the_witness_pays_for) {
    const std::vector<Octets> stack{Bytes(1, 1), Bytes(33, 2)};
    for (const uint8_t opcode : {script::OP_CHECKSIG, script::OP_CHECKSIGVERIFY}) {
        BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(opcode), stack, 50) == "OK");
        BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(opcode), stack, 49) ==
                   "TAPSCRIPT_VALIDATION_WEIGHT");
    }
    const std::vector<Octets> with_message{Bytes(1, 1), {}, Bytes(33, 2)};
    BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(script::OP_CHECKSIGFROMSTACK), with_message, 50) ==
               "OK");
    BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(script::OP_CHECKSIGFROMSTACK), with_message, 49) ==
               "TAPSCRIPT_VALIDATION_WEIGHT");
    BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(script::OP_CHECKSIGADD), with_message, 49) ==
               "TAPSCRIPT_VALIDATION_WEIGHT");
    // An empty signature is free.
    BOOST_TEST(verdict(Version::kTapscript, ScriptBuilder().op(script::OP_CHECKSIG), {{}, Bytes(33, 2)}, 0) == "OK");
}

}  // namespace
}  // namespace sluice::slow
