// A second reading of the script rules, for tests: written from the protocol page "script" and the BIPs, slow and
// plain, sharing with consensus/script nothing but the transaction type. Numbers are big integers, curve arithmetic is
// OpenSSL's, digests are put together field by field. Verdicts are "OK" or the short names of the reference's script
// vectors.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "consensus/primitives/transaction.h"

namespace sluice::slow {

using Octets = std::vector<uint8_t>;
using Digest = std::array<uint8_t, 32>;

// Flag bits as the reference numbers them (protocol page "script", section 2).
enum Flag : uint32_t {
    kP2sh = 1u << 0,
    kStrictEnc = 1u << 1,
    kDerSig = 1u << 2,
    kLowS = 1u << 3,
    kNullDummy = 1u << 4,
    kSigPushOnly = 1u << 5,
    kMinimalData = 1u << 6,
    kDiscourageNops = 1u << 7,
    kCleanStack = 1u << 8,
    kLockTime = 1u << 9,
    kSequence = 1u << 10,
    kWitness = 1u << 11,
    kDiscourageProgram = 1u << 12,
    kMinimalIf = 1u << 13,
    kNullFail = 1u << 14,
    kWitnessKeyType = 1u << 15,
    kConstScriptCode = 1u << 16,
    kTaproot = 1u << 17,
    kDiscourageLeaf = 1u << 18,
    kDiscourageSuccess = 1u << 19,
    kDiscourageKeyType = 1u << 20,
    kNoHashByte = 1u << 21,
    kRangeproof = 1u << 22,
    kSimplicity = 1u << 23,
};

enum class Version { kLegacy, kV0, kTapscript };

// One input of a transaction with all that it may look at. `spent` has one output for each input.
struct Spending {
    const Transaction& tx;
    const std::vector<TxOut>& spent;
    size_t index = 0;
    Digest genesis{};
    uint32_t flags = 0;
};

// What a taproot spend carries along.
struct TaprootState {
    bool has_annex = false;
    Digest annex{};
    Digest leaf{};
    uint32_t separator = 0xffffffff;
    int64_t budget = 0;
};

struct Outcome {
    std::string verdict;
    std::vector<Octets> stack;  // when "OK"
    int64_t budget = 0;
};

// The whole of an input: scriptSig, scriptPubKey, witness.
std::string spend(const Spending& spending);
// One script on a stack.
Outcome run(const Spending& spending, Version version, std::vector<Octets> stack, const Octets& script,
            TaprootState state);

}  // namespace sluice::slow
