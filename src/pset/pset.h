// Pset: a transaction in the making that passes between wallets: Elements' form of BIP370 (version 2 only; BIP174,
// BIP371; ELIP 100; doc: protocol page "confidential", section 12). Plain data; nothing here is believed: whoever uses
// a field checks it. Amounts are satoshi and may be anything a stranger wrote.
//
// An empty Bytes or Script, and an absent optional, is a field that is not there. No secrets are kept in it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "signing/solve.h"
#include "util/result.h"

namespace sluice::pset {

// 32 bytes that ought to be a BIP340 key; not checked.
using XOnlyBytes = FixedBytes<struct PsetXOnlyTag, 32>;
using Scalar = FixedBytes<struct PsetScalarTag, 32>;

using signing::Fingerprint;
using signing::KeyPath;
using signing::PartialSignature;

// The 78 bytes of a serialized extended public key (BIP32); ordered by key, then chain code.
struct ExtendedKey {
    static constexpr size_t kSize = 78;
    FixedBytes<struct ExtendedKeyTag, kSize> bytes;
    [[nodiscard]] ByteView pubkey() const { return bytes.view().subspan(45); }
    [[nodiscard]] ByteView chain_code() const { return bytes.view().subspan(13, 32); }
    bool operator==(const ExtendedKey&) const = default;
    friend bool operator<(const ExtendedKey& a, const ExtendedKey& b);
};

struct TapScriptKey {
    XOnlyBytes key;
    Hash256 leaf_hash;
    auto operator<=>(const TapScriptKey&) const = default;
};
struct TapLeafScript {
    Bytes script;
    uint8_t leaf_version = 0;
    auto operator<=>(const TapLeafScript&) const = default;
};
struct ShorterFirst {
    bool operator()(const Bytes& a, const Bytes& b) const { return a.size() != b.size() ? a.size() < b.size() : a < b; }
};
struct TapDerivation {
    std::set<Hash256> leaf_hashes;
    KeyPath origin;
    bool operator==(const TapDerivation&) const = default;
};
struct TapTreeLeaf {
    uint8_t depth = 0;
    uint8_t leaf_version = 0;
    Bytes script;
    bool operator==(const TapTreeLeaf&) const = default;
};

// Whole key to value.
using Records = std::map<Bytes, Bytes>;

struct Input {
    TxRef non_witness_utxo;  // without witness
    std::optional<TxOut> witness_utxo;
    std::map<Hash160, PartialSignature> partial_sigs;  // by the key's hash
    std::optional<int32_t> sighash_type;
    Script redeem_script;
    Script witness_script;
    std::map<PubKey, KeyPath> derivations;
    std::map<Hash160, Bytes> ripemd160_preimages;
    std::map<Hash256, Bytes> sha256_preimages;
    std::map<Hash160, Bytes> hash160_preimages;
    std::map<Hash256, Bytes> hash256_preimages;
    Bytes tap_key_sig;
    std::map<TapScriptKey, Bytes> tap_script_sigs;
    std::map<TapLeafScript, std::set<Bytes, ShorterFirst>> tap_leaf_scripts;  // to control blocks
    std::map<XOnlyBytes, TapDerivation> tap_derivations;
    std::optional<XOnlyBytes> tap_internal_key;
    std::optional<Hash256> tap_merkle_root;
    Script final_script_sig;
    WitnessStack final_script_witness;

    Txid previous_txid;
    uint32_t previous_index = 0;  // as given: some writers put the flags of out-points into it
    std::optional<uint32_t> sequence;
    std::optional<uint32_t> time_lock;
    std::optional<uint32_t> height_lock;

