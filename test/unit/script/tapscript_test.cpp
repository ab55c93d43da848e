// Taproot spends as a wallet makes them, and tapscript's opcodes.
#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script_num.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "consensus/script/tx_checker.h"
#include "crypto/schnorr.h"

namespace sluice::script {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }
Bytes le64(int64_t value) {
    ByteWriter w;
    w.i64(value);
    return w.release();
}

struct Run {
    Stack stack;
    std::string error = "OK";
};
Run run(Stack stack, const ScriptBuilder& script, int64_t budget = 1000) {
    TaprootContext context;
    context.validation_weight_left = budget;
    Run out{std::move(stack), "OK"};
    const ScriptResult result =
        eval_script(out.stack, script.bytes(), kVerifyNone, SignatureChecker{}, SigVersion::kTapscript, context);
    if (!result) out.error = std::string(short_name(result.error()));
    return out;
}
Run run(Stack stack, uint8_t opcode) { return run(std::move(stack), ScriptBuilder().op(opcode)); }

BOOST_AUTO_TEST_CASE(arithmetic_agrees_with_wide_integers_or_says_false) {
    rc::check("64-bit arithmetic", [](int64_t a, int64_t b) {
        for (const uint8_t opcode : {OP_ADD64, OP_SUB64, OP_MUL64}) {
            const auto wide_a = static_cast<__int128>(a);
            __int128 wide = opcode == OP_ADD64 ? wide_a + b : opcode == OP_SUB64 ? wide_a - b : wide_a * b;
            const bool fits = wide == static_cast<int64_t>(wide);
            const Run out = run({le64(a), le64(b)}, opcode);
            const Stack expected = fits ? Stack{le64(static_cast<int64_t>(wide)), {1}} : Stack{le64(a), le64(b), {}};
            RC_ASSERT(out.stack == expected);
        }
    });
    rc::check("division", [](int64_t a, int64_t b) {
        RC_PRE(b != 0);
        const Run out = run({le64(a), le64(b)}, OP_DIV64);
        RC_ASSERT(out.stack.size() == 3);
        const int64_t remainder = Reader(out.stack[0]).i64();
        const int64_t quotient = Reader(out.stack[1]).i64();
        RC_ASSERT(static_cast<__int128>(quotient) * b + remainder == a);
        RC_ASSERT(remainder >= 0 && remainder < (b < 0 ? -static_cast<__int128>(b) : b));
    });
    BOOST_TEST((run({le64(5), le64(0)}, OP_DIV64).stack == Stack{le64(5), le64(0), {}}));
    BOOST_TEST((run({le64(INT64_MIN), le64(-1)}, OP_DIV64).stack == Stack{le64(INT64_MIN), le64(-1), {}}));
    BOOST_TEST((run({le64(INT64_MIN)}, OP_NEG64).stack == Stack{le64(INT64_MIN), {}}));
    BOOST_TEST((run({le64(7)}, OP_NEG64).stack == Stack{le64(-7), {1}}));
    BOOST_TEST((run({le64(-1), le64(1)}, OP_LESSTHAN64).stack == Stack{{1}}));
    BOOST_TEST((run({le64(1), le64(1)}, OP_GREATERTHAN64).stack == Stack{{}}));
    BOOST_TEST(run({Bytes(7, 0), le64(1)}, OP_ADD64).error == "EXPECTED_8BYTES");
}

BOOST_AUTO_TEST_CASE(conversions) {
    BOOST_TEST((run({hex("ff80")}, OP_SCRIPTNUMTOLE64).stack == Stack{le64(-255)}));
    BOOST_TEST((run({le64(-255)}, OP_LE64TOSCRIPTNUM).stack == Stack{hex("ff80")}));
    BOOST_TEST(run({le64(0x80000000)}, OP_LE64TOSCRIPTNUM).error == "ARITHMETIC64");
    BOOST_TEST((run({hex("ffffffff")}, OP_LE32TOLE64).stack == Stack{le64(0xffffffff)}));
    BOOST_TEST(run({hex("ffff")}, OP_LE32TOLE64).error == "ARITHMETIC64");
}

BOOST_AUTO_TEST_CASE(streamed_hashing_equals_hashing) {
    rc::check("stream", [](const Bytes& a, const Bytes& b, const Bytes& c) {
        const ScriptBuilder script =
            ScriptBuilder().op(OP_SHA256INITIALIZE).op(OP_SWAP).op(OP_SHA256UPDATE).op(OP_SWAP).op(OP_SHA256FINALIZE);
        const Run out = run({c, b, a}, script);
        Bytes all = a;
        append(all, b);
        append(all, c);
        RC_ASSERT(out.stack == Stack{to_bytes(sha256(all).view())});
    });
    BOOST_TEST(run({Bytes(39, 0), {}}, OP_SHA256UPDATE).error == "SHA2_CONTEXT_LOAD");
    Bytes nearly_full(72, 0);  // 32 bytes short of a block, 32 short of 2^61
    std::fill(nearly_full.begin() + 33, nearly_full.begin() + 40, uint8_t{0xff});
    BOOST_TEST(run({nearly_full, Bytes(100, 0)}, OP_SHA256UPDATE).error == "SHA2_CONTEXT_WRITE");
}

