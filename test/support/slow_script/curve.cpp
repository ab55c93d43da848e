#include "support/slow_script/curve.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <bit>
#include <memory>
#include <optional>

namespace sluice::slow {
namespace {

constexpr uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void compress(std::array<uint32_t, 8>& state, const uint8_t* block) {
    uint32_t w[64];
    for (int i = 0; i < 16; ++i) {
        w[i] = uint32_t{block[4 * i]} << 24 | uint32_t{block[4 * i + 1]} << 16 | uint32_t{block[4 * i + 2]} << 8 |
               block[4 * i + 3];
    }
    for (int i = 16; i < 64; ++i) {
        const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    std::array<uint32_t, 8> v = state;
    for (int i = 0; i < 64; ++i) {
        const uint32_t s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
        const uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        const uint32_t t1 = v[7] + s1 + choice + kRound[i] + w[i];
        const uint32_t s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
        const uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        v = {t1 + s0 + majority, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (int i = 0; i < 8; ++i) state[i] += v[i];
}

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Point = std::unique_ptr<EC_POINT, decltype(&EC_POINT_free)>;

const EC_GROUP* group() {
    static const EC_GROUP* kGroup = EC_GROUP_new_by_curve_name(NID_secp256k1);
    return kGroup;
}
BN_CTX* scratch() {
    static thread_local BN_CTX* const kContext = BN_CTX_new();
    return kContext;
}
const BIGNUM* order() { return EC_GROUP_get0_order(group()); }
const BIGNUM* field() { return EC_GROUP_get0_field(group()); }

Number number(const uint8_t* bytes, size_t size) {
    return {BN_bin2bn(bytes, static_cast<int>(size), nullptr), BN_free};
}
Number number(const Octets& bytes) { return number(bytes.data(), bytes.size()); }
Number zero() { return {BN_new(), BN_free}; }
bool is_scalar(const BIGNUM* n) { return !BN_is_zero(n) && BN_cmp(n, order()) < 0; }

std::optional<Point> read_point(const Octets& sec) {
    Point point(EC_POINT_new(group()), EC_POINT_free);
    if (EC_POINT_oct2point(group(), point.get(), sec.data(), sec.size(), scratch()) != 1) return std::nullopt;
    return point;
}
std::optional<Point> lift_x(const Octets& x) {
    if (x.size() != 32) return std::nullopt;
    Octets sec{2};
    sec.insert(sec.end(), x.begin(), x.end());
    return read_point(sec);
}
// a*G + b*P
Point combine(const BIGNUM* a, const EC_POINT* p, const BIGNUM* b) {
    Point out(EC_POINT_new(group()), EC_POINT_free);
    EC_POINT_mul(group(), out.get(), a, p, b, scratch());
    return out;
}
Octets compressed(const Point& point) {
    Octets out(33);
    EC_POINT_point2oct(group(), point.get(), POINT_CONVERSION_COMPRESSED, out.data(), out.size(), scratch());
    return out;
}
bool at_infinity(const Point& point) { return EC_POINT_is_at_infinity(group(), point.get()) == 1; }

struct RS {
    Number r;
    Number s;
};

// A length in DER, however padded. nullopt where it does not fit.
std::optional<size_t> read_length(const Octets& in, size_t& at) {
    if (at >= in.size()) return std::nullopt;
    size_t first = in[at++];
    if (first < 0x80) return first;
    size_t count = first - 0x80;
    if (count > in.size() - at) return std::nullopt;
    while (count > 0 && in[at] == 0) {
        ++at;
        --count;
    }
    if (count >= 4) return std::nullopt;
    size_t length = 0;
    for (; count > 0; --count) length = length * 256 + in[at++];
    return length;
}

std::optional<Number> read_integer(const Octets& in, size_t& at) {
    if (at >= in.size() || in[at] != 2) return std::nullopt;
    ++at;
    const auto length = read_length(in, at);
    if (!length || *length > in.size() - at) return std::nullopt;
    Number out = number(in.data() + at, *length);
    at += *length;
    return out;
}

// The outer length is skipped, not believed; what follows S does not matter.
std::optional<RS> read_der(const Octets& in) {
    size_t at = 0;
    if (in.empty() || in[at++] != 0x30) return std::nullopt;
    if (at >= in.size()) return std::nullopt;
    const size_t first = in[at++];
    if (first >= 0x80) {
        if (first - 0x80 > in.size() - at) return std::nullopt;
        at += first - 0x80;
    }
    auto r = read_integer(in, at);
    if (!r) return std::nullopt;
    auto s = read_integer(in, at);
    if (!s) return std::nullopt;
    return RS{std::move(*r), std::move(*s)};
}

}  // namespace

void PlainSha256::eat(const Octets& more) {
    bytes += more.size();
    rest.insert(rest.end(), more.begin(), more.end());
    size_t at = 0;
    for (; rest.size() - at >= 64; at += 64) compress(words, rest.data() + at);
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(at));
}

Digest PlainSha256::digest() const {
    PlainSha256 copy = *this;
    Octets tail{0x80};
    while ((copy.rest.size() + tail.size()) % 64 != 56) tail.push_back(0);
    const uint64_t bits = bytes * 8;
    for (int shift = 56; shift >= 0; shift -= 8) tail.push_back(static_cast<uint8_t>(bits >> shift));
    copy.eat(tail);
    Digest out;
    for (size_t i = 0; i < 32; ++i) out[i] = static_cast<uint8_t>(copy.words[i / 4] >> (24 - 8 * (i % 4)));
    return out;
}

Octets octets(const Digest& digest) { return {digest.begin(), digest.end()}; }
Digest sha(const Octets& bytes) {
    PlainSha256 hash;
    hash.eat(bytes);
    return hash.digest();
}
Digest sha_twice(const Octets& bytes) { return sha(octets(sha(bytes))); }
Digest tagged(const std::string& tag, const Octets& bytes) {
    const Octets name = octets(sha(Octets(tag.begin(), tag.end())));
    PlainSha256 hash;
    hash.eat(name);
    hash.eat(name);
    hash.eat(bytes);
    return hash.digest();
}
Octets named_hash(const char* name, const Octets& bytes) {
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> kind(EVP_MD_fetch(nullptr, name, nullptr), EVP_MD_free);
    Octets out(20);
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind.get(), nullptr);
    out.resize(size);
    return out;
}

bool ecdsa_holds(const Octets& key, const Octets& signature, const Digest& digest) {
    const auto point = read_point(key);
    const auto rs = read_der(signature);
    if (!point || !rs || !is_scalar(rs->r.get()) || !is_scalar(rs->s.get())) return false;
    const Number z = number(digest.data(), digest.size());
    const Number inverse(BN_mod_inverse(nullptr, rs->s.get(), order(), scratch()), BN_free);
    const Number u1 = zero();
    const Number u2 = zero();
    BN_mod_mul(u1.get(), z.get(), inverse.get(), order(), scratch());
    BN_mod_mul(u2.get(), rs->r.get(), inverse.get(), order(), scratch());
    const Point sum = combine(u1.get(), point->get(), u2.get());
    if (at_infinity(sum)) return false;
    const Number x = zero();
    EC_POINT_get_affine_coordinates(group(), sum.get(), x.get(), nullptr, scratch());
    BN_nnmod(x.get(), x.get(), order(), scratch());
    return BN_cmp(x.get(), rs->r.get()) == 0;
}

bool has_low_s(const Octets& signature) {
    const auto rs = read_der(signature);
    if (!rs) return false;
    // Numbers that are no scalars make the whole signature count as zero, and zero is low.
    if (BN_cmp(rs->r.get(), order()) >= 0 || BN_cmp(rs->s.get(), order()) >= 0) return true;
    const Number half(BN_dup(order()), BN_free);
    BN_rshift1(half.get(), half.get());
    return BN_cmp(rs->s.get(), half.get()) <= 0;
}

bool schnorr_holds(const Octets& key, const Octets& message, const Octets& signature) {
    const auto point = lift_x(key);
    if (!point || signature.size() != 64) return false;
    const Octets r_bytes(signature.begin(), signature.begin() + 32);
    const Number r = number(r_bytes);
    const Number s = number(signature.data() + 32, 32);
    if (BN_cmp(r.get(), field()) >= 0 || BN_cmp(s.get(), order()) >= 0) return false;
    Octets challenge = r_bytes;
    challenge.insert(challenge.end(), key.begin(), key.end());
    challenge.insert(challenge.end(), message.begin(), message.end());
    const Digest digest = tagged("BIP0340/challenge", challenge);
    const Number e = number(digest.data(), digest.size());
    BN_nnmod(e.get(), e.get(), order(), scratch());
    BN_sub(e.get(), order(), e.get());
    const Point sum = combine(s.get(), point->get(), e.get());
    if (at_infinity(sum)) return false;
    const Octets found = compressed(sum);
    return found[0] == 2 && std::equal(r_bytes.begin(), r_bytes.end(), found.begin() + 1);
}

bool multiplies(const Octets& result, const Octets& point, const Octets& scalar) {
    const auto p = read_point(point);
    const Number k = number(scalar);
    if (!p || scalar.size() != 32 || !is_scalar(k.get())) return false;
    return compressed(combine(nullptr, p->get(), k.get())) == result;
}

Octets uncompressed(const Octets& key, uint8_t first) {
    const auto point = read_point(key);
    Octets out(65);
    EC_POINT_point2oct(group(), point->get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), scratch());
    out[0] = first;
    return out;
}

Octets other_s(const Octets& signature) {
    const auto rs = read_der(signature);
    BN_sub(rs->s.get(), order(), rs->s.get());
    Octets body;
    for (const BIGNUM* n : {rs->r.get(), rs->s.get()}) {
        Octets bytes(static_cast<size_t>(BN_num_bytes(n)));
        BN_bn2bin(n, bytes.data());
        if (bytes.empty() || bytes[0] >= 0x80) bytes.insert(bytes.begin(), 0);
        body.push_back(2);
        body.push_back(static_cast<uint8_t>(bytes.size()));
        body.insert(body.end(), bytes.begin(), bytes.end());
    }
    Octets out{0x30, static_cast<uint8_t>(body.size())};
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

bool tweaks(const Octets& output, bool odd, const Octets& internal, const Octets& tweak) {
    const auto p = lift_x(internal);
    const Number t = number(tweak);
    if (!p || BN_cmp(t.get(), order()) >= 0) return false;
    const Point sum = combine(t.get(), p->get(), BN_value_one());
    if (at_infinity(sum)) return false;
    Octets expected{static_cast<uint8_t>(odd ? 3 : 2)};
    expected.insert(expected.end(), output.begin(), output.end());
    return compressed(sum) == expected;
}

}  // namespace sluice::slow
