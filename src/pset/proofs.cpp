#include "pset/proofs.h"

#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "pset/tx.h"

namespace sluice::pset {

bool proves_value(Amount value, const ValueCommitment& commitment, const AssetCommitment& asset, ByteView proof) {
    const auto point = confidential::Commitment::parse(commitment.view());
    const auto generator = confidential::Generator::parse(asset.view());
    if (!point || !generator || value.sat < 0) return false;
    const auto range = confidential::verify_range_proof({*point, *generator, proof, {}});
    return range && range->min == static_cast<uint64_t>(value.sat) && range->max == range->min;
}

bool proves_asset(const AssetId& asset, const AssetCommitment& commitment, ByteView proof) {
    const auto plain = confidential::asset_generator(asset.view());
    const auto blinded = confidential::Generator::parse(commitment.view());
    if (!plain || !blinded) return false;
    return confidential::verify_surjection_proof({{&*plain, 1}, *blinded, proof});
}

ProofState check_proofs(const Output& out) {
    if (!out.wants_blinding()) return ProofState::kGood;
    if (!out.is_fully_blinded()) return ProofState::kNotBlinded;
    if (out.amount) {
        if (out.value_proof.empty()) return ProofState::kValueProofMissing;
        if (!proves_value(*out.amount, *out.value_commitment, *out.asset_commitment, out.value_proof)) {
            return ProofState::kValueProofWrong;
        }
    }
    if (out.asset) {
        if (out.asset_proof.empty()) return ProofState::kAssetProofMissing;
        if (!proves_asset(*out.asset, *out.asset_commitment, out.asset_proof)) return ProofState::kAssetProofWrong;
    }
    return ProofState::kGood;
}

ProofState check_proofs(const Input& in, const AssetId& pegged_asset) {
    if (!in.explicit_value && !in.explicit_asset) return ProofState::kGood;
    const auto spent = spent_output(in, pegged_asset);
    if (!spent) return ProofState::kGood;
    if (in.explicit_value) {
        if (in.value_proof.empty()) return ProofState::kValueProofMissing;
        if (!spent->value.is_commitment()) return ProofState::kNotBlinded;
        // Elements' proofs speak of the blinded asset; a plain one beside a hidden value has none to speak of.
        if (!spent->asset.is_commitment() ||
            !proves_value(*in.explicit_value, spent->value.commitment(), spent->asset.commitment(), in.value_proof)) {
            return ProofState::kValueProofWrong;
        }
    }
    if (in.explicit_asset) {
        if (in.asset_proof.empty()) return ProofState::kAssetProofMissing;
        if (!spent->asset.is_commitment()) return ProofState::kNotBlinded;
        if (!proves_asset(*in.explicit_asset, spent->asset.commitment(), in.asset_proof)) {
            return ProofState::kAssetProofWrong;
        }
    }
    return ProofState::kGood;
}

}  // namespace sluice::pset
