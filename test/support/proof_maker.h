// Makes range, surjection and whitelist proofs for tests and benchmarks from known secrets, over generators whose
// discrete logarithm may be known too, so that a test can arrange any exception. Neither constant-time nor random: for
// tests only.
#pragma once

#include <functional>

#include "confidential/detail/multiples.h"
#include "confidential/detail/range_rings.h"
#include "confidential/detail/ring.h"
#include "confidential/surjection_proof.h"
#include "util/check.h"

namespace sluice::test {

using namespace sluice::confidential;
using namespace sluice::confidential::detail;

// An endless supply of scalars that differ, fixed by the seed.
class Scalars {
public:
    explicit Scalars(uint64_t seed) {
        state_.bytes[0] = static_cast<uint8_t>(seed), state_.bytes[1] = static_cast<uint8_t>(seed >> 8);
    }
    Scalar next() {
        for (;;) {
            state_ = sha256(state_.view());
            const auto scalar = scalar_from_bytes(state_.view());
            if (scalar && !scalar->is_zero()) return *scalar;
        }
    }
    uint64_t number() { return next().n[0]; }

private:
    Hash256 state_;
};

inline Affine affine(const Jacobian& point) { return *normalize(point); }
inline Affine base_times(const Scalar& k) { return affine(multiply_add_complete(k, Scalar{}, kBasePoint)); }
inline Jacobian times(const Scalar& k, const Affine& p) { return multiply_add_complete(Scalar{}, k, p); }

struct MadeRing {
    Hash256 e0;
    std::vector<Scalar> s;
};

// The scalar of a key that does not sign, chosen when its challenge is known; nothing to leave it as it is.
using ChooseDecoy = std::function<std::optional<Scalar>(size_t ring, size_t position, const Scalar& challenge)>;

// Signs rings of `sizes` over `keys`; in ring i the secret of key known[i] is secrets[i]. Every other key's scalar is
// `decoy`, or drawn, unless `choose` has another.
inline MadeRing make_rings(Scalars& random, const Hash256& message, const std::vector<size_t>& sizes,
                           const std::vector<Affine>& keys, const std::vector<size_t>& known,
                           const std::vector<Scalar>& secrets, const std::optional<Scalar>& decoy = {},
                           const ChooseDecoy& choose = {}) {
    MadeRing made;
    for (size_t i = 0; i < keys.size(); ++i) made.s.push_back(decoy ? *decoy : random.next());
    std::vector<Scalar> nonces;
    Sha256 closing;
    const auto challenge = [&](ByteView from, size_t ring, size_t position) {
        return *scalar_from_bytes(
            ring_challenge(from, message, static_cast<uint32_t>(ring), static_cast<uint32_t>(position)).view());
    };
    // The point of a key that does not sign.
    const auto step = [&](size_t first, size_t ring, size_t j, const Scalar& e) {
        Scalar& s = made.s[first + j];
        if (choose) s = choose(ring, j, e).value_or(s);
        return compress(affine(multiply_add_complete(s, e, keys[first + j])));
    };
    for (size_t ring = 0, first = 0; ring < sizes.size(); first += sizes[ring++]) {
        nonces.push_back(random.next());
        auto point = compress(base_times(nonces.back()));
        for (size_t j = known[ring] + 1; j < sizes[ring]; ++j) point = step(first, ring, j, challenge(point, ring, j));
        closing.write(point);
    }
    made.e0 = closing.write(message.view()).finish();
    for (size_t ring = 0, first = 0; ring < sizes.size(); first += sizes[ring++]) {
        Scalar e = challenge(made.e0.view(), ring, 0);
        for (size_t j = 0; j < known[ring]; ++j) { e = challenge(step(first, ring, j, e), ring, j + 1); }
        made.s[first + known[ring]] = add(nonces[ring], negate(mul(e, secrets[ring])));
    }
    return made;
}

struct RangeWish {
    uint64_t digits = 0;  // the amount is min + digits * 10^exponent
    int exponent = 0;     // -1: a proof of exactly min
    int mantissa = 1;     // 1..64 unless the exponent is -1
    uint64_t min = 0;
    Bytes extra;
    // The blinding factor of each ring's digit commitment but the last; drawn if empty.
    std::vector<Scalar> digit_blinds;
    std::optional<Scalar> decoy;  // the scalar of every key that does not sign; drawn if absent
    ChooseDecoy choose{};
};

struct MadeRangeProof {
    Commitment commitment;
    Generator generator;
    Bytes proof;
    Bytes extra;
    RangeProofCheck check() const { return {commitment, generator, proof, extra}; }
};

inline MadeRangeProof make_range_proof(Scalars& random, const Affine& generator, const RangeWish& wish) {
    Bytes proof;
    const bool ranged = wish.exponent >= 0;
    proof.push_back(static_cast<uint8_t>((ranged ? 0x40 | wish.exponent : 0) | (wish.min != 0 ? 0x20 : 0)));
    if (ranged) proof.push_back(static_cast<uint8_t>(wish.mantissa - 1));
    if (wish.min != 0) {
        for (int shift = 56; shift >= 0; shift -= 8) proof.push_back(static_cast<uint8_t>(wish.min >> shift));
    }
    Bytes probe = proof;
    probe.resize(65);
    const RangeLayout layout = *range_layout(probe);
    const Generator asset = Generator::from_point(to_point(generator));
    const Scalar blind = random.next();
    const uint64_t amount = wish.min + wish.digits * layout.scale;
    const Commitment commitment =
        Commitment::from_point(to_point(affine(add(multiple(amount, generator), base_times(blind)))));

    std::vector<size_t> sizes;
    std::vector<Affine> keys;
    std::vector<size_t> known;
    std::vector<Scalar> secrets;
    Scalar rest = blind;
    Bytes signs(layout.points_at() - layout.signs_at());
    Bytes points;
    Jacobian step = negate(multiple(layout.scale, generator));
    Sha256 message;
    for (auto form : {commitment.serialize(), asset.serialize()}) {
        form[0] &= 1;
        message.write(form);
    }
    message.write(proof);
    for (size_t ring = 0; ring < layout.rings; ++ring) {
        const size_t digit = ranged ? (wish.digits >> (2 * ring)) & 3 : 0;
        const bool last = ring + 1 == layout.rings;
        Scalar secret = rest;
        if (!last) secret = ring < wish.digit_blinds.size() ? wish.digit_blinds[ring] : random.next();
        rest = add(rest, negate(secret));
        Jacobian key = multiply_add_complete(secret, scalar_small(digit), affine(negate(step)));
        if (!last) {
            const auto form = Commitment::from_point(to_point(affine(key))).serialize();
            const std::array<uint8_t, 1> sign = {static_cast<uint8_t>(form[0] & 1)};
            signs[ring / 8] |= static_cast<uint8_t>(sign[0] << (ring % 8));
            append(points, ByteView(form).subspan(1));
            message.write(sign).write(ByteView(form).subspan(1));
        }
        sizes.push_back(layout.ring_size(ring));
        known.push_back(digit);
        secrets.push_back(secret);
        for (size_t j = 0; j < sizes.back(); ++j) {
            if (j > 0) key = add(key, step);
            keys.push_back(affine(key));
        }
        step = twice(twice(step));
    }
    const MadeRing made =
        make_rings(random, message.write(wish.extra).finish(), sizes, keys, known, secrets, wish.decoy, wish.choose);
    append(proof, signs);
    append(proof, points);
    append(proof, made.e0.view());
    for (const Scalar& s : made.s) append(proof, scalar_to_bytes(s));
    return {commitment, asset, proof, wish.extra};
}

struct MadeSurjectionProof {
    std::vector<Generator> targets;
    Generator output;
    Bytes proof;
    SurjectionCheck check() const { return {targets, output, proof}; }
};

// `total` inputs of which `used` (in order from the first) make the ring; the output is input `from` blinded once more.
inline MadeSurjectionProof make_surjection_proof(Scalars& random, size_t total, const std::vector<size_t>& used,
                                                 size_t from) {
    std::vector<Affine> inputs;
    for (size_t i = 0; i < total; ++i) inputs.push_back(base_times(random.next()));
    const Scalar blind = random.next();
    const Affine output = affine(add(to_jacobian(base_times(blind)), inputs[used[from]]));
    Bytes proof = {static_cast<uint8_t>(total), static_cast<uint8_t>(total >> 8)};
    proof.resize(2 + (total + 7) / 8);
    Sha256 message;
    MadeSurjectionProof made{{}, Generator::from_point(to_point(output)), {}};
    for (const Affine& input : inputs) {
        made.targets.push_back(Generator::from_point(to_point(input)));
        message.write(compress(input));
    }
    std::vector<Affine> keys;
    for (const size_t input : used) {
        proof[2 + input / 8] |= static_cast<uint8_t>(1 << (input % 8));
        keys.push_back(affine(add(to_jacobian(output), negate(inputs[input]))));
    }
    const MadeRing ring =
        make_rings(random, message.write(compress(output)).finish(), {used.size()}, keys, {from}, {blind});
    append(proof, ring.e0.view());
    for (const Scalar& s : ring.s) append(proof, scalar_to_bytes(s));
    made.proof = proof;
    return made;
}

}  // namespace sluice::test
