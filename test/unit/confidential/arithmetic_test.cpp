// Field, scalars and points against plain big integers and against libsecp256k1, at the edges of every word.
#include <boost/multiprecision/cpp_int.hpp>
#include <boost/test/unit_test.hpp>

#include "codec/hex.h"
#include "confidential/detail/field_adx.h"
#include "confidential/detail/group.h"
#include "confidential/detail/ladder.h"
#include "crypto/keys.h"
#include "support/proof_maker.h"

using namespace sluice;
using namespace sluice::test;
using boost::multiprecision::cpp_int;

namespace {

const cpp_int kP = (cpp_int(1) << 256) - (cpp_int(1) << 32) - 977;
const cpp_int kN("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const cpp_int kLambda("0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72");

template <size_t N>
cpp_int big(const std::array<uint64_t, N>& words) {
    cpp_int value = 0;
    for (size_t i = N; i-- > 0;) value = (value << 64) | words[i];
    return value;
}

std::array<uint64_t, 4> words(const cpp_int& value) {
    std::array<uint64_t, 4> out;
    for (size_t i = 0; i < 4; ++i) out[i] = static_cast<uint64_t>((value >> (64 * i)) & ~uint64_t{0});
    return out;
}

Bytes bytes_of(const cpp_int& value) {
    Bytes out(32);
    for (size_t i = 0; i < 32; ++i) out[31 - i] = static_cast<uint8_t>((value >> (8 * i)) & 0xff);
    return out;
}

// 256-bit integers around every place where a carry, a fold or a reduction changes its mind.
std::vector<cpp_int> edges(const cpp_int& modulus) {
    const cpp_int top = cpp_int(1) << 256;
    std::vector<cpp_int> out;
    const std::vector<cpp_int> centres = {0,
                                          modulus,
                                          top,
                                          top - modulus,
                                          modulus / 2,
                                          top - 2 * (top - modulus),
                                          cpp_int(1) << 64,
                                          cpp_int(1) << 128,
                                          cpp_int(1) << 192,
                                          cpp_int(1) << 255,
                                          kLambda};
    for (const cpp_int& centre : centres) {
        for (int step = -2; step <= 2; ++step) {
            const cpp_int value = centre + step;
            if (value >= 0 && value < top) out.push_back(value);
        }
    }
    for (int mask = 1; mask < 15; ++mask) {  // every mixture of empty and full words
        cpp_int value = 0;
        for (int word = 0; word < 4; ++word) {
            if ((mask >> word & 1) != 0) value += cpp_int(~uint64_t{0}) << (64 * word);
        }
        out.push_back(value);
    }
    Scalars random(1);
    for (int i = 0; i < 20; ++i) out.push_back(big(random.next().n));
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arithmetic)

BOOST_AUTO_TEST_CASE(field_operations_take_any_256_bit_integer) {
    const auto values = edges(kP);
    for (const cpp_int& a : values) {
        const Fe fa{words(a)};
        BOOST_TEST(big(canonical(fa).n) == a % kP);
        BOOST_TEST(is_zero(fa) == (a % kP == 0));
        BOOST_TEST(is_odd(fa) == (a % kP % 2 == 1));
        BOOST_TEST(big(canonical(sqr(fa)).n) == a * a % kP);
        BOOST_TEST(big(canonical(negate(fa)).n) == (kP - a % kP) % kP);
        for (const cpp_int& b : values) {
            const Fe fb{words(b)};
            BOOST_TEST(big(canonical(mul(fa, fb)).n) == a * b % kP);
            BOOST_TEST(big(canonical(add(fa, fb)).n) == (a + b) % kP);
            BOOST_TEST(big(canonical(sub(fa, fb)).n) == (2 * kP + a - b) % kP);
            BOOST_TEST(is_equal(fa, fb) == (a % kP == b % kP));
        }
    }
}

BOOST_AUTO_TEST_CASE(every_set_of_field_operations) {
    const auto values = edges(kP);
    const auto check = [&](auto ops) {
        using Ops = decltype(ops);
        for (const cpp_int& a : values) {
            const Fe fa{words(a)};
            BOOST_TEST(big(canonical(Ops::sqr(fa)).n) == a * a % kP);
            BOOST_TEST(big(canonical(Ops::half(fa)).n) * 2 % kP == a % kP);
            for (const cpp_int& b : values) {
                const Fe fb{words(b)};
                BOOST_TEST(big(canonical(Ops::mul(fa, fb)).n) == a * b % kP);
                BOOST_TEST(big(canonical(Ops::add(fa, fb)).n) == (a + b) % kP);
                BOOST_TEST(big(canonical(Ops::sub(fa, fb)).n) == (2 * kP + a - b) % kP);
            }
        }
    };
    check(PlainOps{});
#ifdef SLUICE_ADX
    if (has_adx()) check(AdxOps{});
#endif
}

// The carries that hardly ever come about: out of full words, and round the whole number.
BOOST_AUTO_TEST_CASE(what_overflows_is_folded_in_whatever_carries) {
    for (const cpp_int& a : edges(kP)) {
        for (const uint64_t overflow : {uint64_t{0}, uint64_t{1}, uint64_t{0xfffffffff}, uint64_t{1} << 61}) {
            const cpp_int expected = (a + (cpp_int(overflow) << 256)) % kP;
            BOOST_TEST(big(canonical(PlainOps::fold(Fe{words(a)}, overflow)).n) == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(inverses_and_roots) {
    for (const cpp_int& a : edges(kP)) {
        const Fe fa{words(a)};
        BOOST_TEST(is_equal(mul(inverse(fa), fa), fe_small(a % kP == 0 ? 0 : 1)));
        const auto root = square_root(fa);
        const bool expected = powm(cpp_int(a % kP), (kP - 1) / 2, kP) <= 1;
        BOOST_TEST(root.has_value() == expected);
        BOOST_TEST(is_square(fa) == expected);
        if (!root) continue;
        BOOST_TEST(is_equal(sqr(*root), fa));
        BOOST_TEST(is_square(*root));
    }
}

// The division steps take another path for each number.
BOOST_AUTO_TEST_CASE(inverses_of_many_shapes) {
    const auto check = [](const Fe& a) {
        BOOST_TEST(is_equal(mul(inverse(a), a), fe_small(is_zero(a) ? 0 : 1)));
        BOOST_TEST(canonical(inverse(a)).n == inverse(a).n);
    };
    for (size_t bit = 0; bit < 256; ++bit) {
        Fe power;
        power.n[bit / 64] = uint64_t{1} << (bit % 64);
        for (const Fe& a : {power, negate(power), sub(power, fe_small(1)), add(power, fe_small(3))}) check(a);
    }
    for (uint64_t small = 0; small < 500; ++small) check(fe_small(small));
    Scalars random(5);
    for (int i = 0; i < 3000; ++i) {
        Fe a{random.next().n};
        if (i % 4 == 1) a.n[static_cast<size_t>(i / 4 % 4)] = 0;
        if (i % 4 == 2) a.n[static_cast<size_t>(i / 4 % 4)] = ~uint64_t{0};
        check(a);
    }
}

BOOST_AUTO_TEST_CASE(a_zero_disturbs_no_other_inverse) {
    std::vector<Fe> values;
    for (const cpp_int& a : edges(kP)) values.push_back(Fe{words(a)});
    std::vector<Fe> inverted = values;
    invert_all(inverted);
    for (size_t i = 0; i < values.size(); ++i) BOOST_TEST(is_equal(inverted[i], inverse(values[i])));
    std::vector<Fe> zeros(3);
    invert_all(zeros);
    for (const Fe& zero : zeros) BOOST_TEST(is_zero(zero));
    invert_all({});
}

BOOST_AUTO_TEST_CASE(numbers_above_the_modulus_are_refused_never_reduced) {
    for (const cpp_int& a : edges(kP)) {
        const auto fe = fe_from_bytes(bytes_of(a));
        BOOST_TEST(fe.has_value() == (a < kP));
        if (fe) BOOST_TEST(equal(fe_to_bytes(*fe), bytes_of(a)));
    }
    for (const cpp_int& a : edges(kN)) {
        const auto scalar = scalar_from_bytes(bytes_of(a));
        BOOST_TEST(scalar.has_value() == (a < kN));
        if (scalar) BOOST_TEST(equal(scalar_to_bytes(*scalar), bytes_of(a)));
    }
}

BOOST_AUTO_TEST_CASE(scalars) {
    const auto values = edges(kN);
    for (const cpp_int& a : values) {
        const Scalar sa{words(a % kN)};
        BOOST_TEST(big(negate(sa).n) == (kN - a % kN) % kN);
        for (const cpp_int& b : values) {
            const Scalar sb{words(b % kN)};
            BOOST_TEST(big(add(sa, sb).n) == (a + b) % kN);
            BOOST_TEST(big(mul(sa, sb).n) == a * b % kN);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_split_is_short_and_exact) {
    const auto signed_value = [](const std::array<uint64_t, 3>& n) {
        return (n[2] >> 63) != 0 ? cpp_int(big(n) - (cpp_int(1) << 192)) : big(n);
    };
    auto values = edges(kN);
    Scalars random(2);
    for (int i = 0; i < 2000; ++i) values.push_back(big(random.next().n));
    for (const cpp_int& k : values) {
        const SplitScalar halves = split(Scalar{words(k % kN)});
        const cpp_int low = signed_value(halves.low);
        const cpp_int high = signed_value(halves.high);
        BOOST_TEST((low + high * kLambda - k) % kN == 0);
        BOOST_TEST(abs(low) < (cpp_int(1) << 128));
        BOOST_TEST(abs(high) < (cpp_int(1) << 128));
    }
}

BOOST_AUTO_TEST_CASE(digits_say_what_the_scalars_are) {
    for (const cpp_int& k : edges(kN)) {
        const Scalar scalar{words(k % kN)};
        const Digits digits = recode(scalar, scalar);
        cpp_int low = 0, high = 0, base = 0;
        for (size_t i = kKeyDigits; i-- > 0;) {
            low = low * 32 + static_cast<int>(digits.key_low[i]);
            high = high * 32 + static_cast<int>(digits.key_high[i]);
            BOOST_TEST((digits.key_low[i] >= -16 && digits.key_low[i] < 16));
            BOOST_TEST((digits.key_high[i] >= -16 && digits.key_high[i] < 16));
        }
        for (size_t i = kBaseDigits; i-- > 0;) base = base * 1024 + static_cast<int>(digits.base_high[i]);
        for (size_t i = kBaseDigits; i-- > 0;) base = base * 1024 + static_cast<int>(digits.base_low[i]);
        BOOST_TEST((low + high * kLambda - k) % kN == 0);
        BOOST_TEST(base == k % kN);
    }
}

BOOST_AUTO_TEST_CASE(addition_is_complete) {
    const Affine p = base_times(scalar_small(5));
    const Affine q = base_times(scalar_small(11));
    const Jacobian infinity;
    // The same points with another z.
    const Jacobian p3 = add(multiple(2, p), negate(p));
    const Jacobian q3 = add(multiple(2, q), negate(q));
    const auto same = [](const Jacobian& a, const Jacobian& b) {
        const auto fa = normalize(a);
        const auto fb = normalize(b);
        return fa.has_value() == fb.has_value() && (!fa || to_point(*fa) == to_point(*fb));
    };
    BOOST_TEST(same(add(infinity, p), to_jacobian(p)));
    BOOST_TEST(same(add(infinity, p3), p3));
    BOOST_TEST(same(add(p3, infinity), p3));
    BOOST_TEST(same(add(infinity, infinity), infinity));
    BOOST_TEST(same(twice(infinity), infinity));
    BOOST_TEST(same(add(p3, p), multiple(2, p)));
    BOOST_TEST(same(add(p3, to_jacobian(p)), multiple(2, p)));
    BOOST_TEST(same(add(p3, negate(p)), infinity));
    BOOST_TEST(same(add(p3, negate(p3)), infinity));
    BOOST_TEST(same(add(p3, q), to_jacobian(base_times(scalar_small(16)))));
    BOOST_TEST(same(add(p3, q3), to_jacobian(base_times(scalar_small(16)))));
    BOOST_TEST(same(multiple(0, p), infinity));
    BOOST_TEST(same(multiple(~uint64_t{0}, p), times(scalar_small(~uint64_t{0}), p)));
}

BOOST_AUTO_TEST_CASE(points_agree_with_libsecp256k1) {
    Scalars random(3);
    for (int i = 0; i < 50; ++i) {
        const Scalar k = random.next();
        const Scalar s = random.next();
        const Scalar e = random.next();
        const PubKey key = SecretKey::from_bytes(scalar_to_bytes(k))->pubkey();
        const Affine p = base_times(k);
        BOOST_TEST(equal(compress(p), key.view()));
        const auto sum = key.multiply(scalar_to_bytes(e))->add_tweak(scalar_to_bytes(s));
        BOOST_TEST(equal(compress(affine(multiply_add_complete(s, e, p))), sum->view()));
    }
}

BOOST_AUTO_TEST_CASE(public_keys_in_both_forms) {
    const Point g = to_point(kBasePoint);
    BOOST_TEST((Point::from_public_key(g.compressed()) == g));
    const auto minus_g =
        Point::from_public_key(*from_hex("0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
    BOOST_REQUIRE(minus_g.has_value());
    BOOST_TEST(minus_g->compressed()[0] == 3);
    const Bytes full = *from_hex(
        "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    BOOST_TEST((Point::from_public_key(full) == g));
    Bytes off_curve = full;
    off_curve.back() ^= 1;
    BOOST_TEST(!Point::from_public_key(off_curve).has_value());
    Bytes hybrid = full;
    hybrid[0] = 6;
    BOOST_TEST(!Point::from_public_key(hybrid).has_value());
    BOOST_TEST(!Point::from_public_key({}).has_value());
    for (const cpp_int& x : {kP, cpp_int(kP + 1), cpp_int((cpp_int(1) << 256) - 1)}) {
        Bytes bytes = bytes_of(x);
        bytes.insert(bytes.begin(), 2);
        BOOST_TEST(!Point::from_public_key(bytes).has_value());
        bytes[0] = 0x0a;
        BOOST_TEST(!Generator::parse(bytes).has_value());
        bytes[0] = 0x08;
        BOOST_TEST(!Commitment::parse(bytes).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
