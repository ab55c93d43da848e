// Checks signatures and lock times against a transaction's input. TransactionChecker is a template over a digest layout
// (sighash_layout.h); verify_input is what the rules call. Pure; any thread.
#pragma once

#include "consensus/script/checker.h"
#include "consensus/script/sighash.h"

namespace sluice::script {

// BIP65 and BIP112 over the fields that they look at.
struct LockTimeFields {
    int32_t version = 0;
    uint32_t lock_time = 0;
    uint32_t sequence = 0;
};
bool satisfies_lock_time(const LockTimeFields& tx, int64_t required);
bool satisfies_sequence(const LockTimeFields& tx, int64_t required);

// The hash type byte split off an ECDSA signature, checked against the digest that `sighash(hash_type)` gives.
bool check_ecdsa_with_hash_type(ByteView signature, ByteView pubkey, const Hash256& digest);

template <class Layout>
class TransactionChecker : public SignatureChecker {
public:
    // All of it must outlive the checker. `spent_value` is the value field of the spent output as the layout writes it.
    TransactionChecker(const Layout& tx, size_t index, ByteView spent_value, const V0Hashes& hashes)
        : tx_(tx), index_(index), spent_value_(spent_value), hashes_(hashes) {}

    [[nodiscard]] bool check_ecdsa(ByteView signature, ByteView pubkey, ByteView script_code, SigVersion version,
                                   Flags flags) const override {
        if (signature.empty()) return false;
        const HashType type{signature.back(), flags};
        const Hash256 digest = version == SigVersion::kWitnessV0
                                   ? witness_v0_sighash(tx_, script_code, index_, spent_value_, type, hashes_)
                                   : legacy_sighash(tx_, script_code, index_, type);
        return check_ecdsa_with_hash_type(signature, pubkey, digest);
    }
    [[nodiscard]] bool check_lock_time(int64_t required) const override {
        return satisfies_lock_time(fields(), required);
    }
    [[nodiscard]] bool check_sequence(int64_t required) const override {
        return satisfies_sequence(fields(), required);
    }

private:
    [[nodiscard]] LockTimeFields fields() const { return {tx_.version(), tx_.lock_time(), tx_.sequence(index_)}; }

    const Layout& tx_;
    size_t index_;
    ByteView spent_value_;
    const V0Hashes& hashes_;
};

// Whether input `index` may spend spent[index] (of a peg-in: the output synthesised from its witness). `spent` has one
// output for each input; `hashes` are compute_tx_hashes(tx, spent, genesis), shared by all inputs.
ScriptResult verify_input(const Transaction& tx, size_t index, std::span<const TxOut> spent, Flags flags,
                          const TxHashes& hashes);
// Where only one spent output is known: the same, but a taproot spend is refused.
ScriptResult verify_input(const Transaction& tx, size_t index, const TxOut& spent, Flags flags, const TxHashes& hashes);

}  // namespace sluice::script
