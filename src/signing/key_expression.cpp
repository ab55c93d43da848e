#include "signing/key_expression.h"

#include <algorithm>
#include <charconv>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "crypto/key_forms.h"

namespace sluice::signing {
namespace {

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    while (true) {
        const size_t end = text.find(at);
        out.push_back(text.substr(0, end));
        if (end == text.npos) return out;
        text.remove_prefix(end + 1);
    }
}

struct Steps {
    std::vector<uint32_t> numbers;
    bool apostrophe = false;  // how hardened steps are written
};

Result<Steps> parse_steps(const std::vector<std::string_view>& parts, size_t from, bool apostrophe) {
    Steps out;
    out.apostrophe = apostrophe;
    for (size_t i = from; i < parts.size(); ++i) {
        std::string_view part = parts[i];
        uint32_t number = 0;
        uint32_t hardened = 0;
        if (part.ends_with('\'') || part.ends_with('h')) {
            out.apostrophe = part.back() == '\'';
            part.remove_suffix(1);
            hardened = kHardened;
        }
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (part.empty() || error != std::errc() || end != part.data() + part.size())
            return fail("Key path value '" + std::string(part) + "' is not a valid uint32");
        if (number >= kHardened) return fail("Key path value " + std::to_string(number) + " is out of range");
        out.numbers.push_back(number | hardened);
    }
    return out;
}

std::string steps_text(const Steps& steps) {
    std::string out;
    for (const uint32_t step : steps.numbers) {
        out += "/" + std::to_string(step & ~kHardened);
        if ((step & kHardened) != 0) out += steps.apostrophe ? "'" : "h";
    }
    return out;
}

std::optional<PubKey> even_key(ByteView x) {
    Bytes point = {2};
    append(point, x);
    return PubKey::parse(point);
}

KeyPath root_path(const PubKey& key) { return {fingerprint_of(key), {}}; }

}  // namespace

Result<KeyExpression> KeyExpression::parse(std::string_view text, KeyPlace place, const ChainParams& params) {
    KeyExpression out;
    const auto parts = split(text, ']');
    if (parts.size() > 2) return fail("Multiple ']' characters found for a single pubkey");
    Steps origin;
    if (parts.size() == 2) {
        if (!parts[0].starts_with('[')) {
            return fail("Key origin start '[ character expected but not found, got '" +
                        std::string(1, parts[0].empty() ? ']' : parts[0][0]) + "' instead");
        }
        const auto path = split(parts[0].substr(1), '/');
        if (path[0].size() != 8) {
            return fail("Fingerprint is not 4 bytes (" + std::to_string(path[0].size()) +
                        " characters instead of 8 characters)");
        }
        const auto fingerprint = from_hex(path[0]);
        if (!fingerprint) return fail("Fingerprint '" + std::string(path[0]) + "' is not hex");
        origin = TRY(parse_steps(path, 1, false));
        out.origin_.emplace();
        out.origin_->fingerprint = Fingerprint::from_view(*fingerprint);
        out.origin_->path = origin.numbers;
    }
    const std::string_view key = parts.back();
    const std::string_view head = key.substr(0, key.find('/'));
    if (head.empty()) return fail("No key provided");
    if (head.size() == key.size()) { TRY_VOID(out.parse_single(key, place, params)); }
    if (!out.fixed_) TRY_VOID(out.parse_extended(key, params));
    if (out.origin_) {
        out.origin_text_ = "[" + to_hex(out.origin_->fingerprint.view()) + steps_text(origin) + "]";
        out.text_ = out.origin_text_ + out.text_;
    }
    return out;
}

// Leaves fixed_ empty if the text may still be an extended key.
Status KeyExpression::parse_single(std::string_view text, KeyPlace place, const ChainParams& params) {
    const bool any_form = place == KeyPlace::kTop || place == KeyPlace::kP2sh;
    if (const auto bytes = from_hex(text)) {
        const bool hybrid = bytes->size() == 65 && (bytes->front() == 6 || bytes->front() == 7);
        if (hybrid) return fail("Hybrid public keys are not allowed");
        if (const auto key = PubKey::parse(*bytes)) {
            if (!any_form && !key->is_compressed()) return fail("Uncompressed keys are not allowed");
            fixed_ = key;
        } else if (place == KeyPlace::kTaproot && bytes->size() == 32) {
            fixed_ = even_key(*bytes);
        }
        if (!fixed_) return fail("Pubkey '" + std::string(text) + "' is invalid");
        text_ = to_hex(*bytes);
        return {};
    }
    auto wif = decode_wif(text, params.secret_prefix);
    if (!wif) return {};
    if (!any_form && !wif->compressed) return fail("Uncompressed keys are not allowed");
    fixed_ = wif->compressed ? wif->key.pubkey() : uncompressed(wif->key.pubkey());
    secret_ = std::move(wif->key);
    text_ = to_hex(fixed_->view());
    if (place == KeyPlace::kTaproot) {
        // One coordinate stands for the point with the even other.
        const XOnlyPubKey x_only = XOnlyPubKey::from(*fixed_);
        fixed_ = even_key(x_only.view());
        text_ = to_hex(x_only.view());
    }
    return {};
}

