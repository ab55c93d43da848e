// Range proofs at their edges: every mantissa and exponent, every length, hostile numbers, points at infinity, batches.
#include "confidential/range_proof.h"

#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/detail/lanes/kernel_checked.h"
#include "confidential/detail/lanes/ladder_lanes.h"
#include "support/proof_maker.h"

using namespace sluice;
using namespace sluice::test;
namespace lanes = sluice::confidential::detail::lanes;

namespace {

const Scalar kAssetLog = scalar_small(0x5eed);  // the test generator is this many times G

Affine asset() { return base_times(kAssetLog); }

MadeRangeProof made(uint64_t seed, const RangeWish& wish) {
    Scalars random(seed);
    return make_range_proof(random, asset(), wish);
}

bool accepts(const MadeRangeProof& made) { return verify_range_proof(made.check()).has_value(); }

MadeRangeProof with_bytes(MadeRangeProof made, size_t at, const std::string& hex) {
    const Bytes bytes = *from_hex(hex);
    std::copy(bytes.begin(), bytes.end(), made.proof.begin() + static_cast<long>(at));
    return made;
}

const char* const kZero = "0000000000000000000000000000000000000000000000000000000000000000";
const char* const kOnes = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
const char* const kOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const char* const kOrderPlusOne = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142";
const char* const kPrimeMinusOne = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e";
const char* const kPrime = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
const char* const kPrimePlusOne = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30";

}  // namespace

BOOST_AUTO_TEST_SUITE(range_proof)

BOOST_AUTO_TEST_CASE(every_mantissa) {
    std::vector<MadeRangeProof> proofs;
    std::vector<RangeProofCheck> checks;
    std::vector<std::optional<ValueRange>> expected;
    for (int mantissa = 1; mantissa <= 64; ++mantissa) {
        const uint64_t top = ~uint64_t{0} >> (64 - mantissa);
        for (const uint64_t digits : {uint64_t{0}, top}) {
            if (digits != 0 && mantissa % 7 != 1) continue;  // the largest value for some, for the time's sake
            proofs.push_back(made(static_cast<uint64_t>(mantissa), {digits, 0, mantissa, 0, {1, 2, 3}, {}, {}}));
            expected.push_back(ValueRange{0, top});
            const auto info = range_info(proofs.back().proof);
            BOOST_REQUIRE(info.has_value());
            BOOST_TEST(info->mantissa == mantissa);
        }
    }
    for (const MadeRangeProof& proof : proofs) checks.push_back(proof.check());
    BOOST_TEST((verify_range_proofs(checks) == expected));
    // A byte more or less, whatever the mantissa.
    for (const MadeRangeProof& proof : proofs) {
        auto wrong = proof;
        wrong.proof.push_back(0);
        BOOST_TEST(!accepts(wrong));
        wrong.proof.resize(proof.proof.size() - 1);
        BOOST_TEST(!accepts(wrong));
    }
}

BOOST_AUTO_TEST_CASE(every_exponent_and_the_minimum) {
    uint64_t scale = 1;
    for (int exponent = 0; exponent <= 18; ++exponent, scale *= 10) {
        for (const uint64_t min : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
            const auto proof = made(100 + static_cast<uint64_t>(exponent), {2, exponent, 3, min, {}, {}, {}});
            BOOST_TEST((verify_range_proof(proof.check()) == ValueRange{min, min + 7 * scale}));
        }
    }
    for (const uint64_t min : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
        const auto exact = made(3, {0, -1, 0, min, {}, {}, {}});
        BOOST_TEST(exact.proof.size() == (min == 0 ? 65U : 73U));
        BOOST_TEST((verify_range_proof(exact.check()) == ValueRange{min, min}));
        BOOST_TEST(range_info(exact.proof)->exponent == -1);
    }
}

BOOST_AUTO_TEST_CASE(headers_outside_the_format) {
    const auto header = [](const std::string& hex) {
        Bytes proof = *from_hex(hex);
        proof.resize(200);
        return range_info(proof).has_value();
    };
    BOOST_TEST(header("403f"));
    BOOST_TEST(!header("4040"));  // mantissa 65
    BOOST_TEST(header("5203"));   // exponent 18
    BOOST_TEST(!header("5303"));  // exponent 19
    BOOST_TEST(!header("5204"));  // 31 * 10^18 exceeds 64 bits
    BOOST_TEST(!header("c03f"));  // the reserved bit
    BOOST_TEST(header("603f0000000000000000"));
    BOOST_TEST(!header("603f0000000000000001"));  // 2^64 - 1 + 1
    BOOST_TEST(header("603e8000000000000000"));
    BOOST_TEST(!header("603e8000000000000001"));
    BOOST_TEST(header("1f"));  // without a range the exponent's bits mean nothing
    BOOST_TEST(!range_info(Bytes(64)).has_value());
    BOOST_TEST(range_info(Bytes(65)).has_value());
    BOOST_TEST(!range_info({}).has_value());
}

