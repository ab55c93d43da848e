// Transactions as Elements serializes them (transactions.md section 2): no BIP144 marker, a flags byte after the
// version, the lock time before the witness. Plain data; a decoded transaction is shared as TxRef and never changes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/confidential_fields.h"
#include "consensus/primitives/ids.h"
#include "consensus/primitives/script_bytes.h"

namespace sluice {

inline constexpr uint32_t kOutPointIssuanceFlag = 0x80000000;
inline constexpr uint32_t kOutPointPeginFlag = 0x40000000;
inline constexpr uint32_t kOutPointIndexMask = 0x3fffffff;
inline constexpr uint32_t kNullIndex = 0xffffffff;
inline constexpr uint32_t kSequenceFinal = 0xffffffff;

// The output that an input spends. `index` carries no flags (they are members of TxIn); of a peg-in, `txid` is the
// parent chain's. The null out-point (zero id, kNullIndex) marks a coinbase.
struct OutPoint {
    Txid txid;
    uint32_t index = kNullIndex;
    [[nodiscard]] bool is_null() const { return index == kNullIndex && txid.is_zero(); }
    auto operator<=>(const OutPoint&) const = default;
};
std::string to_display(const OutPoint& outpoint);  // "txid:index"
template <class A, Like<OutPoint> T>
void describe(A& a, T& o) {
    field(a, o.txid);
    field(a, o.index);
}

// Null if both amounts are null. A zero blinding nonce means a new issuance, any other a reissuance.
struct AssetIssuance {
    FixedBytes<struct IssuanceNonceTag, 32> blinding_nonce;
    AssetEntropy entropy;  // new issuance: the contract hash; reissuance: the asset's entropy
    ConfidentialValue amount;
    ConfidentialValue inflation_keys;
    [[nodiscard]] bool is_null() const { return amount.is_null() && inflation_keys.is_null(); }
    [[nodiscard]] bool is_reissuance() const { return !blinding_nonce.is_zero(); }
    auto operator<=>(const AssetIssuance&) const = default;
};
template <class A, Like<AssetIssuance> T>
void describe(A& a, T& i) {
    field(a, i.blinding_nonce);
    field(a, i.entropy);
    field(a, i.amount);
    field(a, i.inflation_keys);
}

using WitnessStack = std::vector<Bytes>;

struct TxInWitness {
    Bytes issuance_amount_rangeproof;
    Bytes inflation_keys_rangeproof;
    WitnessStack script_witness;
    WitnessStack pegin_witness;
    [[nodiscard]] bool is_null() const {
        return issuance_amount_rangeproof.empty() && inflation_keys_rangeproof.empty() && script_witness.empty() &&
               pegin_witness.empty();
    }
    auto operator<=>(const TxInWitness&) const = default;
};

struct TxOutWitness {
    Bytes surjection_proof;
    Bytes rangeproof;
    [[nodiscard]] bool is_null() const { return surjection_proof.empty() && rangeproof.empty(); }
    auto operator<=>(const TxOutWitness&) const = default;
};

struct TxIn {
    OutPoint prevout;
    Script script_sig;
    uint32_t sequence = kSequenceFinal;
    AssetIssuance issuance;
    bool is_pegin = false;
    TxInWitness witness;
    auto operator<=>(const TxIn&) const = default;
};

struct TxOut {
    ConfidentialAsset asset;
    ConfidentialValue value;
    ConfidentialNonce nonce;
    Script script;
    TxOutWitness witness;
    // Elements has no implicit fee: an output with an empty script and explicit asset and value is one.
    [[nodiscard]] bool is_fee() const { return script.empty() && asset.is_explicit() && value.is_explicit(); }
    [[nodiscard]] bool is_explicit() const { return asset.is_explicit() && value.is_explicit(); }
    auto operator<=>(const TxOut&) const = default;
};

struct Transaction {
    int32_t version = 2;
    std::vector<TxIn> inputs;
    std::vector<TxOut> outputs;
    uint32_t lock_time = 0;

    [[nodiscard]] bool is_coinbase() const { return inputs.size() == 1 && inputs[0].prevout.is_null(); }
    [[nodiscard]] bool has_witness() const;
    auto operator<=>(const Transaction&) const = default;
};

enum class WitnessForm { kWith, kWithout };

// Reading takes whichever form the flags byte announces. Errors: unknown flags, a witness that says nothing, an
// issuance flag without issuance, an output with null asset or value. Writing kWith still writes no witness if there is
// none.
void describe(Reader& reader, Transaction& tx);
void describe(Writer& writer, const Transaction& tx, WitnessForm form = WitnessForm::kWith);
// The output as it stands in the transaction, without its witness; of which reading fails on a null asset or value.
void describe(Reader& reader, TxOut& out);
void describe(Writer& writer, const TxOut& out);
void describe_stack(Reader& reader, WitnessStack& stack);
void describe_stack(Writer& writer, const WitnessStack& stack);

Txid compute_txid(const Transaction& tx);
Wtxid compute_wtxid(const Transaction& tx);  // equals the txid if there is no witness
size_t serialized_size(const Transaction& tx, WitnessForm form);

// A transaction with what is derived from it, computed once. Shared, immutable, any thread.
struct ParsedTx {
    Transaction tx;
    Txid txid;
    Wtxid wtxid;
    uint32_t size = 0;           // with witness, bytes
    uint32_t stripped_size = 0;  // without
    [[nodiscard]] uint32_t weight() const { return 3 * stripped_size + size; }
};
using TxRef = std::shared_ptr<const ParsedTx>;

TxRef make_tx(Transaction tx);
// nullptr if the bytes are not exactly one transaction.
TxRef parse_tx(ByteView bytes);
Bytes encode_tx(const Transaction& tx, WitnessForm form = WitnessForm::kWith);

}  // namespace sluice
