// SignatureChecker: the port through which the interpreter asks about the thing that is signed. Transactions implement
// it in tx_checker.h, block proofs in federation/rules. The default refuses everything. Pure; one evaluation at a time.
#pragma once

#include <cstdint>

#include "consensus/script/flags.h"
#include "consensus/script/script_error.h"
#include "crypto/hash.h"
#include "util/bytes.h"

namespace sluice::script {

enum class SigVersion : uint8_t {
    kBase,       // bare scripts and P2SH
    kWitnessV0,  // P2WPKH and P2WSH (BIP141)
    kTaproot,    // key path (BIP341)
    kTapscript,  // script path, leaf version 0xc4 (BIP342)
};

// What a taproot spend carries through its evaluation, for the signature message and the signature budget.
struct TaprootContext {
    bool has_annex = false;
    Hash256 annex_hash;
    Hash256 leaf_hash;  // script path only
    uint32_t code_separator_position = 0xffffffff;
    int64_t validation_weight_left = 0;
};

struct Introspection;  // introspection.h

class SignatureChecker {
public:
    virtual ~SignatureChecker() = default;
    // `signature` is as it stands in the script, hash type byte included; its encoding was checked as far as flags ask.
    [[nodiscard]] virtual bool check_ecdsa(ByteView /*signature*/, ByteView /*pubkey*/, ByteView /*script_code*/,
                                           SigVersion, Flags) const {
        return false;
    }
    // `pubkey` is 32 bytes. For SigVersion::kTaproot and kTapscript.
    [[nodiscard]] virtual ScriptResult check_schnorr(ByteView /*signature*/, ByteView /*pubkey*/, SigVersion,
                                                     const TaprootContext&) const {
        return script_fail(ScriptError::kSchnorrSig);
    }
    // BIP65, BIP112: whether the transaction satisfies the operand.
    [[nodiscard]] virtual bool check_lock_time(int64_t /*lock_time*/) const { return false; }
    [[nodiscard]] virtual bool check_sequence(int64_t /*sequence*/) const { return false; }
    // The transaction, for introspection opcodes; nullptr where there is none. Valid as long as the checker.
    [[nodiscard]] virtual const Introspection* introspection() const { return nullptr; }
};

}  // namespace sluice::script
