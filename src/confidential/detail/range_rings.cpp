#include "confidential/detail/range_rings.h"

#include "confidential/detail/multiples.h"

namespace sluice::confidential::detail {

namespace {

// What is known before points are lifted and normalised.
struct Draft {
    RangeRings rings;
    std::vector<Fe> digits_x;          // of the digit commitments
    std::vector<Jacobian> first_keys;  // of each ring: the digit commitments, then what is left of the commitment
    std::vector<Jacobian> steps;       // of each ring: -10^exp * 4^i * A
};

bool spare_signs_are_clear(const RangeLayout& layout, ByteView proof) {
    const size_t used = (layout.rings - 1) % 8;
    return used == 0 || (proof[layout.points_at() - 1] >> used) == 0;
}

// m: the commitment, the generator, the header, the digit commitments and the extra bytes.
Hash256 proof_message(const RangeProofCheck& check, const RangeLayout& layout) {
    Sha256 hasher;
    for (auto form : {check.commitment.serialize(), check.generator.serialize()}) {
        form[0] &= 1;  // here the prefix is 0 for a square y and 1 otherwise
        hasher.write(form);
    }
    hasher.write(check.proof.first(layout.header_size));
    for (size_t i = 0; i + 1 < layout.rings; ++i) {
        const std::array<uint8_t, 1> sign = {
            static_cast<uint8_t>((check.proof[layout.signs_at() + i / 8] >> (i % 8)) & 1)};
        hasher.write(sign).write(check.proof.subspan(layout.points_at() + 32 * i, 32));
    }
    return hasher.write(check.extra).finish();
}

std::vector<Jacobian> ring_steps(const RangeLayout& layout, const Affine& generator) {
    std::vector<Jacobian> steps;
    Jacobian step = to_jacobian(negate(generator));
    for (int i = 0; i < layout.info.exponent; ++i) {  // times 10
        const Jacobian two = twice(step);
        step = add(twice(twice(two)), two);
    }
    for (size_t ring = 0; ring < layout.rings; ++ring) {
        steps.push_back(step);
        step = twice(twice(step));
    }
    return steps;
}

std::optional<Draft> draft_of(const RangeProofCheck& check) {
    const auto layout = range_layout(check.proof);
    if (!layout || check.proof.size() != layout->total_size() || !spare_signs_are_clear(*layout, check.proof)) {
        return std::nullopt;
    }
    Draft draft;
    draft.rings.layout = *layout;
    RingSignature& signature = draft.rings.signature;
    for (size_t i = 0; i < layout->keys; ++i) {
        const auto s = scalar_from_bytes(check.proof.subspan(layout->scalars_at() + 32 * i, 32));
        if (!s || s->is_zero()) return std::nullopt;
        signature.s.push_back(*s);
    }
    for (size_t i = 0; i + 1 < layout->rings; ++i) {
        const auto x = fe_from_bytes(check.proof.subspan(layout->points_at() + 32 * i, 32));
        if (!x) return std::nullopt;
        draft.digits_x.push_back(*x);
    }
    return draft;
}

// The right-hand sides y^2 = x^3 + 7 of all digit commitments, draft by draft.
std::vector<Fe> y_squares(std::span<const std::optional<Draft>> drafts) {
    std::vector<Fe> out;
    for (const auto& draft : drafts) {
        if (!draft) continue;
        for (const Fe& x : draft->digits_x) out.push_back(add(mul(sqr(x), x), fe_small(7)));
    }
    return out;
}

// Fills in first_keys, steps and all of the signature but its keys; false if a point is not on the curve, or is
// infinity. `y` are the roots of `squares`, both of this draft.
bool complete(Draft& draft, const RangeProofCheck& check, std::span<const Fe> squares, std::span<const Fe> y) {
    const RangeLayout& layout = draft.rings.layout;
    const Affine generator = to_affine(check.generator.point());
    Jacobian taken = multiple(layout.info.min, generator);
    for (size_t i = 0; i < draft.digits_x.size(); ++i) {
        if (!is_equal(sqr(y[i]), squares[i])) return false;
        const bool negative = ((check.proof[layout.signs_at() + i / 8] >> (i % 8)) & 1) != 0;
        const Affine digit = {draft.digits_x[i], negative ? negate(y[i]) : y[i]};
        draft.first_keys.push_back(to_jacobian(digit));
        taken = add(taken, digit);
    }
    draft.first_keys.push_back(add(negate(taken), to_affine(check.commitment.point())));
    if (draft.first_keys.back().is_infinity()) return false;
    draft.steps = ring_steps(layout, generator);
    RingSignature& signature = draft.rings.signature;
    signature.message = proof_message(check, layout);
    signature.e0 = check.proof.subspan(layout.e0_at(), 32);
    for (size_t ring = 0; ring < layout.rings; ++ring) signature.sizes.push_back(layout.ring_size(ring));
    return true;
}

}  // namespace

std::vector<std::optional<RangeRings>> range_rings(std::span<const RangeProofCheck> checks) {
    std::vector<std::optional<Draft>> drafts;
    for (const RangeProofCheck& check : checks) drafts.push_back(draft_of(check));
    const std::vector<Fe> squares = y_squares(drafts);
    std::vector<Fe> roots = squares;
    ladder().root_candidates(roots);
    std::vector<Jacobian> steps;
    size_t next_root = 0;
    for (size_t i = 0; i < checks.size(); ++i) {
        if (!drafts[i]) continue;
        const size_t digits = drafts[i]->digits_x.size();
        const bool fits = complete(*drafts[i], checks[i], std::span(squares).subspan(next_root, digits),
                                   std::span(roots).subspan(next_root, digits));
        next_root += digits;
        if (fits) {
            steps.insert(steps.end(), drafts[i]->steps.begin(), drafts[i]->steps.end());
        } else {
            drafts[i].reset();
        }
    }
    const auto flat_steps = normalize_all(steps);
    std::vector<Jacobian> keys;
    size_t next_step = 0;
    for (const auto& draft : drafts) {
        if (!draft) continue;
        for (size_t ring = 0; ring < draft->first_keys.size(); ++ring) {
            Jacobian key = draft->first_keys[ring];
            // A multiple of a generator by less than the group's order is never infinity.
            const Affine step = *flat_steps[next_step++];
            for (size_t j = 0; j < draft->rings.signature.sizes[ring]; ++j) {
                if (j > 0) key = add(key, step);
                keys.push_back(key);
            }
        }
    }
    const auto flat_keys = normalize_all(keys);
    std::vector<std::optional<RangeRings>> out(checks.size());
    size_t next_key = 0;
    for (size_t i = 0; i < checks.size(); ++i) {
        if (!drafts[i]) continue;
        bool infinity = false;
        RangeRings& rings = drafts[i]->rings;
        for (size_t k = 0; k < rings.layout.keys; ++k) {
            const auto& key = flat_keys[next_key++];
            infinity = infinity || !key.has_value();
            if (key) rings.signature.keys.push_back(*key);
        }
        if (!infinity) out[i] = std::move(rings);
    }
    return out;
}

}  // namespace sluice::confidential::detail
