// Why a script was refused. The texts are the ones that the reference shows to users (they appear in reject reasons).
// Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "util/result.h"

namespace sluice::script {

enum class ScriptError : uint8_t {
    kUnknown,
    kEvalFalse,
    kOpReturn,

    // Limits
    kScriptSize,
    kPushSize,
    kOpCount,
    kStackSize,
    kSigCount,
    kPubkeyCount,

    // Failed ...VERIFY
    kVerify,
    kEqualVerify,
    kCheckMultisigVerify,
    kCheckSigVerify,
    kNumEqualVerify,

    // Form
    kBadOpcode,
    kDisabledOpcode,
    kInvalidStackOperation,
    kInvalidAltstackOperation,
    kUnbalancedConditional,

    // Lock times
    kNegativeLocktime,
    kUnsatisfiedLocktime,

    // Malleability (BIP62, BIP146)
    kSigHashtype,
    kSigDer,
    kMinimalData,
    kSigPushOnly,
    kSigHighS,
    kSigNullDummy,
    kPubkeyType,
    kCleanStack,
    kMinimalIf,
    kSigNullFail,

    // Reserved for upgrades
    kDiscourageUpgradableNops,
    kDiscourageUpgradableWitnessProgram,
    kDiscourageUpgradableTaprootVersion,
    kDiscourageOpSuccess,
    kDiscourageUpgradablePubkeyType,

    // Segregated witness
    kWitnessProgramWrongLength,
    kWitnessProgramWitnessEmpty,
    kWitnessProgramMismatch,
    kWitnessMalleated,
    kWitnessMalleatedP2sh,
    kWitnessUnexpected,
    kWitnessPubkeyType,

    // Taproot
    kSchnorrSigSize,
    kSchnorrSigHashtype,
    kSchnorrSig,
    kTaprootWrongControlSize,
    kTapscriptValidationWeight,
    kTapscriptCheckMultisig,
    kTapscriptMinimalIf,

    // Constant script code
    kOpCodeSeparator,
    kSigFindAndDelete,

    // Elements
    kSha256ContextLoad,
    kSha256ContextWrite,
    kIntrospectContextUnavailable,
    kIntrospectIndexOutOfBounds,
    kExpected8Bytes,
    kArithmetic64,
    kEcMultVerifyFail,
    kSimplicityWrongLength,
    // Ours: what cannot be evaluated is refused, it never passes.
    kTaprootUnavailable,     // the caller did not say what all inputs spend
    kSimplicityUnavailable,  // Simplicity programs are not evaluated here
};

// The reference's text, e.g. "Script failed an OP_VERIFY operation".
std::string_view to_string(ScriptError error);
// The short name that the reference's script vectors use, e.g. "EVAL_FALSE", "SIG_DER".
std::string_view short_name(ScriptError error);

using ScriptResult = Result<void, ScriptError>;
inline tl::unexpected<ScriptError> script_fail(ScriptError error) { return tl::unexpected<ScriptError>(error); }

}  // namespace sluice::script
