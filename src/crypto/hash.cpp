// The low-level functions of libcrypto are used because EVP allocates for each digest; they are marked deprecated
// there.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/ripemd.h>
#include <openssl/sha.h>

#include <bit>
#include <cstring>

#include "util/secret.h"

namespace sluice {

namespace {
SHA256_CTX* context(uint8_t* state) { return reinterpret_cast<SHA256_CTX*>(state); }

// HMAC over any of the two hash functions. Block is its block size in bytes.
template <class Digest, size_t Block, class Hash>
Digest hmac(ByteView key, ByteView message, Hash hash) {
    std::array<uint8_t, Block> pad{};
    if (key.size() > Block) {
        Digest digest = hash(key, ByteView{});
        std::ranges::copy(digest.view(), pad.begin());
        wipe(digest.mutable_view());
    } else {
        std::ranges::copy(key, pad.begin());
    }
    for (uint8_t& byte : pad) byte ^= 0x36;
    Digest inner = hash(pad, message);
    for (uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
    const Digest outer = hash(pad, inner.view());
    wipe(pad);
    wipe(inner.mutable_view());
    return outer;
}

uint64_t little_endian64(ByteView bytes) {
    uint64_t out = 0;
    for (size_t i = bytes.size(); i-- > 0;) out = out << 8 | bytes[i];
    return out;
}
}  // namespace

Sha256::Sha256() {
    static_assert(sizeof(state_) == sizeof(SHA256_CTX) && alignof(SHA256_CTX) <= 8);
    SHA256_Init(context(state_));
}

Sha256& Sha256::write(ByteView bytes) {
    SHA256_Update(context(state_), bytes.data(), bytes.size());
    return *this;
}

Hash256 Sha256::finish() {
    Hash256 out;
    SHA256_Final(out.bytes.data(), context(state_));
    return out;
}

uint64_t Sha256::length() const {
    SHA256_CTX ctx;
    std::memcpy(&ctx, state_, sizeof(ctx));
    return (static_cast<uint64_t>(ctx.Nh) << 32 | ctx.Nl) >> 3;
}

Bytes Sha256::save() const {
    SHA256_CTX ctx;
    std::memcpy(&ctx, state_, sizeof(ctx));
    Bytes out;
    for (const SHA_LONG word : ctx.h) {
        for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(word >> shift));
    }
    const uint64_t bits = static_cast<uint64_t>(ctx.Nh) << 32 | ctx.Nl;
    for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<uint8_t>(bits >> shift));
    append(out, ByteView(reinterpret_cast<const uint8_t*>(ctx.data), ctx.num));
    return out;
}

std::optional<Sha256> Sha256::load(ByteView saved) {
    if (saved.size() < 40) return std::nullopt;
    const uint64_t bits = little_endian64(saved.subspan(32, 8));
    const ByteView rest = saved.subspan(40);
    if (bits % 8 != 0 || rest.size() != bits / 8 % 64) return std::nullopt;
    Sha256 out;
    SHA256_CTX& ctx = *context(out.state_);
    for (size_t i = 0; i < 8; ++i) {
        ctx.h[i] = 0;
        for (size_t j = 0; j < 4; ++j) ctx.h[i] = ctx.h[i] << 8 | saved[4 * i + j];
    }
    ctx.Nl = static_cast<SHA_LONG>(bits);
    ctx.Nh = static_cast<SHA_LONG>(bits >> 32);
    ctx.num = static_cast<unsigned>(rest.size());
    std::memcpy(ctx.data, rest.data(), rest.size());
    return out;
}

Hash256 Sha256::midstate64(ByteView block) {
    CHECK(block.size() == 64);
    SHA256_CTX ctx;
    SHA256_Init(&ctx);
    SHA256_Transform(&ctx, block.data());
    Hash256 out;
    for (size_t i = 0; i < 8; ++i) {
        for (size_t j = 0; j < 4; ++j) out.bytes[i * 4 + j] = static_cast<uint8_t>(ctx.h[i] >> (24 - 8 * j));
    }
    return out;
}

Hash256 sha256(ByteView bytes) { return Sha256().write(bytes).finish(); }
Hash256 sha256d(ByteView bytes) { return sha256(sha256(bytes).view()); }

Hash512 sha512(ByteView bytes) {
    Hash512 out;
    SHA512(bytes.data(), bytes.size(), out.bytes.data());
    return out;
}

Hash160 ripemd160(ByteView bytes) {
    Hash160 out;
    RIPEMD160(bytes.data(), bytes.size(), out.bytes.data());
    return out;
}

Hash160 sha1(ByteView bytes) {
    Hash160 out;
    SHA1(bytes.data(), bytes.size(), out.bytes.data());
    return out;
}

Hash160 hash160(ByteView bytes) { return ripemd160(sha256(bytes).view()); }

Sha256 tagged_hasher(std::string_view tag) {
    const Hash256 tag_hash = sha256(as_bytes(tag));
    Sha256 hasher;
    hasher.write(tag_hash.view()).write(tag_hash.view());
    return hasher;
}

Hash256 tagged_hash(std::string_view tag, ByteView bytes) { return tagged_hasher(tag).write(bytes).finish(); }

Hash256 hmac_sha256(ByteView key, ByteView message) {
    return hmac<Hash256, 64>(key, message, [](ByteView a, ByteView b) { return Sha256().write(a).write(b).finish(); });
}

Hash512 hmac_sha512(ByteView key, ByteView message) {
    return hmac<Hash512, 128>(key, message, [](ByteView a, ByteView b) {
        SHA512_CTX ctx;
        Hash512 out;
        SHA512_Init(&ctx);
        SHA512_Update(&ctx, a.data(), a.size());
        SHA512_Update(&ctx, b.data(), b.size());
        SHA512_Final(out.bytes.data(), &ctx);
        return out;
    });
}

uint64_t siphash24(uint64_t k0, uint64_t k1, ByteView bytes) {
    uint64_t v0 = 0x736f6d6570736575 ^ k0;
    uint64_t v1 = 0x646f72616e646f6d ^ k1;
    uint64_t v2 = 0x6c7967656e657261 ^ k0;
    uint64_t v3 = 0x7465646279746573 ^ k1;
    const auto rounds = [&](int count) {
        for (int i = 0; i < count; ++i) {
            v0 += v1;
            v1 = std::rotl(v1, 13) ^ v0;
            v0 = std::rotl(v0, 32);
            v2 += v3;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2;
            v2 = std::rotl(v2, 32);
        }
    };
    const auto absorb = [&](uint64_t word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    };
    ByteView rest = bytes;
    for (; rest.size() >= 8; rest = rest.subspan(8)) absorb(little_endian64(rest.first(8)));
    absorb(little_endian64(rest) | static_cast<uint64_t>(bytes.size()) << 56);
    v2 ^= 0xff;
    rounds(4);
    return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace sluice
