// Pedersen commitments to amounts: blind*G + amount*A, where A is the asset's generator. Wire form: 0x08 if y is a
// square in the field, else 0x09, then x. A Commitment is known to be on the curve. Values; any thread; public data
// only (commitments with a blinding factor are made in confidential/secret).
#pragma once

#include <span>

#include "confidential/generator.h"

namespace sluice::confidential {

class Commitment {
public:
    static constexpr size_t kSize = 33;

    // nullopt unless 33 bytes: 0x08 or 0x09, then the x (below the field prime) of a point on the curve.
    static std::optional<Commitment> parse(ByteView bytes);
    static Commitment from_point(const Point& point);

    [[nodiscard]] std::array<uint8_t, kSize> serialize() const;
    [[nodiscard]] const Point& point() const { return point_; }
    bool operator==(const Commitment&) const = default;

private:
    Commitment(const Point& point, bool y_is_square) : point_(point), y_is_square_(y_is_square) {}

    Point point_;
    bool y_is_square_;
};

// amount*A with no blinding: how an explicit amount enters the balance. nullopt if the amount is 0 (there is no such
// point).
std::optional<Commitment> commit_explicit(uint64_t amount, const Generator& asset);

// True if the sum of `left` is the sum of `right`. Two empty sides balance.
bool balances(std::span<const Commitment> left, std::span<const Commitment> right);

}  // namespace sluice::confidential
