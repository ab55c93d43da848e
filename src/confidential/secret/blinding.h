// Blinding: blinded asset generators, value commitments and the blinding factors that balance a transaction
// (confidential.md sections 2, 3, 10). Values and factors are secret: everything here runs in time that does not depend
// on them, and what held them is wiped. Values; any thread; no randomness of its own: the caller draws it.
#pragma once

#include <optional>
#include <span>

#include "util/fixed_bytes.h"
#include "util/secret.h"

namespace sluice::confidential {

struct AssetTagTag;
struct GeneratorBytesTag;
struct CommitmentBytesTag;
// The 32 bytes of an asset id in internal order (AssetTag::from(asset_id)).
using AssetTag = FixedBytes<AssetTagTag, 32>;
// An asset generator as a transaction carries it: 0x0a or 0x0b, then X. Not known to be a point until it was used.
using GeneratorBytes = FixedBytes<GeneratorBytesTag, 33>;
// A value commitment as a transaction carries it: 0x08 or 0x09, then X. Not known to be a point until it was used.
using CommitmentBytes = FixedBytes<CommitmentBytesTag, 33>;

// A number modulo the group order that hides a value or an asset; zero hides nothing. Big-endian.
class BlindingFactor {
public:
    BlindingFactor() = default;  // zero
    // nullopt unless 32 bytes of a number below the group order.
    static std::optional<BlindingFactor> from_bytes(ByteView bytes);

    // Not zero.
    static BlindingFactor generate();

    [[nodiscard]] ByteView view() const { return bytes_.view(); }
    [[nodiscard]] bool is_zero() const;
    [[nodiscard]] BlindingFactor clone() const { return BlindingFactor(bytes_.clone()); }

private:
    explicit BlindingFactor(Secret<32> bytes) : bytes_(std::move(bytes)) {}

    Secret<32> bytes_;
};

// What a commitment hides: value * (generator of the asset + asset_blind * G) + value_blind * G.
struct Opening {
    uint64_t value = 0;
    BlindingFactor asset_blind;
    BlindingFactor value_blind;

    [[nodiscard]] Opening clone() const { return {value, asset_blind.clone(), value_blind.clone()}; }
};

// The asset's generator + blind * G; with a zero blind the plain generator. nullopt for the point at infinity.
std::optional<GeneratorBytes> blinded_generator(const AssetTag& asset, const BlindingFactor& blind);
// value * generator + blind * G. nullopt if the generator is not a point or the sum is the point at infinity (0 and 0).
std::optional<CommitmentBytes> commit_value(uint64_t value, const BlindingFactor& blind,
                                            const GeneratorBytes& generator);

// Sum of the first list less the sum of the second.
BlindingFactor sum_blinds(std::span<const BlindingFactor> positive, std::span<const BlindingFactor> negative);
// value * asset_blind + value_blind: what the opening adds to G's side of the balance.
BlindingFactor blind_of(const Opening& opening);
// The value blind for the last blinded output, so that openings of inputs (blinded issuances among them, their
// asset_blind zero) and outputs balance; `last.value_blind` is not looked at.
BlindingFactor balancing_blind(std::span<const Opening> inputs, std::span<const Opening> outputs, const Opening& last);

}  // namespace sluice::confidential
