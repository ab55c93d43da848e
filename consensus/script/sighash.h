// Signature digests of Elements transactions. Pure; any thread.
#pragma once

#include <optional>
#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/checker.h"
#include "consensus/script/sighash_layout.h"

namespace sluice::script {

// How Elements writes the parts of a transaction into a digest. Refers to the transaction, which must outlive it.
class ElementsLayout {
public:
    static constexpr bool kElements = true;
    explicit ElementsLayout(const Transaction& tx) : tx_(tx) {}

    [[nodiscard]] size_t inputs() const { return tx_.inputs.size(); }
    [[nodiscard]] size_t outputs() const { return tx_.outputs.size(); }
    [[nodiscard]] int32_t version() const { return tx_.version; }
    [[nodiscard]] uint32_t lock_time() const { return tx_.lock_time; }
    [[nodiscard]] uint32_t sequence(size_t i) const { return tx_.inputs[i].sequence; }
    [[nodiscard]] bool has_issuance(size_t i) const { return !tx_.inputs[i].issuance.is_null(); }
    void write_prevout(Writer& w, size_t i) const;
    void write_issuance(Writer& w, size_t i) const;
    void write_output(Writer& w, size_t i) const;
    void write_blank_output(Writer& w) const;
    void write_proofs(Writer& w, size_t i) const;

private:
    const Transaction& tx_;
};

// What taproot digests and introspection share between inputs: single SHA-256 over all inputs or outputs of one field.
struct TaprootHashes {
    BlockHash genesis;  // of the chain: a signature is good on one chain only
    uint64_t tx_weight = 0;
    Hash256 outpoint_flags;
    Hash256 prevouts;
    Hash256 spent_assets_and_values;
    Hash256 spent_scripts;
    Hash256 sequences;
    Hash256 issuances;
    Hash256 issuance_proofs;
    Hash256 outputs;
    Hash256 output_witnesses;
    // For introspection: of each script by itself, without its length.
    std::vector<Hash256> each_spent_script;
    std::vector<Hash256> each_output_script;
};

// What is hashed once a transaction for all its inputs. It does not keep the transaction.
struct TxHashes {
    V0Hashes v0;
    std::optional<TaprootHashes> taproot;  // if some spent output is a taproot one
};
// Without taproot: inputs that spend such outputs will be refused.
TxHashes compute_tx_hashes(const Transaction& tx);
TaprootHashes compute_taproot_hashes(const Transaction& tx, std::span<const TxOut> spent, const BlockHash& genesis);
// `spent` has one output for each input. `genesis` is the chain's own.
TxHashes compute_tx_hashes(const Transaction& tx, std::span<const TxOut> spent, const BlockHash& genesis);

// Preconditions: index < tx.inputs.size(). The hash type stands in the digest as 32 bits; signatures carry its low
// byte.
Hash256 sighash_legacy(const Transaction& tx, ByteView script_code, size_t index, HashType type);
// BIP341 with Elements' fields (protocol page "script", section 5.1). nullopt for hash types that it does not define,
// and for SIGHASH_SINGLE without an output. `version` is kTaproot or kTapscript. Precondition: spent.size() ==
// tx.inputs.size().
std::optional<Hash256> sighash_taproot(const Transaction& tx, size_t index, std::span<const TxOut> spent,
                                       uint8_t hash_type, SigVersion version, const TaprootContext& context,
                                       const TaprootHashes& hashes);
Hash256 sighash_v0(const Transaction& tx, ByteView script_code, size_t index, const ConfidentialValue& spent_value,
                   HashType type, const TxHashes& hashes);

}  // namespace sluice::script
