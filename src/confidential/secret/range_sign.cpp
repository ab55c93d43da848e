#include "confidential/secret/range_sign.h"

#include <bit>

#include "confidential/secret/detail/range_secrets.h"
#include "confidential/secret/detail/range_statement.h"

namespace sluice::confidential {

using namespace secret;

namespace {

constexpr uint64_t kInt64Max = INT64_MAX;

// What the proof says, and what it hides: `hidden` * scale + min_value = value.
struct Plan {
    RangeLayout layout;
    uint64_t hidden = 0;
};

bool published(bool condition) { return declassified(condition); }

// How many bits the number has, or `least` if that is more.
int bits_at_least(uint64_t number, int least) {
    uint64_t bits = static_cast<uint64_t>(least);
    for (uint64_t i = bits; i < 64; ++i) {
        const Mask reaches = ~mask_if_zero(number >> i);
        bits = ((i + 1) & reaches) | (bits & ~reaches);
    }
    return static_cast<int>(bits);
}

std::optional<Plan> plan(const RangeParams& params, uint64_t value) {
    // Of the value only what the proof's header tells anyway decides which way this goes.
    const bool below_min = published(value < params.min_value);
    const bool large = published(value > kInt64Max);
    const bool zero = published(value == 0);
    if (below_min || params.min_bits < 0 || params.min_bits > 64 || params.exponent < -1 || params.exponent > 18) {
        return std::nullopt;
    }
    Plan out;
    RangeLayout& layout = out.layout;
    if (params.exponent < 0 || params.min_value == UINT64_MAX) {
        layout.min_value = value;
        layout.max_value = value;
        declassify(&layout, sizeof(layout));
        layout.header_size = layout.header().size();
        return out;
    }
    // Where the minimum and the value are both large the proven range could pass 2^64.
    if ((params.min_value != 0 && large) || (!zero && params.min_value >= kInt64Max)) return std::nullopt;
    const int room = params.min_value != 0 ? std::countl_zero(params.min_value) : 64;
    const int min_bits = std::min(params.min_bits, room);
    const int exponent = min_bits > 61 || large ? 0 : params.exponent;
    out.hidden = value - params.min_value;
    // As many digits are dropped as still leave room for the bits that were asked for.
    uint64_t reach = min_bits != 0 ? UINT64_MAX >> (64 - min_bits) : 0;
    while (layout.exponent < exponent && reach <= UINT64_MAX / 10) {
        out.hidden /= 10;
        reach *= 10;
        layout.scale *= 10;
        ++layout.exponent;
    }
    layout.min_value = value - out.hidden * layout.scale;
    layout.mantissa = bits_at_least(out.hidden, std::max(min_bits, 1));
    layout.max_value = (UINT64_MAX >> (64 - layout.mantissa)) * layout.scale + layout.min_value;
    declassify(&layout, sizeof(layout));
    layout.header_size = layout.header().size();
    return out;
}

// The value's own message, in the last ring: in its last slot, or the one before if the last is the real digit's.
void put_value(Slots& slots, const RangeLayout& layout, uint64_t hidden) {
    const size_t last = layout.rings() - 1;
    const size_t size = layout.ring_size(last);
    if (size == 1) return;
    std::array<uint8_t, 32> content{0x80};
    for (size_t i = 8; i < 32; ++i) content[i] = static_cast<uint8_t>(hidden >> (56 - 8 * (i % 8)));
    const Mask at_end = ~mask_if_equal(digit_of(hidden, last), size - 1);
    for (const size_t back : {size_t{1}, size_t{2}}) {
        const MutableBytes slot = slots.at(last, size - back);
        const Mask here = back == 1 ? at_end : ~at_end;
        for (size_t i = 0; i < 32; ++i) { slot[i] = static_cast<uint8_t>((content[i] & here) | (slot[i] & ~here)); }
    }
    wipe(content);
}

}  // namespace

Result<Bytes, SecretError> sign_range_proof(const RangeStatement& about, const RangeParams& params, uint64_t value,
                                            const BlindingFactor& blind, ByteView nonce, ByteView message) {
    const std::optional<Statement> statement = parse_statement(about);
    if (!statement) return unexpected(SecretError::kBadPoint);
    const std::optional<Plan> planned = plan(params, value);
    if (!planned || nonce.size() != 32) return unexpected(SecretError::kBadParameters);
    const RangeLayout& layout = planned->layout;
    const size_t rings = layout.rings();
    if (!message.empty() && message.size() > 128 * (rings - 1)) return unexpected(SecretError::kBadParameters);

    Slots slots(rings);
    std::ranges::copy(message, slots.all().begin());
    put_value(slots, layout, planned->hidden);
    const Bytes header = layout.header();
    Bytes seed = seed_of(*statement, nonce, header);
    RangeSecrets secrets = range_secrets(layout, seed, slots);
    wipe(seed);
    secrets.blinds.back() = secrets.blinds.back() + Scalar::from_checked(blind.view());
    secrets.bad |= secrets.blinds.back().is_zero();
    if (declassified(secrets.bad) != 0) return unexpected(SecretError::kBadSecret);

    const std::vector<DigitPoints> digits = digit_points(layout, statement->point);
    Sha256 hasher = message_hasher(*statement, header);
    Bytes proof = header;
    const size_t signs = proof.size();
    proof.resize(signs + layout.sign_bytes());
    std::vector<Ring> ring(rings);
    for (size_t i = 0; i < rings; ++i) {
        Ring& at = ring[i];
        at.real = digit_of(planned->hidden, i);
        at.secret = secrets.blinds[i];
        at.s = std::move(secrets.s[i]);
        for (size_t j = 0; j < at.s.size(); ++j) {
            const Mask real = mask_if_equal(j, at.real);
            at.nonce = select(real, at.s[j], at.nonce);
            at.s[j] = select(real, Scalar{}, at.s[j]);
        }
        Point first = PublicPoint::base().times(at.secret);
        Point digit;
        for (size_t j = 0; j < at.s.size(); ++j) digit = select(mask_if_equal(j, at.real), digits[i][j], digit);
        const Affine key = to_affine(first + digit);
        declassify(&key, sizeof(key));
        auto keys = ring_keys(to_point(key), digits[i], at.s.size());
        if (!keys) return unexpected(SecretError::kBadSecret);
        at.keys = std::move(*keys);
        if (i + 1 == rings) break;
        const std::array<uint8_t, 33> serialized = serialize_by_square(key, 0);
        hasher.write(serialized);
        proof[signs + i / 8] |= static_cast<uint8_t>(serialized[0] << (i % 8));
        append(proof, ByteView(serialized).subspan(1));
    }
    const Hash256 digest = hasher.write(about.extra).finish();
    const std::optional<Digest> e0 = sign_rings(ring, digest.view());
    if (!e0) return unexpected(SecretError::kBadSecret);
    append(proof, *e0);
    for (const Ring& at : ring) {
        for (const Scalar& s : at.s) append(proof, s.view());
    }
    declassify(proof.data(), proof.size());
    return proof;
}

}  // namespace sluice::confidential
