// KeyExpression: one key of a descriptor: a public key in hex, a secret key (WIF), or an extended key with a path, each
// perhaps with its origin in brackets. Holds the secret where the text has it. Pure; any thread.
// Source: BIP 380, with the reference's texts for errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bip32.h"
#include "signing/key_ring.h"
#include "util/result.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::signing {

// Where a key stands: it decides which serializations may be there.
enum class KeyPlace { kTop, kP2sh, kWitness, kTaproot };

class KeyExpression {
public:
    static Result<KeyExpression> parse(std::string_view text, KeyPlace place, const ChainParams& params);

    struct Derived {
        PubKey key;
        KeyPath path;
        std::optional<SecretKey> secret;
        // "[fingerprint/path]key"
        [[nodiscard]] std::string text(bool x_only) const;
    };
    // The key at an index of the range (without one: any). nullopt: a hardened step needs a secret that is not here.
    // Precondition: index < kHardened.
    [[nodiscard]] std::optional<Derived> derive(uint32_t index, bool with_secret) const;

    // The public key that stands in the text, compressed (of an extended key: its own).
    [[nodiscard]] PubKey base() const { return fixed_ ? fixed_->compressed() : root_->key(); }
    // Gives back the secret half of base(). Precondition: it is.
    void give_secret(const SecretKey& secret);

    // The same range of keys without secrets, hardened steps taken as far as they lead, and what was left out: the
    // secret of the base that the text then has. nullopt: a hardened step needs a secret that is not here.
    struct Normal {
        std::string text;
        PubKey base;
        std::optional<SecretKey> secret;
    };
    [[nodiscard]] std::optional<Normal> normalized(const ChainParams& params) const;
    // With the secret in it, where there is one.
    [[nodiscard]] std::string secret_text(const ChainParams& params) const;

    [[nodiscard]] bool is_range() const { return wildcard_ != Wildcard::kNone; }
    [[nodiscard]] bool has_secret() const { return secret_.has_value() || root_secret_.has_value(); }
    [[nodiscard]] bool is_compressed() const { return !fixed_ || fixed_->is_compressed(); }
    // As it was written, secrets turned into what is public of them.
    [[nodiscard]] const std::string& to_string() const { return text_; }

private:
    enum class Wildcard : uint8_t { kNone, kPlain, kHardened };
    KeyExpression() = default;
    Status parse_single(std::string_view text, KeyPlace place, const ChainParams& params);
    Status parse_extended(std::string_view text, const ChainParams& params);
    void walk();

    [[nodiscard]] std::string tail_text() const;

    std::optional<KeyPath> origin_;
    std::string origin_text_;  // as it was written, with brackets
    std::string text_;
    // One key ...
    std::optional<PubKey> fixed_;
    std::optional<SecretKey> secret_;
    // ... or a tree of keys, and the node below which the range lies (no value: only a secret reaches it).
    std::optional<ExtPubKey> root_;
    std::optional<ExtSecretKey> root_secret_;
    std::vector<uint32_t> steps_;
    bool apostrophe_ = false;  // how hardened steps are written
    Wildcard wildcard_ = Wildcard::kNone;
    std::optional<ExtPubKey> node_;
    std::optional<ExtSecretKey> node_secret_;
};

}  // namespace sluice::signing
