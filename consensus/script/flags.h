// Script verification flags and signature hash types. A flag only ever narrows what is accepted. Pure.
// Sources: BIP 16, 62, 65, 66, 68, 112, 141, 143, 146, 147, 341, 342; protocol page "script", section 2.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::script {

using Flags = uint32_t;

inline constexpr Flags kVerifyNone = 0;
inline constexpr Flags kVerifyP2sh = 1u << 0;
inline constexpr Flags kVerifyStrictEnc = 1u << 1;
inline constexpr Flags kVerifyDerSig = 1u << 2;
inline constexpr Flags kVerifyLowS = 1u << 3;
inline constexpr Flags kVerifyNullDummy = 1u << 4;
inline constexpr Flags kVerifySigPushOnly = 1u << 5;
inline constexpr Flags kVerifyMinimalData = 1u << 6;
inline constexpr Flags kVerifyDiscourageUpgradableNops = 1u << 7;
inline constexpr Flags kVerifyCleanStack = 1u << 8;  // needs kVerifyP2sh and kVerifyWitness
inline constexpr Flags kVerifyCheckLockTimeVerify = 1u << 9;
inline constexpr Flags kVerifyCheckSequenceVerify = 1u << 10;
inline constexpr Flags kVerifyWitness = 1u << 11;  // needs kVerifyP2sh
inline constexpr Flags kVerifyDiscourageUpgradableWitnessProgram = 1u << 12;
inline constexpr Flags kVerifyMinimalIf = 1u << 13;
inline constexpr Flags kVerifyNullFail = 1u << 14;
inline constexpr Flags kVerifyWitnessPubkeyType = 1u << 15;
inline constexpr Flags kVerifyConstScriptCode = 1u << 16;
inline constexpr Flags kVerifyTaproot = 1u << 17;
inline constexpr Flags kVerifyDiscourageUpgradableTaprootVersion = 1u << 18;
inline constexpr Flags kVerifyDiscourageOpSuccess = 1u << 19;
inline constexpr Flags kVerifyDiscourageUpgradablePubkeyType = 1u << 20;
inline constexpr Flags kNoSighashByte = 1u << 21;            // block proofs: signatures carry no hash type byte
inline constexpr Flags kVerifySighashRangeproof = 1u << 22;  // SIGHASH_RANGEPROOF has a meaning
inline constexpr Flags kVerifySimplicity = 1u << 23;

// What policy calls mandatory, and the rest of what it calls standard. Blocks choose theirs by height
// (consensus/rules).
inline constexpr Flags kMandatoryFlags = kVerifyP2sh | kVerifyDerSig | kVerifyNullDummy | kVerifyCheckLockTimeVerify |
                                         kVerifyCheckSequenceVerify | kVerifyWitness | kVerifyTaproot;
inline constexpr Flags kStandardFlags =
    kMandatoryFlags | kVerifyStrictEnc | kVerifyMinimalData | kVerifyDiscourageUpgradableNops | kVerifyCleanStack |
    kVerifyMinimalIf | kVerifyNullFail | kVerifyLowS | kVerifyDiscourageUpgradableWitnessProgram |
    kVerifyWitnessPubkeyType | kVerifyConstScriptCode | kVerifyDiscourageUpgradableTaprootVersion |
    kVerifyDiscourageOpSuccess | kVerifyDiscourageUpgradablePubkeyType | kVerifySimplicity;

inline constexpr uint8_t kSighashDefault = 0;  // taproot only
inline constexpr uint8_t kSighashAll = 1;
inline constexpr uint8_t kSighashNone = 2;
inline constexpr uint8_t kSighashSingle = 3;
inline constexpr uint8_t kSighashRangeproof = 0x40;
inline constexpr uint8_t kSighashAnyoneCanPay = 0x80;

// Limits.
inline constexpr size_t kMaxElementSize = 520;    // bytes of a stack element
inline constexpr size_t kMaxScriptSize = 10'000;  // bytes, legacy and witness v0
inline constexpr int kMaxOpsPerScript = 201;      // legacy and witness v0
inline constexpr int kMaxPubkeysPerMultisig = 20;
inline constexpr size_t kMaxStackSize = 1000;                // elements, altstack included
inline constexpr uint32_t kLocktimeThreshold = 500'000'000;  // below: a height; else: Unix time in seconds

}  // namespace sluice::script