BOOST_AUTO_TEST_CASE(curve_checks) {
    const SecretKey secret = SecretKey::from_bytes(Bytes(32, 3)).value();
    const PubKey point = secret.pubkey();
    const Bytes scalar(32, 5);
    const PubKey product = point.multiply(scalar).value();
    const Stack good{to_bytes(product.view()), to_bytes(point.view()), scalar};
    BOOST_TEST(run(good, OP_ECMULSCALARVERIFY).error == "OK");
    BOOST_TEST(run({good[1], good[1], good[2]}, OP_ECMULSCALARVERIFY).error == "ECMULTVERIFYFAIL");
    BOOST_TEST(run({good[0], good[1], Bytes(32, 0)}, OP_ECMULSCALARVERIFY).error == "ECMULTVERIFYFAIL");
    BOOST_TEST(run({good[0], Bytes(33, 5), good[2]}, OP_ECMULSCALARVERIFY).error == "PUBKEYTYPE");
    BOOST_TEST(run({good[1], good[2]}, OP_ECMULSCALARVERIFY).error == "UNKNOWN_ERROR");
    BOOST_TEST(run(good, ScriptBuilder().op(OP_ECMULSCALARVERIFY), 49).error == "TAPSCRIPT_VALIDATION_WEIGHT");

    const XOnlyPubKey internal = XOnlyPubKey::from(point);
    const auto tweaked = internal.add_tweak(scalar).value();
    Bytes with_parity{static_cast<uint8_t>(tweaked.is_odd ? 3 : 2)};
    append(with_parity, tweaked.key.view());
    BOOST_TEST(run({with_parity, scalar, to_bytes(internal.view())}, OP_TWEAKVERIFY).error == "OK");
    with_parity[0] ^= 1;
    BOOST_TEST(run({with_parity, scalar, to_bytes(internal.view())}, OP_TWEAKVERIFY).error == "ECMULTVERIFYFAIL");
}

BOOST_AUTO_TEST_CASE(messages_of_any_length_are_checked_whole) {
    const SecretKey key = SecretKey::from_bytes(Bytes(32, 3)).value();
    const Bytes pubkey = to_bytes(XOnlyPubKey::from(key.pubkey()).view());
    for (const size_t size : {size_t{0}, size_t{5}, size_t{32}, size_t{100}}) {
        Bytes message(size, 7);
        const Bytes signature = sign_schnorr(key, message, Bytes(32, 0));
        BOOST_TEST((run({signature, message, pubkey}, OP_CHECKSIGFROMSTACK).stack == Stack{{1}}));
        message.push_back(8);
        BOOST_TEST(run({signature, message, pubkey}, OP_CHECKSIGFROMSTACK).error == "SCHNORR_SIG");
    }
    BOOST_TEST((run({{}, {}, pubkey}, OP_CHECKSIGFROMSTACK).stack == Stack{{}}));
    BOOST_TEST(run({{}, {}, {}}, OP_CHECKSIGFROMSTACK).error == "PUBKEYTYPE");
}

BOOST_AUTO_TEST_CASE(rules_of_tapscript) {
    BOOST_TEST(run({}, OP_CHECKMULTISIG).error == "TAPSCRIPT_CHECKMULTISIG");
    BOOST_TEST(run({{2}}, ScriptBuilder().op(OP_IF).op(OP_ENDIF)).error == "TAPSCRIPT_MINIMALIF");
    BOOST_TEST(run({{}}, OP_INSPECTINPUTVALUE).error == "INTROSPECT_CONTEXT_UNAVAILABLE");
    ScriptBuilder many;
    for (int i = 0; i < 300; ++i) many.op(OP_NOP);
    BOOST_TEST(run({{1}}, many).error == "OK");
}

// A transaction that spends one taproot coin, by key and by script.
struct Spend {
    SecretKey key = SecretKey::from_bytes(Bytes(32, 3)).value();
    BlockHash genesis;
    Transaction tx;
    std::vector<TxOut> spent;

