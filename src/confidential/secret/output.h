// Whole confidential outputs and issuance amounts as Elements' wallets make and open them (confidential.md
// sections 4.5, 8 and 11). Bytes in, bytes out: transactions are put together above. Any thread; the caller draws all
// randomness.
#pragma once

#include "confidential/secret/blinding.h"
#include "confidential/secret/error.h"
#include "crypto/keys.h"
#include "util/result.h"

namespace sluice::confidential {

// What a confidential output says to who can open it.
struct OpenedOutput {
    AssetTag asset;
    Opening opening;
};

// An output, or an issuance amount, as it is seen on the chain.
struct SealedOutput {
    std::optional<GeneratorBytes> generator;  // exactly one of generator and asset is set
    std::optional<AssetTag> asset;            // explicit asset with a confidential value; always so for issuances
    CommitmentBytes commitment;
    std::optional<PubKey> nonce;  // the sender's point; none for issuances: then the key itself is the nonce
    ByteView range_proof;
    ByteView script;  // committed to when there is a nonce
};

// Opens it with the private blinding key: rewinds the proof, reads asset and asset blind from its message and checks
// them against the generator. Whether the amount is one that may be (not 0 in a spendable output, within the money
// range) is the caller's to check: it knows the script and the pegged asset. kNotForThisKey or kBadProof as
// rewind_range_proof.
Result<OpenedOutput, SecretError> open_output(const SealedOutput& sealed, const SecretKey& blinding_key);

// Range options as -ct_exponent and -ct_bits set them.
struct RangeOptions {
    int exponent = 0;
    int min_bits = 52;
};

// A blinded amount: what goes into the transaction. Without the surjection proof, which needs all targets.
struct BlindedAmount {
    GeneratorBytes generator;
    CommitmentBytes commitment;
    Bytes range_proof;
};

// Blinds an output for the holder of `receiver`; `ephemeral.pubkey()` becomes the output's nonce field. `spendable` is
// false for a script that can never be spent (proven from 0 instead of 1). The value may be 0 only if it is not
// spendable.
Result<BlindedAmount, SecretError> blind_output(const OpenedOutput& what, ByteView script, bool spendable,
                                                const PubKey& receiver, const SecretKey& ephemeral,
                                                const RangeOptions& options);
// Blinds an issuance's amount or token amount. The asset blind must be zero: an issuance names its asset.
Result<BlindedAmount, SecretError> blind_issuance(const OpenedOutput& what, const SecretKey& blinding_key,
                                                  const RangeOptions& options);

// Explicit proofs of PSET (section 11): the commitment holds exactly `value`; the generator is that of `asset`.
// `nonce` is 32 random bytes.
Result<Bytes, SecretError> prove_value(const CommitmentBytes& commitment, const GeneratorBytes& generator,
                                       const Opening& opening, ByteView nonce);
Result<Bytes, SecretError> prove_asset(const AssetTag& asset, const GeneratorBytes& generator,
                                       const BlindingFactor& asset_blind);

}  // namespace sluice::confidential
