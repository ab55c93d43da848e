#include "confidential/secret/surjection_sign.h"

#include "confidential/secret/detail/ring_sign.h"
#include "crypto/hash.h"

namespace sluice::confidential {

using namespace secret;

namespace {

// The stream that libsecp256k1-zkp chooses inputs by: bytes of the seed, then of its hash, and so on. The last byte
// (the last two, for more than 256 inputs) of each 32 is never used.
class ChoiceStream {
public:
    explicit ChoiceStream(ByteView seed) { std::ranges::copy(seed, state_.begin()); }

    // Uniform below `bound`, which is 1 to 256.
    size_t next(size_t bound) {
        const size_t limit = 256 / bound * bound;
        while (true) {
            if (at_ + 1 >= state_.size()) {
                state_ = sha256(state_).bytes;
                at_ = 0;
            }
            const size_t drawn = state_[at_++];
            if (drawn < limit) return drawn % bound;
        }
    }

private:
    std::array<uint8_t, 32> state_{};
    size_t at_ = 0;
};

// Every s but one, and the nonce in its place.
struct Randomness {
    std::vector<Scalar> s;
    Mask bad = 0;
};
// Each is SHA256(LE32(i) || what is left of the buffer), where the buffer starts as 4 bytes and the key and each digest
// overwrites its first 32 bytes.
Randomness randomness(const Scalar& key, size_t count) {
    std::array<uint8_t, 36> buffer{};
    std::ranges::copy(key.view(), buffer.begin() + 4);
    Randomness out;
    for (size_t i = 0; i < count; ++i) {
        for (size_t b = 0; b < 4; ++b) buffer[b] = static_cast<uint8_t>(i >> (8 * b));
        const Hash256 digest = sha256(buffer);
        std::ranges::copy(digest.bytes, buffer.begin());
        const Scalar::Parsed parsed = Scalar::parse(digest.view());
        out.bad |= ~parsed.below_order;
        out.s.push_back(parsed.value);
    }
    wipe(buffer);
    return out;
}

// All targets, then the output, with ordinary compression.
Hash256 message_of(const std::vector<Affine>& targets, const Affine& output) {
    Sha256 hasher;
    for (const Affine& target : targets) hasher.write(compress(target));
    return hasher.write(compress(output)).finish();
}

std::optional<std::vector<Affine>> parse_all(std::span<const GeneratorBytes> generators) {
    std::vector<Affine> out;
    for (const GeneratorBytes& generator : generators) {
        const auto parsed = parse_by_square(generator.view(), 0x0a);
        if (!parsed) return std::nullopt;
        out.push_back(*parsed);
    }
    return out;
}

Bytes header_of(std::span<const uint8_t> used) {
    Bytes out{static_cast<uint8_t>(used.size()), static_cast<uint8_t>(used.size() >> 8)};
    out.resize(2 + (used.size() + 7) / 8);
    for (size_t i = 0; i < used.size(); ++i) {
        if (used[i] != 0) out[2 + i / 8] |= static_cast<uint8_t>(1U << (i % 8));
    }
    return out;
}

}  // namespace

Result<SurjectionChoice, SecretError> choose_surjection_inputs(std::span<const AssetTag> targets, size_t use,
                                                               const AssetTag& asset, size_t tries, ByteView seed) {
    if (targets.size() > kMaxSurjectionInputs || use == 0 || use > targets.size() || seed.size() != 32) {
        return unexpected(SecretError::kBadParameters);
    }
    ChoiceStream stream(seed);
    for (size_t attempt = 0; attempt < tries; ++attempt) {
        SurjectionChoice out{std::vector<uint8_t>(targets.size()), 0};
        bool found = false;
        size_t chosen = 0;
        while (chosen < use) {
            const size_t at = stream.next(targets.size());
            if (targets[at] == asset) {
                out.index = at;
                found = true;
            }
            if (out.used[at] == 0) {
                out.used[at] = 1;
                ++chosen;
            }
        }
        if (found) return out;
    }
    return unexpected(SecretError::kNotProvable);
}

Result<Bytes, SecretError> sign_surjection_proof(const SurjectionChoice& choice,
                                                 std::span<const GeneratorBytes> targets, const GeneratorBytes& output,
                                                 const BlindingFactor& input_blind,
                                                 const BlindingFactor& output_blind) {
    if (targets.size() > kMaxSurjectionInputs || choice.used.size() != targets.size() ||
        choice.index >= targets.size() || choice.used[choice.index] == 0) {
        return unexpected(SecretError::kBadParameters);
    }
    // The ring's key would be the point at infinity, which no verifier accepts; the reference refuses for unused ones
    // too.
    if (std::ranges::find(targets, output) != targets.end()) return unexpected(SecretError::kNotProvable);
    const auto parsed = parse_all(targets);
    const auto out_point = parse_by_square(output.view(), 0x0a);
    if (!parsed || !out_point) return unexpected(SecretError::kBadPoint);

    Ring ring;
    for (size_t i = 0; i < targets.size(); ++i) {
        if (choice.used[i] == 0) continue;
        const auto key = PublicPoint::from(to_affine(to_point(*out_point) - to_point((*parsed)[i])));
        if (!key) return unexpected(SecretError::kNotProvable);
        ring.real = i == choice.index ? ring.keys.size() : ring.real;
        ring.keys.push_back(*key);
    }
    ring.secret = Scalar::from_checked(output_blind.view()) - Scalar::from_checked(input_blind.view());
    Randomness random = randomness(ring.secret, ring.keys.size());
    ring.s = std::move(random.s);
    for (size_t j = 0; j < ring.s.size(); ++j) {
        ring.nonce = select(mask_if_equal(j, ring.real), ring.s[j], ring.nonce);
    }
    const Mask useless = random.bad | ring.secret.is_zero();
    if (declassified(useless) != 0) return unexpected(SecretError::kBadSecret);
    const std::optional<Digest> e0 = sign_rings({&ring, 1}, message_of(*parsed, *out_point).view());
    if (!e0) return unexpected(SecretError::kBadSecret);
    Bytes proof = header_of(choice.used);
    append(proof, *e0);
    for (const Scalar& s : ring.s) append(proof, s.view());
    declassify(proof.data(), proof.size());
    return proof;
}

}  // namespace sluice::confidential