    std::optional<Amount> issuance_value;
    std::optional<ValueCommitment> issuance_value_commitment;
    Bytes issuance_value_rangeproof;
    Bytes issuance_tokens_rangeproof;
    Bytes pegin_tx;           // of the parent chain
    Bytes pegin_txout_proof;  // its Merkle proof
    std::optional<ParentGenesis> pegin_genesis;
    Script pegin_claim_script;
    std::optional<Amount> pegin_value;
    WitnessStack pegin_witness;
    std::optional<Amount> issuance_tokens;
    std::optional<ValueCommitment> issuance_tokens_commitment;
    std::optional<Scalar> issuance_blinding_nonce;
    std::optional<AssetEntropy> issuance_entropy;
    Bytes utxo_rangeproof;
    Bytes issuance_value_proof;   // that the commitment holds issuance_value
    Bytes issuance_tokens_proof;  // and issuance_tokens
    std::optional<Amount> explicit_value;
    Bytes value_proof;
    std::optional<AssetId> explicit_asset;
    Bytes asset_proof;
    std::optional<bool> blinded_issuance;

    Records proprietary;
    Records unknown;

    [[nodiscard]] OutPoint outpoint() const;  // without flags
    [[nodiscard]] bool is_final() const { return !final_script_sig.empty() || !final_script_witness.empty(); }
    [[nodiscard]] bool has_issuance() const {
        return issuance_value || issuance_value_commitment || issuance_tokens || issuance_tokens_commitment;
    }
    [[nodiscard]] bool is_pegin() const { return !pegin_witness.empty() || pegin_value || !pegin_claim_script.empty(); }
};

struct Output {
    Script redeem_script;
    Script witness_script;
    std::map<PubKey, KeyPath> derivations;
    std::optional<Amount> amount;
    Script script;  // may be empty: a fee
    std::optional<ValueCommitment> value_commitment;
    std::optional<AssetId> asset;
    std::optional<AssetCommitment> asset_commitment;
    Bytes value_rangeproof;
    Bytes surjection_proof;
    std::optional<PubKey> blinding_key;
    std::optional<PubKey> ecdh_key;
    std::optional<uint32_t> blinder_index;  // of the input whose owner blinds this output
    Bytes value_proof;                      // that value_commitment holds `amount`
    Bytes asset_proof;                      // that asset_commitment is of `asset`
    Records proprietary;
    std::optional<XOnlyBytes> tap_internal_key;
    std::vector<TapTreeLeaf> tap_tree;
    std::map<XOnlyBytes, TapDerivation> tap_derivations;
    Records unknown;

    // It is, or is to be, blinded.
    [[nodiscard]] bool wants_blinding() const { return blinding_key.has_value(); }
    [[nodiscard]] bool has_blinding_data() const {
        return value_commitment || asset_commitment || !value_rangeproof.empty() || !surjection_proof.empty() ||
               ecdh_key;
    }
    [[nodiscard]] bool is_fully_blinded() const {
        return blinding_key && value_commitment && asset_commitment && !value_rangeproof.empty() &&
               !surjection_proof.empty() && ecdh_key;
    }
};

inline constexpr uint8_t kInputsModifiable = 1;
inline constexpr uint8_t kOutputsModifiable = 2;
inline constexpr uint8_t kHasSighashSingle = 4;

struct Pset {
    std::map<KeyPath, std::set<ExtendedKey>> xpubs;
    int32_t tx_version = 2;
    std::optional<uint32_t> fallback_lock_time;
    std::optional<uint8_t> modifiable;  // bits as above
    std::set<Scalar> scalars;           // what blinders so far leave for the last one to balance
    Records proprietary;
    Records unknown;
    std::vector<Input> inputs;
    std::vector<Output> outputs;

    // Some output is, or is to be, blinded; none waits for it.
    [[nodiscard]] bool wants_blinding() const;
    [[nodiscard]] bool is_fully_blinded() const;
};

inline constexpr size_t kMaxSize = 100'000'000;  // bytes; BIP174 names no limit, the reference's is this

// The error says which field is wrong, in the reference's words where clients know them. Unknown fields are kept.
Result<Pset, Error> decode(ByteView bytes);
// In the reference's order of fields, so that what it wrote comes back byte for byte.
Bytes encode(const Pset& pset);

}  // namespace sluice::pset
