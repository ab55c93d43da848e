#include "confidential/secret/detail/range_secrets.h"
#include "confidential/secret/detail/range_statement.h"
#include "confidential/secret/range_sign.h"

namespace sluice::confidential {

using namespace secret;

namespace {

// A proof that verified: its rings and every challenge, a row a ring.
struct Verified {
    RangeLayout layout;
    std::vector<Ring> rings;
    std::vector<std::vector<Scalar>> challenges;
};

std::optional<Verified> verify(const Statement& statement, ByteView extra, ByteView proof) {
    const std::optional<RangeLayout> parsed = RangeLayout::parse(proof);
    if (!parsed) return std::nullopt;
    Verified out{*parsed, {}, {}};
    const RangeLayout& layout = out.layout;
    const size_t rings = layout.rings();
    Sha256 hasher = message_hasher(statement, proof.first(layout.header_size));
    const ByteView signs = proof.subspan(layout.header_size, layout.sign_bytes());
    if ((rings - 1) % 8 != 0 && signs.back() >> ((rings - 1) % 8) != 0) return std::nullopt;
    ByteView rest = proof.subspan(layout.header_size + signs.size());
    const std::vector<DigitPoints> digits = digit_points(layout, statement.point);
    Point last = statement.committed - statement.point.times(Scalar::from_u64(layout.min_value));
    for (size_t i = 0; i < rings; ++i) {
        Point first = last;
        if (i + 1 < rings) {
            std::array<uint8_t, 33> serialized;
            serialized[0] = signs[i / 8] >> (i % 8) & 1;
            std::ranges::copy(rest.first(32), serialized.begin() + 1);
            rest = rest.subspan(32);
            const std::optional<Affine> point = parse_by_square(serialized, 0);
            if (!point) return std::nullopt;
            hasher.write(serialized);
            first = to_point(*point);
            last = last - first;
        }
        auto keys = ring_keys(first, digits[i], layout.ring_size(i));
        if (!keys) return std::nullopt;
        out.rings.push_back(Ring{std::move(*keys), {}, 0, {}, {}});
    }
    const ByteView e0 = rest.first(32);
    rest = rest.subspan(32);
    for (Ring& ring : out.rings) {
        for (size_t j = 0; j < ring.keys.size(); ++j) {
            const Scalar::Parsed s = Scalar::parse(rest.first(32));
            if (s.below_order == 0) return std::nullopt;
            ring.s.push_back(s.value);
            rest = rest.subspan(32);
        }
    }
    const auto challenges = ring_challenges(out.rings, e0, hasher.write(extra).finish().view());
    if (!challenges) return std::nullopt;
    size_t next = 0;
    for (const Ring& ring : out.rings) {
        const auto from = challenges->begin() + static_cast<std::ptrdiff_t>(next);
        out.challenges.emplace_back(from, from + static_cast<std::ptrdiff_t>(ring.keys.size()));
        next += ring.keys.size();
    }
    return out;
}

std::array<uint8_t, 32> exclusive_or(ByteView a, ByteView b) {
    std::array<uint8_t, 32> out;
    for (size_t i = 0; i < 32; ++i) out[i] = a[i] ^ b[i];
    return out;
}

// Where the last ring carries the value: 0x80 somewhere in the first byte, and one number three times.
struct ValueSlot {
    size_t slot = 0;
    uint64_t hidden = 0;
};
std::optional<ValueSlot> find_value(const Verified& proof, const Slots& stream) {
    const size_t last = proof.layout.rings() - 1;
    const size_t size = proof.layout.ring_size(last);
    for (const size_t back : {size_t{1}, size_t{2}}) {
        const size_t slot = size - back;
        std::array<uint8_t, 32> content = exclusive_or(proof.rings[last].s[slot].view(), stream.at(last, slot));
        const ByteView view(content);
        const Mask found = opaque(0 - static_cast<Mask>(content[0] >> 7)) &
                           opaque(0 - static_cast<Mask>(equal_constant_time(view.subspan(8, 8), view.subspan(16, 8)))) &
                           opaque(0 - static_cast<Mask>(equal_constant_time(view.subspan(16, 8), view.subspan(24, 8))));
        uint64_t hidden = 0;
        for (const uint8_t byte : view.last(8)) hidden = hidden << 8 | byte;
        wipe(content);
        if (declassified(found) != 0) return ValueSlot{slot, hidden};
    }
    return std::nullopt;
}

// What the signer put into the slots, in order: those of the value and of the last ring's real digit carry nothing.
Bytes read_message(const Verified& proof, const RangeSecrets& secrets, const Slots& stream, const ValueSlot& value) {
    using Content = std::array<uint8_t, 32>;
    const size_t last = proof.layout.rings() - 1;
    Bytes out;
    out.reserve(last * 128 + 64);
    std::vector<Content> left;  // of the last ring, with the real digit's among them
    std::vector<Mask> is_real;
    for (size_t i = 0; i <= last; ++i) {
        const uint64_t real = digit_of(value.hidden, i);
        for (size_t j = 0; j < proof.rings[i].s.size(); ++j) {
            // Of the real member the signer's nonce carried the message; of the others s itself.
            const Mask here = mask_if_equal(j, real);
            const Scalar& s = proof.rings[i].s[j];
            const Scalar carried = select(here, s + secrets.blinds[i] * proof.challenges[i][j], s);
            Content content = exclusive_or(carried.view(), stream.at(i, j));
            if (i < last) {
                append(out, content);
            } else if (j != value.slot) {
                left.push_back(content);
                is_real.push_back(here);
            }
            wipe(content);
        }
    }
    Mask passed = 0;
    for (size_t k = 0; k + 1 < left.size(); ++k) {
        passed |= is_real[k];
        append(out, select(passed, left[k + 1], left[k]));
    }
    for (Content& content : left) wipe(content);
    return out;
}

// The secret of a member whose nonce is known: (k - s) / e.
Scalar secret_of(const Scalar& nonce, const Scalar& s, const Scalar& e) { return (nonce - s) * inverse(e); }

// The blind of the last digit's commitment, from its real member.
Scalar last_blind(const Verified& proof, const RangeSecrets& stream, uint64_t real) {
    const size_t last = proof.layout.rings() - 1;
    Scalar nonce;
    Scalar s;
    Scalar e;
    for (size_t j = 0; j < proof.rings[last].s.size(); ++j) {
        const Mask here = mask_if_equal(j, real);
        nonce = select(here, stream.s[last][j], nonce);
        s = select(here, proof.rings[last].s[j], s);
        e = select(here, proof.challenges[last][j], e);
    }
    return secret_of(nonce, s, e);
}

}  // namespace

Result<Rewound, SecretError> rewind_range_proof(const RangeStatement& about, ByteView proof, ByteView nonce) {
    const std::optional<Statement> statement = parse_statement(about);
    if (!statement) return unexpected(SecretError::kBadPoint);
    if (nonce.size() != 32) return unexpected(SecretError::kBadParameters);
    const std::optional<Verified> verified = verify(*statement, about.extra, proof);
    if (!verified) return unexpected(SecretError::kBadProof);
    const RangeLayout& layout = verified->layout;

    Slots slots(layout.rings());
    Bytes seed = seed_of(*statement, nonce, proof.first(layout.header_size));
    const RangeSecrets stream = range_secrets(layout, seed, slots);
    wipe(seed);
    Rewound out;
    out.min_value = layout.min_value;
    out.max_value = layout.max_value;
    uint64_t hidden = 0;
    Scalar blind;
    if (layout.mantissa == 0) {
        blind = secret_of(stream.s[0][0], verified->rings[0].s[0], verified->challenges[0][0]);
    } else {
        const std::optional<ValueSlot> found = find_value(*verified, slots);
        if (!found) return unexpected(SecretError::kNotForThisKey);
        hidden = found->hidden;
        const size_t last = layout.rings() - 1;
        const uint64_t real = digit_of(hidden, last);
        const Mask misplaced = mask_if_equal(real, found->slot) | ~mask_if_less(real, layout.ring_size(last));
        if (declassified(misplaced) != 0) return unexpected(SecretError::kNotForThisKey);
        blind = last_blind(*verified, stream, real) - stream.blinds[last];
        out.message = read_message(*verified, stream, slots, *found);
    }
    out.value = hidden * layout.scale + layout.min_value;
    const Point difference = pedersen(Scalar::from_u64(out.value), statement->point, blind) - statement->committed;
    const Mask opens = difference.is_infinity();
    if (declassified(opens) == 0) return unexpected(SecretError::kNotForThisKey);
    const std::optional<BlindingFactor> checked = BlindingFactor::from_bytes(blind.view());
    if (!checked) return unexpected(SecretError::kNotForThisKey);
    out.blind = checked->clone();
    return out;
}

}  // namespace sluice::confidential
