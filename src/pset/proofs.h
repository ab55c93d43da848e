// The proofs that a hidden amount or asset is what a PSET says in the open (doc: protocol page "confidential",
// section 11). Not consensus: they keep one party from lying to the others. Pure; any thread.
#pragma once

#include "pset/pset.h"

namespace sluice::pset {

bool proves_value(Amount value, const ValueCommitment& commitment, const AssetCommitment& asset, ByteView proof);
bool proves_asset(const AssetId& asset, const AssetCommitment& commitment, ByteView proof);

enum class ProofState {
    kGood,  // proven, or nothing to prove
    kNotBlinded,
    kValueProofMissing,
    kAssetProofMissing,
    kValueProofWrong,
    kAssetProofWrong,
};
// Of an output: kNotBlinded where it waits for its blinder. Of an input: of what it spends, kNotBlinded where that is
// in the open anyway.
ProofState check_proofs(const Output& out);
ProofState check_proofs(const Input& in, const AssetId& pegged_asset);

}  // namespace sluice::pset
