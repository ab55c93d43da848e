#include "confidential/secret/detail/range_secrets.h"

#include "confidential/secret/detail/drbg.h"

namespace sluice::confidential::secret {
namespace {

// Draws until there is a number from 1 to the group order less 1.
Scalar draw(Drbg& stream) {
    while (true) {
        const Scalar::Parsed drawn = Scalar::parse(stream.next());
        const Mask bad = ~drawn.below_order | drawn.value.is_zero();
        if (declassified(bad) == 0) return drawn.value;
    }
}

}  // namespace

RangeSecrets range_secrets(const RangeLayout& layout, ByteView seed, Slots& slots) {
    Drbg stream(seed);
    RangeSecrets out;
    Scalar sum;
    for (size_t i = 0; i < layout.rings(); ++i) {
        if (i + 1 < layout.rings()) {
            stream.next();  // drawn and dropped, as the format's first signer did
            out.blinds.push_back(draw(stream));
            sum = sum + out.blinds.back();
        } else {
            out.blinds.push_back(-sum);
        }
        std::vector<Scalar>& row = out.s.emplace_back();
        for (size_t j = 0; j < layout.ring_size(i); ++j) {
            const ByteView random = stream.next();
            const MutableBytes slot = slots.at(i, j);
            for (size_t b = 0; b < 32; ++b) slot[b] ^= random[b];
            const Scalar::Parsed parsed = Scalar::parse(slot);
            out.bad |= ~parsed.below_order | parsed.value.is_zero();
            row.push_back(parsed.value);
        }
    }
    return out;
}

}  // namespace sluice::confidential::secret