Status KeyExpression::parse_extended(std::string_view text, const ChainParams& params) {
    auto parts = split(text, '/');
    root_secret_ = ExtSecretKey::decode(parts[0], params.xprv);
    root_ = root_secret_ ? root_secret_->neuter() : ExtPubKey::decode(parts[0], params.xpub);
    if (!root_) return fail("key '" + std::string(parts[0]) + "' is not valid");
    bool apostrophe = false;
    const std::string_view last = parts.back();
    if (last == "*" || last == "*'" || last == "*h") {
        wildcard_ = last == "*" ? Wildcard::kPlain : Wildcard::kHardened;
        apostrophe = last == "*'";
        parts.pop_back();
    }
    const Steps steps = TRY(parse_steps(parts, 1, apostrophe));
    steps_ = steps.numbers;
    apostrophe_ = steps.apostrophe;
    text_ = root_->encode(params.xpub) + tail_text();
    walk();
    return {};
}

std::string KeyExpression::tail_text() const {
    std::string out = steps_text({steps_, apostrophe_});
    if (wildcard_ == Wildcard::kPlain) out += "/*";
    if (wildcard_ == Wildcard::kHardened) out += apostrophe_ ? "/*'" : "/*h";
    return out;
}

void KeyExpression::give_secret(const SecretKey& secret) {
    if (fixed_) {
        secret_ = secret.clone();
        return;
    }
    root_secret_ = ExtSecretKey::of(*root_, secret);
    walk();
}

std::optional<KeyExpression::Normal> KeyExpression::normalized(const ChainParams& params) const {
    const auto bracketed = [](const KeyPath& path) { return "[" + signing::to_string(path) + "]"; };
    if (fixed_) {
        const size_t key = text_.rfind(']') + 1;  // npos + 1 is 0
        return Normal{(origin_ ? bracketed(*origin_) : "") + text_.substr(key), base(),
                      secret_ ? std::optional(secret_->clone()) : std::nullopt};
    }
    // Up to the last hardened step the secret is needed; what follows can be derived by anybody.
    const auto last = std::find_if(steps_.rbegin(), steps_.rend(), [](uint32_t step) { return step >= kHardened; });
    const std::vector<uint32_t> taken(steps_.begin(), last.base());
    if (!root_secret_ && !taken.empty()) return std::nullopt;
    std::optional<ExtSecretKey> secret;
    if (root_secret_) secret = root_secret_->derive(taken);
    if (root_secret_ && !secret) return std::nullopt;
    std::optional<KeyPath> origin = origin_;
    if (!origin && !taken.empty()) origin = root_path(root_->key());
    if (origin) origin->path.insert(origin->path.end(), taken.begin(), taken.end());
    std::string text = origin ? bracketed(*origin) : "";
    text += (secret ? secret->neuter() : *root_).encode(params.xpub);
    text += steps_text({{last.base(), steps_.end()}, false});
    if (wildcard_ != Wildcard::kNone) text += wildcard_ == Wildcard::kPlain ? "/*" : "/*h";
    return Normal{std::move(text), secret ? secret->key().pubkey() : root_->key(),
                  secret ? std::optional(secret->key().clone()) : std::nullopt};
}

std::string KeyExpression::secret_text(const ChainParams& params) const {
    if (secret_) return origin_text_ + encode_wif(*secret_, fixed_->is_compressed(), params.secret_prefix);
    if (root_secret_) return origin_text_ + root_secret_->encode(params.xprv) + tail_text();
    return text_;
}

void KeyExpression::walk() {
    if (root_secret_) {
        node_secret_ = root_secret_->derive(steps_);
        if (node_secret_) node_ = node_secret_->neuter();
        return;
    }
    node_ = root_;
    for (const uint32_t step : steps_) {
        if (!node_) return;
        node_ = node_->derive(step);  // nullopt for a hardened one
    }
}

std::optional<KeyExpression::Derived> KeyExpression::derive(uint32_t index, bool with_secret) const {
    const auto under_origin = [&](KeyPath path) {
        if (!origin_) return path;
        KeyPath out = *origin_;
        out.path.insert(out.path.end(), path.path.begin(), path.path.end());
        return out;
    };
    const auto secret_if = [&](const SecretKey& key) {
        return with_secret ? std::optional(key.clone()) : std::nullopt;
    };
    if (fixed_) {
        // An origin stands for the key itself.
        return Derived{*fixed_, origin_ ? *origin_ : root_path(*fixed_), secret_ ? secret_if(*secret_) : std::nullopt};
    }
    if (!node_) return std::nullopt;
    KeyPath path = root_path(root_->key());
    path.path = steps_;
    if (wildcard_ == Wildcard::kNone) {
        return Derived{node_->key(), under_origin(std::move(path)),
                       node_secret_ ? secret_if(node_secret_->key()) : std::nullopt};
    }
    const uint32_t step = wildcard_ == Wildcard::kHardened ? index | kHardened : index;
    path.path.push_back(step);
    if (node_secret_ && (with_secret || wildcard_ == Wildcard::kHardened)) {
        const auto child = node_secret_->derive(step);
        if (!child) return std::nullopt;
        return Derived{child->neuter().key(), under_origin(std::move(path)), secret_if(child->key())};
    }
    const auto child = node_->derive(step);
    if (!child) return std::nullopt;
    return Derived{child->key(), under_origin(std::move(path)), std::nullopt};
}

std::string KeyExpression::Derived::text(bool x_only) const {
    const std::string hex = to_hex(x_only ? XOnlyPubKey::from(key).view() : key.view());
    return "[" + signing::to_string(path) + "]" + hex;
}

}  // namespace sluice::signing
