#include "consensus/script/script_error.h"

namespace sluice::script {

namespace {
struct Texts {
    std::string_view text;
    std::string_view short_name;
};

Texts texts(ScriptError error) {
    switch (error) {
        case ScriptError::kUnknown: return {"unknown error", "UNKNOWN_ERROR"};
        case ScriptError::kEvalFalse:
            return {"Script evaluated without error but finished with a false/empty top stack element", "EVAL_FALSE"};
        case ScriptError::kOpReturn: return {"OP_RETURN was encountered", "OP_RETURN"};
        case ScriptError::kScriptSize: return {"Script is too big", "SCRIPT_SIZE"};
        case ScriptError::kPushSize: return {"Push value size limit exceeded", "PUSH_SIZE"};
        case ScriptError::kOpCount: return {"Operation limit exceeded", "OP_COUNT"};
        case ScriptError::kStackSize: return {"Stack size limit exceeded", "STACK_SIZE"};
        case ScriptError::kSigCount: return {"Signature count negative or greater than pubkey count", "SIG_COUNT"};
        case ScriptError::kPubkeyCount: return {"Pubkey count negative or limit exceeded", "PUBKEY_COUNT"};
        case ScriptError::kVerify: return {"Script failed an OP_VERIFY operation", "VERIFY"};
        case ScriptError::kEqualVerify: return {"Script failed an OP_EQUALVERIFY operation", "EQUALVERIFY"};
        case ScriptError::kCheckMultisigVerify:
            return {"Script failed an OP_CHECKMULTISIGVERIFY operation", "CHECKMULTISIGVERIFY"};
        case ScriptError::kCheckSigVerify: return {"Script failed an OP_CHECKSIGVERIFY operation", "CHECKSIGVERIFY"};
        case ScriptError::kNumEqualVerify: return {"Script failed an OP_NUMEQUALVERIFY operation", "NUMEQUALVERIFY"};
        case ScriptError::kBadOpcode: return {"Opcode missing or not understood", "BAD_OPCODE"};
        case ScriptError::kDisabledOpcode: return {"Attempted to use a disabled opcode", "DISABLED_OPCODE"};
        case ScriptError::kInvalidStackOperation:
            return {"Operation not valid with the current stack size", "INVALID_STACK_OPERATION"};
        case ScriptError::kInvalidAltstackOperation:
            return {"Operation not valid with the current altstack size", "INVALID_ALTSTACK_OPERATION"};
        case ScriptError::kUnbalancedConditional: return {"Invalid OP_IF construction", "UNBALANCED_CONDITIONAL"};
        case ScriptError::kNegativeLocktime: return {"Negative locktime", "NEGATIVE_LOCKTIME"};
        case ScriptError::kUnsatisfiedLocktime: return {"Locktime requirement not satisfied", "UNSATISFIED_LOCKTIME"};
        case ScriptError::kSigHashtype: return {"Signature hash type missing or not understood", "SIG_HASHTYPE"};
        case ScriptError::kSigDer: return {"Non-canonical DER signature", "SIG_DER"};
        case ScriptError::kMinimalData: return {"Data push larger than necessary", "MINIMALDATA"};
        case ScriptError::kSigPushOnly: return {"Only push operators allowed in signatures", "SIG_PUSHONLY"};
        case ScriptError::kSigHighS: return {"Non-canonical signature: S value is unnecessarily high", "SIG_HIGH_S"};
        case ScriptError::kSigNullDummy: return {"Dummy CHECKMULTISIG argument must be zero", "SIG_NULLDUMMY"};
        case ScriptError::kPubkeyType: return {"Public key is neither compressed or uncompressed", "PUBKEYTYPE"};
        case ScriptError::kCleanStack: return {"Stack size must be exactly one after execution", "CLEANSTACK"};
        case ScriptError::kMinimalIf: return {"OP_IF/NOTIF argument must be minimal", "MINIMALIF"};
        case ScriptError::kSigNullFail:
            return {"Signature must be zero for failed CHECK(MULTI)SIG operation", "NULLFAIL"};
        case ScriptError::kDiscourageUpgradableNops:
            return {"NOPx reserved for soft-fork upgrades", "DISCOURAGE_UPGRADABLE_NOPS"};
        case ScriptError::kDiscourageUpgradableWitnessProgram:
            return {"Witness version reserved for soft-fork upgrades", "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"};
        case ScriptError::kDiscourageUpgradableTaprootVersion:
            return {"Taproot version reserved for soft-fork upgrades", "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION"};
        case ScriptError::kDiscourageOpSuccess:
            return {"OP_SUCCESSx reserved for soft-fork upgrades", "DISCOURAGE_OP_SUCCESS"};
        case ScriptError::kDiscourageUpgradablePubkeyType:
            return {"Public key version reserved for soft-fork upgrades", "DISCOURAGE_UPGRADABLE_PUBKEYTYPE"};
        case ScriptError::kWitnessProgramWrongLength:
            return {"Witness program has incorrect length", "WITNESS_PROGRAM_WRONG_LENGTH"};
        case ScriptError::kWitnessProgramWitnessEmpty:
            return {"Witness program was passed an empty witness", "WITNESS_PROGRAM_WITNESS_EMPTY"};
        case ScriptError::kWitnessProgramMismatch: return {"Witness program hash mismatch", "WITNESS_PROGRAM_MISMATCH"};
        case ScriptError::kWitnessMalleated: return {"Witness requires empty scriptSig", "WITNESS_MALLEATED"};
        case ScriptError::kWitnessMalleatedP2sh:
            return {"Witness requires only-redeemscript scriptSig", "WITNESS_MALLEATED_P2SH"};
        case ScriptError::kWitnessUnexpected: return {"Witness provided for non-witness script", "WITNESS_UNEXPECTED"};
        case ScriptError::kWitnessPubkeyType: return {"Using non-compressed keys in segwit", "WITNESS_PUBKEYTYPE"};
        case ScriptError::kSchnorrSigSize: return {"Invalid Schnorr signature size", "SCHNORR_SIG_SIZE"};
        case ScriptError::kSchnorrSigHashtype: return {"Invalid Schnorr signature hash type", "SCHNORR_SIG_HASHTYPE"};
        case ScriptError::kSchnorrSig: return {"Invalid Schnorr signature", "SCHNORR_SIG"};
        case ScriptError::kTaprootWrongControlSize:
            return {"Invalid Taproot control block size", "TAPROOT_WRONG_CONTROL_SIZE"};
        case ScriptError::kTapscriptValidationWeight:
            return {"Too much signature validation relative to witness weight", "TAPSCRIPT_VALIDATION_WEIGHT"};
        case ScriptError::kTapscriptCheckMultisig:
            return {"OP_CHECKMULTISIG(VERIFY) is not available in tapscript", "TAPSCRIPT_CHECKMULTISIG"};
        case ScriptError::kTapscriptMinimalIf:
            return {"OP_IF/NOTIF argument must be minimal in tapscript", "TAPSCRIPT_MINIMALIF"};
        case ScriptError::kOpCodeSeparator: return {"Using OP_CODESEPARATOR in non-witness script", "OP_CODESEPARATOR"};
        case ScriptError::kSigFindAndDelete: return {"Signature is found in scriptCode", "SIG_FINDANDDELETE"};
        case ScriptError::kSha256ContextLoad: return {"Invalid Sha256 context object read", "SHA2_CONTEXT_LOAD"};
        case ScriptError::kSha256ContextWrite: return {"Invalid Sha256 context object write", "SHA2_CONTEXT_WRITE"};
        case ScriptError::kIntrospectContextUnavailable:
            return {"Introspection opcode used without correct evaluation context", "INTROSPECT_CONTEXT_UNAVAILABLE"};
        case ScriptError::kIntrospectIndexOutOfBounds:
            return {"Introspection index out of bounds", "INTROSPECT_INDEX_OUT_OF_BOUNDS"};
        case ScriptError::kExpected8Bytes: return {"Arithmetic opcodes expect 8 bytes operands", "EXPECTED_8BYTES"};
        case ScriptError::kArithmetic64: return {"Arithmetic opcode error", "ARITHMETIC64"};
        case ScriptError::kEcMultVerifyFail: return {"EC scalar mult verify fail", "ECMULTVERIFYFAIL"};
        case ScriptError::kSimplicityWrongLength:
            return {"Simplicity witness has incorrect length", "SIMPLICITY_WRONG_LENGTH"};
        case ScriptError::kTaprootUnavailable:
            return {"Taproot spend without the outputs that its transaction spends", "TAPROOT_UNAVAILABLE"};
        case ScriptError::kSimplicityUnavailable:
            return {"Simplicity programs are not supported by this node", "SIMPLICITY_UNAVAILABLE"};
    }
    return {"unknown error", "UNKNOWN_ERROR"};
}
}  // namespace

std::string_view to_string(ScriptError error) { return texts(error).text; }
std::string_view short_name(ScriptError error) { return texts(error).short_name; }

}  // namespace sluice::script
