// Bitcoin transactions (BIP144 serialization). Plain data. Amounts are Amount in satoshi and may be anything a stranger
// wrote.
#pragma once

#include <optional>
#include <vector>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/script_bytes.h"
#include "crypto/hash.h"
#include "peg/parent/ids.h"

namespace sluice::parent {

struct ParentTxIn {
    ParentOutPoint prevout;
    Script script_sig;
    uint32_t sequence = 0xffffffff;
    std::vector<Bytes> witness;
    auto operator<=>(const ParentTxIn&) const = default;
};

struct ParentTxOut {
    Amount value;
    Script script;
    auto operator<=>(const ParentTxOut&) const = default;
};

struct ParentTransaction {
    int32_t version = 2;
    std::vector<ParentTxIn> inputs;
    std::vector<ParentTxOut> outputs;
    uint32_t lock_time = 0;

    [[nodiscard]] bool is_coinbase() const { return inputs.size() == 1 && inputs[0].prevout.is_null(); }
    [[nodiscard]] bool has_witness() const;
    auto operator<=>(const ParentTransaction&) const = default;
};

enum class ParentWitness { kWith, kWithout };

// Reading takes either form. Errors: unknown flags, a witness in which every stack is empty. A transaction without
// inputs and outputs decodes, as it does in the reference. Writing kWith still writes no witness if there is none.
void describe(Reader& reader, ParentTransaction& tx);
void describe(Writer& writer, const ParentTransaction& tx, ParentWitness form = ParentWitness::kWith);
void describe(Reader& reader, ParentTxOut& out);
void describe(Writer& writer, const ParentTxOut& out);

// nullopt unless the bytes are exactly one transaction.
std::optional<ParentTransaction> decode_parent_tx(ByteView bytes);
Bytes encode_parent_tx(const ParentTransaction& tx, ParentWitness form = ParentWitness::kWith);
ParentTxid compute_txid(const ParentTransaction& tx);
ParentWtxid compute_wtxid(const ParentTransaction& tx);
size_t serialized_size(const ParentTransaction& tx, ParentWitness form);
// 3 * size without witness + size with it (BIP141).
size_t weight(const ParentTransaction& tx);

// True if a Merkle tree's inner node, the two hashes of 32 bytes side by side, can also be read as a transaction
// without witness: the ambiguity that lets a proof of the wrong depth pass. Precondition: node.size() == 64.
bool parses_as_transaction(ByteView node);

// The digest that a signature with SIGHASH_ALL over a segwit version 0 input commits to (BIP143).
// Precondition: input < tx.inputs.size().
Hash256 segwit_sighash_all(const ParentTransaction& tx, size_t input, const Script& script_code, Amount amount);
inline constexpr uint8_t kSighashAll = 1;

}  // namespace sluice::parent
