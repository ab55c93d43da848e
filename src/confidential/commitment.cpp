#include "confidential/commitment.h"

#include "confidential/detail/multiples.h"
#include "confidential/detail/quadratic_form.h"

namespace sluice::confidential {

using namespace detail;

namespace {
constexpr uint8_t kPrefix = 0x08;
}  // namespace

std::optional<Commitment> Commitment::parse(ByteView bytes) {
    const auto form = parse_quadratic(bytes, kPrefix);
    if (!form) return std::nullopt;
    return Commitment(form->point, form->y_is_square);
}

Commitment Commitment::from_point(const Point& point) { return {point, is_square(Fe{point.y})}; }

std::array<uint8_t, Commitment::kSize> Commitment::serialize() const {
    return serialize_quadratic(point_, y_is_square_, kPrefix);
}

std::optional<Commitment> commit_explicit(uint64_t amount, const Generator& asset) {
    const auto point = normalize(multiple(amount, to_affine(asset.point())));
    if (!point) return std::nullopt;
    return Commitment::from_point(to_point(*point));
}

bool balances(std::span<const Commitment> left, std::span<const Commitment> right) {
    Jacobian sum;
    for (const Commitment& commitment : left) sum = add(sum, to_affine(commitment.point()));
    for (const Commitment& commitment : right) sum = add(sum, negate(to_affine(commitment.point())));
    return sum.is_infinity();
}

}  // namespace sluice::confidential