BOOST_AUTO_TEST_CASE(every_other_length_is_refused) {
    for (const RangeWish& wish : {RangeWish{5, 0, 3, 1, {}, {}, {}}, RangeWish{0, -1, 0, 9, {}, {}, {}}}) {
        const auto right = made(4, wish);
        BOOST_TEST(accepts(right));
        for (size_t size = 0; size < right.proof.size() + 40; ++size) {
            auto wrong = right;
            wrong.proof.resize(size);
            BOOST_TEST(accepts(wrong) == (size == right.proof.size()));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_single_bit_counts) {
    const auto right = made(5, {6, 0, 3, 1, {0x51}, {}, {}});
    std::vector<MadeRangeProof> wrong;
    for (size_t bit = 0; bit < right.proof.size() * 8; bit += 3) {
        wrong.push_back(right);
        wrong.back().proof[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    }
    auto extra = right;
    extra.extra = {0x52};
    wrong.push_back(extra);
    extra.extra.clear();
    wrong.push_back(extra);
    auto other = right;
    other.commitment = made(6, {6, 0, 3, 1, {0x51}, {}, {}}).commitment;
    wrong.push_back(other);
    other = right;
    other.generator = Generator::from_point(to_point(kBasePoint));
    wrong.push_back(other);
    std::vector<RangeProofCheck> checks;
    for (const MadeRangeProof& proof : wrong) checks.push_back(proof.check());
    for (const auto& verdict : verify_range_proofs(checks)) BOOST_TEST(!verdict.has_value());
}

BOOST_AUTO_TEST_CASE(numbers_that_do_not_fit_are_refused) {
    const auto right = made(7, {0x123, 0, 10, 1, {}, {}, {}});
    const RangeLayout layout = *range_layout(right.proof);
    BOOST_TEST(accepts(right));
    for (const char* x : {kPrimeMinusOne, kPrime, kPrimePlusOne, kOnes, kZero}) {
        BOOST_TEST(!accepts(with_bytes(right, layout.points_at(), x)));
        BOOST_TEST(!accepts(with_bytes(right, layout.e0_at() - 32, x)));
    }
    for (const char* s : {kZero, kOrder, kOrderPlusOne, kOnes}) {
        for (size_t i = 0; i < layout.keys; ++i)
            BOOST_TEST(!accepts(with_bytes(right, layout.scalars_at() + 32 * i, s)));
        BOOST_TEST(!accepts(with_bytes(right, layout.e0_at(), s)));
    }
    for (int bit = 4; bit < 8; ++bit) {  // five rings use four sign bits
        auto spare = right;
        spare.proof[layout.signs_at()] ^= static_cast<uint8_t>(1 << bit);
        BOOST_TEST(!accepts(spare));
    }
}

// s + n stands for the same residue as s: a proof must not be malleable that way.
BOOST_AUTO_TEST_CASE(a_scalar_plus_the_order_is_refused) {
    RangeWish wish{0, 0, 10, 1, {}, {}, {}};
    wish.decoy = scalar_small(1);
    const auto right = made(7, wish);
    const RangeLayout layout = *range_layout(right.proof);
    BOOST_TEST(accepts(right));
    for (size_t i = 0; i < layout.keys; ++i) {
        if (i % 4 == 0) continue;  // the signing key
        BOOST_TEST(right.proof[layout.scalars_at() + 32 * i + 31] == 1);
        BOOST_TEST(!accepts(with_bytes(right, layout.scalars_at() + 32 * i, kOrderPlusOne)));
    }
}

// A digit commitment of which one ring key C - j*B is infinity: a valid signature over the other keys does not help.
BOOST_AUTO_TEST_CASE(a_ring_key_at_infinity_is_refused) {
    for (uint64_t j = 1; j <= 3; ++j) {
        const auto right = made(8, {j, 0, 8, 0, {}, {}, {}});
        const RangeLayout layout = *range_layout(right.proof);
        auto forged = right;
        const auto form = Commitment::from_point(to_point(affine(multiple(j, asset())))).serialize();
        std::copy(form.begin() + 1, form.end(), forged.proof.begin() + static_cast<long>(layout.points_at()));
        forged.proof[layout.signs_at()] =
            static_cast<uint8_t>((forged.proof[layout.signs_at()] & 0xfe) | (form[0] & 1));
        BOOST_TEST(!accepts(forged));
    }
    // The last ring's first key: a commitment to exactly the minimum without any blinding.
    auto exact = made(9, {0, -1, 0, 5, {}, {}, {}});
    exact.commitment = *commit_explicit(5, exact.generator);
    BOOST_TEST(!accepts(exact));
}

// The prover knows the discrete logarithms, so any step of the walk can be made infinity; it must end the proof.
BOOST_AUTO_TEST_CASE(a_step_at_infinity_is_refused) {
    const auto right = made(10, {0, -1, 0, 5, {}, {}, {}});
    const RangeLayout layout = *range_layout(right.proof);
    Scalars random(10);
    const Scalar blind = random.next();  // the first that the maker drew: the only key is blind*G
    const auto rings = range_rings(std::array{right.check()});
    BOOST_REQUIRE(rings[0].has_value());
    BOOST_TEST((to_point(rings[0]->signature.keys[0]) == to_point(base_times(blind))));
    const auto e = *scalar_from_bytes(ring_challenge(rings[0]->signature.e0, rings[0]->signature.message, 0, 0).view());
    auto forged = right;
    const auto s = scalar_to_bytes(negate(mul(e, blind)));
    std::copy(s.begin(), s.end(), forged.proof.begin() + static_cast<long>(layout.scalars_at()));
    BOOST_TEST(!accepts(forged));
}

// Blinding factors chosen so that digit commitments are equal, opposite and multiples of the generators: every addition
// in the sum and in the ladder may meet an exception, and the proof is still valid.
BOOST_AUTO_TEST_CASE(exceptional_points_in_valid_proofs) {
    const Scalar one = scalar_small(1);
    for (const auto& blinds : {std::vector<Scalar>{one, one, one, one},
                               {one, negate(one), one, negate(one)},
                               {scalar_small(2), one, scalar_small(3), scalar_small(16)}}) {
        for (const uint64_t digits : {uint64_t{0}, uint64_t{0x155}}) {
            BOOST_TEST(accepts(made(11, {digits, 0, 10, 0, {}, blinds, {}})));
            BOOST_TEST(accepts(made(12, {digits, 0, 10, 1, {}, blinds, {}})));
        }
    }
}

// digit * 2^bits
Scalar shifted(int digit, unsigned bits) {
    Scalar out;
    out.n[bits / 64] = static_cast<uint64_t>(std::abs(digit)) << (bits % 64);
    return digit < 0 ? negate(out) : out;
}

// s for which the last addition of the climb, in words, is of a point to itself: what the last window adds in all.
// Nothing if there is none.
std::optional<Scalar> doubling_in_words(const Scalar& e, const Scalar& key_log) {
    const Digits of_e = recode(Scalar{}, e);
    const Scalar lambda{{0xdf02967c1b23bd72, 0x122e22ea20816678, 0xa5261c028812645a, 0x5363ad4cc05c30e0}};
    const Scalar last = mul(key_log, add(shifted(of_e.key_low[0], 0), mul(lambda, shifted(of_e.key_high[0], 0))));
    // s*G + e*P is to be twice the last addend: last, and s's own last digits, which are found first.
    const Scalar rest = add(add(last, last), negate(mul(e, key_log)));
    const Digits of_rest = recode(rest, e);
    const Scalar own = add(shifted(of_rest.base_low[0], 0), shifted(of_rest.base_high[0], 130));
    const Scalar s = add(rest, negate(add(own, own)));
    const Digits of_s = recode(s, e);
    if (of_s.base_low[0] != -of_rest.base_low[0] || of_s.base_high[0] != -of_rest.base_high[0]) return std::nullopt;
    return s;
}

// The same in vectors, where the last addition is of the base point's upper half alone.
std::optional<Scalar> doubling_in_vectors(const Scalar& e, const Scalar& key_log) {
    for (int digit = -512; digit < 512; ++digit) {
        const Scalar s = add(shifted(digit, 131), negate(mul(e, key_log)));
        if (digit != 0 && lanes::digits_of({0, s, e}).base_high[0] == digit) return s;
    }
    return std::nullopt;
}

// A signer that knows every logarithm and picks the scalars of the other keys so that their lanes meet an exception: in
// the ladder of words, and in that of vectors, which starts elsewhere. Such proofs are as good as any.
BOOST_AUTO_TEST_CASE(exceptional_lanes_in_valid_proofs) {
    for (const auto doubling : {doubling_in_words, doubling_in_vectors}) {
        Scalars random(14);
        RangeWish wish{0x5b1, 0, 12, 1, {}, {}, {}};
        for (int i = 0; i < 5; ++i) wish.digit_blinds.push_back(random.next());
        size_t arranged = 0;
        size_t flagged = 0;
        wish.choose = [&](size_t ring, size_t position, const Scalar& e) -> std::optional<Scalar> {
            if (ring == wish.digit_blinds.size()) return std::nullopt;  // the last ring's blinding factor was drawn
            const Scalar step = mul(scalar_small(uint64_t{1} << (2 * ring)), kAssetLog);
            Scalar log = add(wish.digit_blinds[ring], mul(step, scalar_small(wish.digits >> (2 * ring) & 3)));
            log = add(log, negate(mul(step, scalar_small(position))));
            const auto s = doubling(e, log);
            if (!s) return std::nullopt;
            const Lane lane{0, *s, e};
            std::vector<LaneResult> result(1);
            const lanes::Kernel& kernel = lanes::checked_kernel();
            flagged += lanes::multiply_add(kernel, lanes::prepare(kernel, {{base_times(log)}}), {&lane, 1}, result);
            ++arranged;
            return s;
        };
        const auto made = make_range_proof(random, asset(), wish);
        BOOST_TEST(arranged > 5U);
        BOOST_TEST(flagged == (doubling == doubling_in_vectors ? arranged : 0U));
        BOOST_TEST((verify_range_proof(made.check()) == ValueRange{1, 4096}));
        const std::vector<RingSignature> signature{range_rings(std::array{made.check()})[0].value().signature};
        std::vector<const LadderBackend*> all(available_ladders().begin(), available_ladders().end());
        all.push_back(&checked_lane_ladder());
        for (const LadderBackend* backend : all) BOOST_TEST(verify_rings(*backend, signature)[0].valid, backend->name);
    }
}

BOOST_AUTO_TEST_CASE(one_bad_proof_harms_no_other) {
    std::vector<MadeRangeProof> right;
    for (uint64_t i = 0; i < 9; ++i) right.push_back(made(20 + i, {i, 0, static_cast<int>(4 + i), i % 2, {}, {}, {}}));
    for (size_t bad = 0; bad < right.size(); ++bad) {
        for (const size_t from_end : {size_t{1}, size_t{40}}) {
            auto some = right;
            some[bad].proof[some[bad].proof.size() - from_end] ^= 1;
            std::vector<RangeProofCheck> checks;
            for (const MadeRangeProof& proof : some) checks.push_back(proof.check());
            const auto verdicts = verify_range_proofs(checks);
            for (size_t i = 0; i < verdicts.size(); ++i) BOOST_TEST(verdicts[i].has_value() == (i != bad));
        }
    }
    BOOST_TEST(verify_range_proofs({}).empty());
}

// Whole proofs through every back end, and through the one that compares them all.
BOOST_AUTO_TEST_CASE(every_back_end_gives_the_same_verdicts) {
    std::vector<MadeRangeProof> proofs;
    for (uint64_t i = 0; i < 7; ++i) {
        proofs.push_back(made(40 + i, {i, 0, static_cast<int>(3 + i), i % 3, {}, {}, {}}));
        if (i % 2 != 0) proofs.back().proof.back() ^= 1;
    }
    std::vector<RangeProofCheck> checks;
    for (const MadeRangeProof& proof : proofs) checks.push_back(proof.check());
    std::vector<RingSignature> signatures;
    for (auto& rings : range_rings(checks)) signatures.push_back(rings.value().signature);
    std::vector<const LadderBackend*> all(available_ladders().begin(), available_ladders().end());
    all.push_back(&comparing_ladder());
    for (const LadderBackend* backend : all) {
        const auto verdicts = verify_rings(*backend, signatures);
        for (size_t i = 0; i < verdicts.size(); ++i) BOOST_TEST(verdicts[i].valid == (i % 2 == 0), backend->name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