    Spend() {
        TxOut coin;
        coin.asset = AssetId{};
        coin.value = Amount{1000};
        spent.push_back(coin);
        tx.inputs.emplace_back();
        tx.inputs[0].prevout.index = 0;
        tx.outputs.push_back(coin);
    }
    [[nodiscard]] ScriptResult verify() const {
        return verify_input(tx, 0, spent, kMandatoryFlags, compute_tx_hashes(tx, spent, genesis));
    }
};

BOOST_AUTO_TEST_CASE(key_path) {
    Spend s;
    s.spent[0].script = make_witness_program(1, XOnlyPubKey::from(s.key.pubkey()).view());
    const auto sign = [&](uint8_t hash_type, const TaprootContext& context = {}) {
        const auto hashes = compute_tx_hashes(s.tx, s.spent, s.genesis);
        const auto digest =
            sighash_taproot(s.tx, 0, s.spent, hash_type, SigVersion::kTaproot, context, *hashes.taproot);
        Bytes signature = sign_schnorr(s.key, digest->view(), Bytes(32, 0));
        if (hash_type != kSighashDefault) signature.push_back(hash_type);
        return signature;
    };
    for (const uint8_t type : {0x00, 0x01, 0x02, 0x03, 0x81, 0x82, 0x83}) {
        s.tx.inputs[0].witness.script_witness = {sign(type)};
        BOOST_TEST(s.verify().has_value());
    }
    const Bytes signature = sign(kSighashDefault);
    Bytes zero_type = signature;
    zero_type.push_back(0);
    s.tx.inputs[0].witness.script_witness = {zero_type};
    BOOST_TEST((s.verify().error() == ScriptError::kSchnorrSigHashtype));
    s.tx.inputs[0].witness.script_witness = {signature};
    BOOST_TEST(s.verify().has_value());

    // Bound to the chain, the spent value, and the annex.
    s.genesis.bytes[0] = 1;
    BOOST_TEST((s.verify().error() == ScriptError::kSchnorrSig));
    s.genesis.bytes[0] = 0;
    s.spent[0].value = Amount{1001};
    BOOST_TEST((s.verify().error() == ScriptError::kSchnorrSig));
    s.spent[0].value = Amount{1000};
    s.tx.inputs[0].witness.script_witness = {signature, Bytes{kAnnexTag}};
    BOOST_TEST((s.verify().error() == ScriptError::kSchnorrSig));
    s.tx.inputs[0].witness.script_witness = {};
    BOOST_TEST((s.verify().error() == ScriptError::kWitnessProgramWitnessEmpty));

    // Knowing the one coin only, no signature can be judged, and none passes.
    s.tx.inputs[0].witness.script_witness = {signature};
    const ScriptResult alone = verify_input(s.tx, 0, s.spent[0], kMandatoryFlags, compute_tx_hashes(s.tx));
    BOOST_TEST((alone.error() == ScriptError::kTaprootUnavailable));
}

BOOST_AUTO_TEST_CASE(script_path_with_introspection) {
    Spend s;
    const Script leaf = ScriptBuilder()
                            .number(0)
                            .op(OP_INSPECTOUTPUTVALUE)
                            .op(OP_1)
                            .op(OP_EQUALVERIFY)
                            .push(le64(1000))
                            .op(OP_EQUAL)
                            .build();
    const XOnlyPubKey internal = XOnlyPubKey::from(s.key.pubkey());
    const auto pay_to_leaf = [&](uint8_t version) {
        const Hash256 hash = tapleaf_hash(version, leaf.view());
        const auto output = internal.add_tweak(taptweak_hash(internal.view(), hash.view()).view()).value();
        s.spent[0].script = make_witness_program(1, output.key.view());
        Bytes control{static_cast<uint8_t>(version | (output.is_odd ? 1 : 0))};
        append(control, internal.view());
        s.tx.inputs[0].witness.script_witness = {leaf.bytes, control};
    };
    pay_to_leaf(kLeafTapscript);
    BOOST_TEST(s.verify().has_value());
    s.tx.outputs[0].value = Amount{999};
    BOOST_TEST((s.verify().error() == ScriptError::kEvalFalse));
    s.tx.inputs[0].witness.script_witness[1].pop_back();
    BOOST_TEST((s.verify().error() == ScriptError::kTaprootWrongControlSize));
    // Bitcoin's leaf version means nothing here; Simplicity's is refused where it is active.
    pay_to_leaf(0xc0);
    BOOST_TEST(s.verify().has_value());
    pay_to_leaf(kLeafSimplicity);
    BOOST_TEST(s.verify().has_value());
    const auto active = verify_input(s.tx, 0, s.spent, kMandatoryFlags | kVerifySimplicity,
                                     compute_tx_hashes(s.tx, s.spent, s.genesis));
    BOOST_TEST((active.error() == ScriptError::kSimplicityWrongLength));
}

}  // namespace
}  // namespace sluice::script
