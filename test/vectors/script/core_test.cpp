// Bitcoin's script, digest and transaction vectors (core/*.json), over the same interpreter with Bitcoin's digest
// layout.
#include <cmath>
#include <random>
#include <set>

#include "codec/hex.h"
#include "consensus/script/trace.h"
#include "consensus/script/tx_checker.h"
#include "consensus/script/verify.h"
#include "support/vectors.h"
#include "vectors/script/core_format.h"

namespace sluice::script::test {
namespace {

using nlohmann::json;

// WITNESS has no meaning without P2SH, CLEANSTACK none without both.
Flags fill(Flags flags) {
    if ((flags & kVerifyCleanStack) != 0) flags |= kVerifyWitness;
    if ((flags & kVerifyWitness) != 0) flags |= kVerifyP2sh;
    return flags;
}
Flags trim(Flags flags) {
    if ((flags & kVerifyP2sh) == 0) flags &= ~kVerifyWitness;
    if ((flags & kVerifyWitness) == 0) flags &= ~kVerifyCleanStack;
    return flags;
}
Flags all_named() {
    Flags all = 0;
    for (const auto& [name, flag] : flag_names()) all |= flag;
    return all;
}

ScriptResult verify(const BitcoinTx& tx, const V0Hashes& hashes, size_t index, const Bytes& script_pubkey,
                    int64_t amount, Flags flags, ScriptObserver* observer = nullptr) {
    const BitcoinLayout layout(tx);
    const Bytes value = bitcoin_value(amount);
    const TransactionChecker<BitcoinLayout> checker(layout, index, value, hashes);
    return verify_script(Script{tx.ins[index].script_sig}, Script{script_pubkey}, tx.ins[index].witness, flags, checker,
                         observer);
}

// Errors of what stands around the scripts: there is no instruction to blame.
bool is_around_scripts(ScriptError error) {
    static const std::set<ScriptError> kAround = {ScriptError::kEvalFalse,
                                                  ScriptError::kCleanStack,
                                                  ScriptError::kSigPushOnly,
                                                  ScriptError::kPushSize,
                                                  ScriptError::kWitnessUnexpected,
                                                  ScriptError::kWitnessMalleated,
                                                  ScriptError::kWitnessMalleatedP2sh,
                                                  ScriptError::kWitnessProgramMismatch,
                                                  ScriptError::kWitnessProgramWitnessEmpty,
                                                  ScriptError::kWitnessProgramWrongLength,
                                                  ScriptError::kDiscourageUpgradableWitnessProgram,
                                                  ScriptError::kDiscourageUpgradableTaprootVersion,
                                                  ScriptError::kDiscourageOpSuccess,
                                                  ScriptError::kTaprootWrongControlSize,
                                                  ScriptError::kSchnorrSig,
                                                  ScriptError::kSchnorrSigSize,
                                                  ScriptError::kSchnorrSigHashtype};
    return kAround.contains(error);
}

// Errors between instructions: of a script as a whole, or of bytes that are no instruction.
bool is_between_instructions(ScriptError error) {
    return error == ScriptError::kScriptSize || error == ScriptError::kBadOpcode ||
           error == ScriptError::kUnbalancedConditional;
}

// Whether a refusal is traced to its instruction.
void check_trace(const ScriptTrace& trace, ScriptError error) {
    BOOST_TEST((!trace.result && trace.result.error() == error));
    const TracedScript* const failed = trace.failed_script();
    BOOST_TEST((failed != nullptr || is_around_scripts(error)));
    if (failed == nullptr) return;
    BOOST_TEST((failed->error == error));
    const TracedStep* const step = trace.failed_step();
    BOOST_TEST((step != nullptr || is_between_instructions(error)));
    BOOST_TEST(failed->end.offset <= failed->script.size());
    if (step == nullptr) return;
    BOOST_TEST(step->at.offset == failed->end.offset);
    BOOST_TEST(failed->script.at(step->at.offset) == step->opcode);
}

bool is_unavailable(const ScriptResult& result) {
    return !result && (result.error() == ScriptError::kTaprootUnavailable ||
                       result.error() == ScriptError::kSimplicityUnavailable);
}

struct ScriptCase {
    WitnessStack witness;
    int64_t amount = 0;
    Bytes script_sig;
    Bytes script_pubkey;
    Flags flags = 0;
    std::string expected;
};

ScriptCase read_script_case(const json& row) {
    ScriptCase c;
    size_t at = 0;
    if (row[0].is_array()) {
        for (size_t i = 0; i + 1 < row[0].size(); ++i)
            c.witness.push_back(from_hex(row[0][i].get<std::string>()).value());
        c.amount = std::llround(row[0].back().get<double>() * 1e8);
        at = 1;
    }
    c.script_sig = parse_script(row[at].get<std::string>());
    c.script_pubkey = parse_script(row[at + 1].get<std::string>());
    c.flags = parse_flags(row[at + 2].get<std::string>());
    c.expected = row[at + 3].get<std::string>();
    return c;
}

// The transaction pair that these vectors imply: one output that pays to the script, one input that spends it.
BitcoinTx spending(const ScriptCase& c) {
    BitcoinTx credit;
    credit.ins.push_back({OutPoint{}, Bytes{OP_0, OP_0}, 0xffffffff, {}});
    credit.outs.push_back({c.amount, c.script_pubkey});
    BitcoinTx spend;
    spend.ins.push_back({OutPoint{Txid::from(bitcoin_txid(credit)), 0}, c.script_sig, 0xffffffff, c.witness});
    spend.outs.push_back({c.amount, {}});
    return spend;
}

BOOST_AUTO_TEST_CASE(script_tests) {
    const auto file = sluice::test::load_vectors("core/script_tests.json");
    if (!file) return;
    std::mt19937 random(1);
    size_t count = 0;
    size_t skipped = 0;
    size_t traced = 0;
    for (const json& row : *file) {
        if (row.size() < 4) continue;  // a comment
        BOOST_TEST_CONTEXT(row.dump()) {
            const ScriptCase c = read_script_case(row);
            const Flags flags = fill(c.flags);
            const BitcoinTx tx = spending(c);
            const V0Hashes hashes = compute_v0_hashes(BitcoinLayout(tx));
            const ScriptResult result = verify(tx, hashes, 0, c.script_pubkey, c.amount, flags);
            if (is_unavailable(result)) {
                ++skipped;
                continue;
            }
            BOOST_TEST((result ? "OK" : short_name(result.error())) == c.expected);
            if (!result) {
                const auto again = [&](ScriptObserver& observer) {
                    return verify(tx, hashes, 0, c.script_pubkey, c.amount, flags, &observer);
                };
                check_trace(trace_script(again, 1), result.error());
                ++traced;
            }
            // Flags only narrow: fewer keep a good spend good, more keep a bad one bad.
            for (int i = 0; i < 16; ++i) {
                const Flags extra = random() & 0xffff;
                const Flags varied = result ? flags & ~extra : flags | extra;
                if (varied != fill(varied)) continue;
                BOOST_TEST(verify(tx, hashes, 0, c.script_pubkey, c.amount, varied).has_value() == result.has_value());
            }
        }
        ++count;
    }
    sluice::test::report_cases("core/script_tests.json", count, skipped);
    BOOST_TEST_MESSAGE("core/script_tests.json: " << traced << " refusals traced to their instruction");
}

BOOST_AUTO_TEST_CASE(sighash) {
    const auto file = sluice::test::load_vectors("core/sighash.json");
    if (!file) return;
    size_t count = 0;
    for (const json& row : *file) {
        if (row.size() < 5) continue;
        BOOST_TEST_CONTEXT("digest " << row[4]) {
            const BitcoinTx tx = parse_bitcoin_tx(from_hex(row[0].get<std::string>()).value());
            const Bytes script_code = from_hex(row[1].get<std::string>()).value();
            const auto hash_type = static_cast<uint32_t>(row[3].get<int64_t>());
            const Hash256 digest =
                legacy_sighash(BitcoinLayout(tx), script_code, row[2].get<size_t>(), HashType{hash_type, kVerifyNone});
            BOOST_TEST(to_display(digest) == row[4].get<std::string>());
        }
        ++count;
    }
    sluice::test::report_cases("core/sighash.json", count);
}

struct TxCase {
    std::map<OutPoint, std::pair<Bytes, int64_t>> coins;
    BitcoinTx tx;
    std::string flags;
};

TxCase read_tx_case(const json& row) {
    TxCase c;
    for (const json& in : row[0]) {
        const auto index = static_cast<uint32_t>(in[1].get<int64_t>());
        const OutPoint out_point{from_display<Txid>(in[0].get<std::string>()).value(), index};
        c.coins[out_point] = {parse_script(in[2].get<std::string>()), in.size() > 3 ? in[3].get<int64_t>() : 0};
    }
    c.tx = parse_bitcoin_tx(from_hex(row[1].get<std::string>()).value());
    c.flags = row[2].get<std::string>();
    return c;
}

enum class Outcome { kValid, kInvalid, kUnavailable };
Outcome check_inputs(const TxCase& c, Flags flags) {
    const V0Hashes hashes = compute_v0_hashes(BitcoinLayout(c.tx));
    for (size_t i = 0; i < c.tx.ins.size(); ++i) {
        const auto& [script, amount] = c.coins.at(c.tx.ins[i].prevout);
        const ScriptResult result = verify(c.tx, hashes, i, script, amount, flags);
        if (is_unavailable(result)) return Outcome::kUnavailable;
        if (!result) return Outcome::kInvalid;
    }
    return Outcome::kValid;
}

BOOST_AUTO_TEST_CASE(tx_valid) {
    const auto file = sluice::test::load_vectors("core/tx_valid.json");
    if (!file) return;
    size_t count = 0;
    size_t skipped = 0;
    for (const json& row : *file) {
        if (!row[0].is_array()) continue;
        BOOST_TEST_CONTEXT(row.dump()) {
            const TxCase c = read_tx_case(row);
            BOOST_TEST(is_sane_bitcoin_tx(c.tx));
            const Flags excluded = parse_flags(c.flags);
            const Flags flags = all_named() & ~excluded;
            BOOST_TEST(fill(flags) == flags);
            const Outcome outcome = check_inputs(c, flags);
            if (outcome == Outcome::kUnavailable) {
                ++skipped;
                continue;
            }
            BOOST_TEST((outcome == Outcome::kValid));
            for (const auto& [name, flag] : flag_names()) {
                BOOST_TEST((check_inputs(c, trim(flags & ~flag)) == Outcome::kValid), "without " << name);
                // The list of excluded flags is as short as it can be.
                const Flags fewer_excluded = trim(excluded & ~flag);
                if (fewer_excluded == excluded) continue;
                BOOST_TEST((check_inputs(c, all_named() & ~fewer_excluded) != Outcome::kValid), "with " << name);
            }
        }
        ++count;
    }
    sluice::test::report_cases("core/tx_valid.json", count, skipped);
}

BOOST_AUTO_TEST_CASE(tx_invalid) {
    const auto file = sluice::test::load_vectors("core/tx_invalid.json");
    if (!file) return;
    size_t count = 0;
    for (const json& row : *file) {
        if (!row[0].is_array()) continue;
        BOOST_TEST_CONTEXT(row.dump()) {
            const TxCase c = read_tx_case(row);
            if (!is_sane_bitcoin_tx(c.tx)) {
                BOOST_TEST(c.flags == "BADTX");
                ++count;
                continue;
            }
            const Flags flags = parse_flags(c.flags);
            BOOST_TEST((check_inputs(c, flags) != Outcome::kValid));
            for (const auto& [name, flag] : flag_names()) {
                BOOST_TEST((check_inputs(c, fill(flags | flag)) != Outcome::kValid), "with " << name);
            }
        }
        ++count;
    }
    sluice::test::report_cases("core/tx_invalid.json", count);
}

}  // namespace
}  // namespace sluice::script::test
