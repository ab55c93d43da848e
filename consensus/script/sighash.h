// Signature digests of Elements transactions. Pure; any thread.
#pragma once

#include "consensus/primitives/transaction.h"
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

// What is hashed once a transaction for all its inputs. It does not keep the transaction.
struct TxHashes {
    V0Hashes v0;
};
TxHashes compute_tx_hashes(const Transaction& tx);

// Preconditions: index < tx.inputs.size(). The hash type stands in the digest as 32 bits; signatures carry its low byte.
Hash256 sighash_legacy(const Transaction& tx, ByteView script_code, size_t index, HashType type);
Hash256 sighash_v0(const Transaction& tx, ByteView script_code, size_t index, const ConfidentialValue& spent_value, HashType type,
                   const TxHashes& hashes);

}  // namespace sluice::script
