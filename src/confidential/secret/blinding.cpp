#include "confidential/secret/blinding.h"

#include "confidential/secret/detail/point.h"
#include "crypto/keys.h"

namespace sluice::confidential {

using secret::Scalar;

namespace {

Scalar scalar(const BlindingFactor& factor) { return Scalar::from_checked(factor.view()); }

BlindingFactor factor(const Scalar& scalar) { return BlindingFactor::from_bytes(scalar.view()).value(); }

}  // namespace

std::optional<BlindingFactor> BlindingFactor::from_bytes(ByteView bytes) {
    if (bytes.size() != 32) return std::nullopt;
    const Scalar::Parsed parsed = Scalar::parse(bytes);
    if (declassified(parsed.below_order) == 0) return std::nullopt;
    Secret<32> copy;
    std::ranges::copy(bytes, copy.mutable_view().begin());
    return BlindingFactor(std::move(copy));
}

// The numbers that are secret keys are those that hide.
BlindingFactor BlindingFactor::generate() { return from_bytes(SecretKey::generate().view()).value(); }

bool BlindingFactor::is_zero() const {
    const secret::Mask zero = scalar(*this).is_zero();
    return declassified(zero) != 0;
}

std::optional<GeneratorBytes> blinded_generator(const AssetTag& asset, const BlindingFactor& blind) {
    const secret::Point sum = secret::asset_point(asset.view()) + secret::PublicPoint::base().times(scalar(blind));
    const secret::Affine at = secret::to_affine(sum);
    const secret::Mask infinite = sum.is_infinity();
    declassify(&at, sizeof(at));
    if (declassified(infinite) != 0) return std::nullopt;
    return GeneratorBytes(secret::serialize_by_square(at, 0x0a));
}

std::optional<CommitmentBytes> commit_value(uint64_t value, const BlindingFactor& blind,
                                            const GeneratorBytes& generator) {
    const std::optional<secret::Affine> parsed = secret::parse_by_square(generator.view(), 0x0a);
    if (!parsed) return std::nullopt;
    const auto point = secret::PublicPoint::from(*parsed);
    if (!point) return std::nullopt;
    const secret::Point sum = secret::pedersen(Scalar::from_u64(value), *point, scalar(blind));
    const secret::Affine at = secret::to_affine(sum);
    const secret::Mask infinite = sum.is_infinity();
    declassify(&at, sizeof(at));
    if (declassified(infinite) != 0) return std::nullopt;
    return CommitmentBytes(secret::serialize_by_square(at, 0x08));
}

BlindingFactor sum_blinds(std::span<const BlindingFactor> positive, std::span<const BlindingFactor> negative) {
    Scalar sum;
    for (const BlindingFactor& blind : positive) sum = sum + scalar(blind);
    for (const BlindingFactor& blind : negative) sum = sum - scalar(blind);
    return factor(sum);
}

BlindingFactor blind_of(const Opening& opening) {
    return factor(Scalar::from_u64(opening.value) * scalar(opening.asset_blind) + scalar(opening.value_blind));
}

BlindingFactor balancing_blind(std::span<const Opening> inputs, std::span<const Opening> outputs, const Opening& last) {
    Scalar sum;
    for (const Opening& opening : inputs) sum = sum + scalar(blind_of(opening));
    for (const Opening& opening : outputs) sum = sum - scalar(blind_of(opening));
    return factor(sum - Scalar::from_u64(last.value) * scalar(last.asset_blind));
}

}  // namespace sluice::confidential
