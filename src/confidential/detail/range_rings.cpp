#include "confidential/detail/range_rings.h"

#include "confidential/detail/multiples.h"

namespace sluice::confidential::detail {

namespace {

// What is known before points are lifted and normalised.
struct Draft {
    RangeRings rings;
    std::vector<Fe> digits_x;     // of the digit commitments
    std::vector<Affine> digits;   // those; the first keys of all rings but the last
    Jacobian last;                // what they leave of the commitment: the first key of the last ring
    std::vector<Jacobian> steps;  // of each ring: -10^exp * 4^i * A
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

// Fills in the points and all of the signature but its keys; false if a point is not on the curve, or is
// infinity. `y` are the roots of `squares`, both of this draft.
bool complete(Draft& draft, const RangeProofCheck& check, std::span<const Fe> squares, std::span<const Fe> y) {
    const RangeLayout& layout = draft.rings.layout;
    const Affine generator = to_affine(check.generator.point());
    Jacobian taken = multiple(layout.info.min, generator);
    for (size_t i = 0; i < draft.digits_x.size(); ++i) {
        if (!is_equal(sqr(y[i]), squares[i])) return false;
        const bool negative = ((check.proof[layout.signs_at() + i / 8] >> (i % 8)) & 1) != 0;
        const Affine digit = {draft.digits_x[i], negative ? negate(y[i]) : y[i]};
        draft.digits.push_back(digit);
        taken = add(taken, digit);
    }
    draft.last = add(negate(taken), to_affine(check.commitment.point()));
    if (draft.last.is_infinity()) return false;
    draft.steps = ring_steps(layout, generator);
    RingSignature& signature = draft.rings.signature;
    signature.message = proof_message(check, layout);
    signature.e0 = check.proof.subspan(layout.e0_at(), 32);
    for (size_t ring = 0; ring < layout.rings; ++ring) signature.sizes.push_back(layout.ring_size(ring));
    return true;
}

// One ring's keys: a first one, and each next one a step further.
struct KeyChain {
    size_t draft;
    size_t first;  // of the ring's keys in the signature
    size_t size;
    Affine step;
};

std::vector<KeyChain> key_chains(std::vector<std::optional<Draft>>& drafts) {
    std::vector<Jacobian> points;
    for (const auto& draft : drafts) {
        if (!draft) continue;
        points.insert(points.end(), draft->steps.begin(), draft->steps.end());
        points.push_back(draft->last);
    }
    // None is infinity: the last key was looked at, and a step is a generator's multiple by less than the order.
    const auto normal = normalize_all(points);
    std::vector<KeyChain> chains;
    size_t next = 0;
    for (size_t i = 0; i < drafts.size(); ++i) {
        if (!drafts[i]) continue;
        RingSignature& signature = drafts[i]->rings.signature;
        signature.keys.resize(drafts[i]->rings.layout.keys);
        size_t first = 0;
        for (size_t ring = 0; ring < signature.sizes.size(); ++ring) {
            chains.push_back({i, first, signature.sizes[ring], *normal[next++]});
            const bool is_last = ring == drafts[i]->digits.size();
            signature.keys[first] = is_last ? *normal[next++] : drafts[i]->digits[ring];
            first += signature.sizes[ring];
        }
    }
    return chains;
}

// Walks all rings of all proofs at once; forgets the proofs with a key at infinity.
void fill_keys(std::vector<std::optional<Draft>>& drafts) {
    const std::vector<KeyChain> chains = key_chains(drafts);
    std::vector<Affine> keys;
    std::vector<Affine> steps;
    std::vector<const KeyChain*> moving;
    std::vector<LaneResult> sums;
    std::vector<bool> has_infinity(drafts.size());
    for (size_t position = 1;; ++position) {
        keys.clear();
        steps.clear();
        moving.clear();
        for (const KeyChain& chain : chains) {
            if (position >= chain.size || has_infinity[chain.draft]) continue;
            moving.push_back(&chain);
            keys.push_back(drafts[chain.draft]->rings.signature.keys[chain.first + position - 1]);
            steps.push_back(chain.step);
        }
        if (moving.empty()) break;
        sums.resize(moving.size());
        ladder().add_pairs(keys, steps, sums);
        for (size_t i = 0; i < moving.size(); ++i) {
            if (sums[i].infinity) has_infinity[moving[i]->draft] = true;
            drafts[moving[i]->draft]->rings.signature.keys[moving[i]->first + position] = sums[i].point;
        }
    }
    for (size_t i = 0; i < drafts.size(); ++i) {
        if (has_infinity[i]) drafts[i].reset();
    }
}

}  // namespace

std::vector<std::optional<RangeRings>> range_rings(std::span<const RangeProofCheck> checks) {
    std::vector<std::optional<Draft>> drafts;
    for (const RangeProofCheck& check : checks) drafts.push_back(draft_of(check));
    const std::vector<Fe> squares = y_squares(drafts);
    std::vector<Fe> roots = squares;
    ladder().root_candidates(roots);
    size_t next_root = 0;
    for (size_t i = 0; i < checks.size(); ++i) {
        if (!drafts[i]) continue;
        const size_t digits = drafts[i]->digits_x.size();
        const bool fits = complete(*drafts[i], checks[i], std::span(squares).subspan(next_root, digits),
                                   std::span(roots).subspan(next_root, digits));
        next_root += digits;
        if (!fits) drafts[i].reset();
    }
    fill_keys(drafts);
    std::vector<std::optional<RangeRings>> out(checks.size());
    for (size_t i = 0; i < checks.size(); ++i) {
        if (drafts[i]) out[i] = std::move(drafts[i]->rings);
    }
    return out;
}

}  // namespace sluice::confidential::detail
