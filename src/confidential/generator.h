// Asset generators: the curve point that stands for an asset, plain (a function of the asset id) or blinded. Wire form
// (doc: confidential page, section 1): 0x0a if y is a square in the field, else 0x0b, then x. A Generator is known to
// be on the curve. Values; any thread; public data only (blinded generators are made in confidential/secret).
#pragma once

#include "confidential/point.h"

namespace sluice::confidential {

class Generator {
public:
    static constexpr size_t kSize = 33;

    // nullopt unless 33 bytes: 0x0a or 0x0b, then the x (below the field prime) of a point on the curve.
    static std::optional<Generator> parse(ByteView bytes);
    static Generator from_point(const Point& point);

    [[nodiscard]] std::array<uint8_t, kSize> serialize() const;
    [[nodiscard]] const Point& point() const { return point_; }
    bool operator==(const Generator&) const = default;

private:
    Generator(const Point& point, bool y_is_square) : point_(point), y_is_square_(y_is_square) {}

    Point point_;
    bool y_is_square_;
};

// The unblinded generator of an asset. Precondition: `tag` is the 32 bytes of the asset id in wire (internal) order.
// nullopt for a tag whose hash does not map to the curve, which nobody can find.
std::optional<Generator> asset_generator(ByteView tag);

}  // namespace sluice::confidential
