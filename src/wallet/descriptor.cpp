#include "wallet/descriptor.h"

#include <algorithm>
#include <charconv>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/wif.h"
#include "consensus/script/templates.h"

namespace sluice::wallet {
namespace {

constexpr size_t kMostKeys = 20;
constexpr size_t kMostBareKeys = 3;
constexpr size_t kMostRedeemScript = 520;

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    for (;;) {
        const size_t end = text.find(at);
        out.push_back(text.substr(0, end));
        if (end == text.npos) return out;
        text.remove_prefix(end + 1);
    }
}

// The inside of "name(...)"; nullopt for another function.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
    if (text.size() < name.size() + 2 || !text.starts_with(name) || text[name.size()] != '(' || !text.ends_with(')'))
        return std::nullopt;
    return text.substr(name.size() + 1, text.size() - name.size() - 2);
}

struct Step {
    uint32_t index = 0;
    bool hardened = false;
};

Result<Step> read_step(std::string_view text) {
    Step out;
    const std::string_view whole = text;
    if (text.ends_with('h') || text.ends_with('\'')) {
        out.hardened = true;
        text.remove_suffix(1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.index);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return fail("Key path value '" + std::string(whole) + "' is not a valid uint32");
    if (out.index >= kHardened) return fail("Key path value " + std::to_string(out.index) + " is out of range");
    return out;
}

std::string path_text(const std::vector<uint32_t>& path) {
    std::string out;
    for (const uint32_t step : path) {
        out += "/" + std::to_string(step & ~kHardened);
        if (step >= kHardened) out += "h";
    }
    return out;
}

Result<std::string> read_origin(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '/');
    if (parts.front().size() != 8) {
        return fail("Fingerprint is not 4 bytes (" + std::to_string(parts.front().size()) +
                    " characters instead of 8 characters)");
    }
    if (!from_hex(parts.front())) return fail("Fingerprint '" + std::string(parts.front()) + "' is not hex");
    std::vector<uint32_t> path;
    for (size_t i = 1; i < parts.size(); ++i) {
        const Step step = TRY(read_step(parts[i]));
        path.push_back(step.index | (step.hardened ? kHardened : 0));
    }
    return std::string(parts.front()) + path_text(path);
}

struct ReadKey {
    DescriptorKey key;
    std::optional<SecretKey> secret;
};

class Parser {
public:
    explicit Parser(const ChainParams& params) : params_(params) {}

    Result<ParsedDescriptor> run(std::string_view text) {
        TRY_VOID(read(text));
        if (out_.form != DescriptorForm::kScript) out_.text = public_text();
        return ParsedDescriptor{std::move(out_), std::move(secrets_)};
    }

private:
    Status read(std::string_view text) {
        if (const auto address = inside(text, "addr")) {
            const auto decoded = decode_address(*address, params_.address);
            if (!decoded) return fail("Address is not valid");
            out_.script = decoded->script;
            out_.text = text;
            return {};
        }
        if (const auto hex = inside(text, "raw")) {
            const auto bytes = from_hex(*hex);
            if (!bytes) return fail("Raw script is not hex");
            out_.script = Script{*bytes};
            out_.text = text;
            return {};
        }
        if (const auto key = inside(text, "pk")) return one_key(DescriptorForm::kPk, *key, "pk", true);
        if (const auto key = inside(text, "pkh")) return one_key(DescriptorForm::kPkh, *key, "pkh", true);
        if (const auto key = inside(text, "combo")) return one_key(DescriptorForm::kCombo, *key, "combo", true);
        if (const auto key = inside(text, "wpkh")) return one_key(DescriptorForm::kWpkh, *key, "wpkh", false);
        if (inside(text, "tr") || inside(text, "rawtr")) return fail("tr() descriptors are not supported");
        if (const auto in_sh = inside(text, "sh")) {
            if (const auto key = inside(*in_sh, "wpkh")) return one_key(DescriptorForm::kShWpkh, *key, "wpkh", false);
            if (const auto in_wsh = inside(*in_sh, "wsh")) return multi(*in_wsh, DescriptorWrap::kShWsh);
            return multi(*in_sh, DescriptorWrap::kSh);
        }
        if (const auto in_wsh = inside(text, "wsh")) return multi(*in_wsh, DescriptorWrap::kWsh);
        return multi(text, DescriptorWrap::kBare);
    }

    Status one_key(DescriptorForm form, std::string_view text, const char* name, bool uncompressed) {
        out_.form = form;
        Result<ReadKey> key = read_key(text, uncompressed);
        if (!key) return fail(std::string(name) + "(): " + key.error().message);
        take(std::move(*key));
        return {};
    }

    Status multi(std::string_view text, DescriptorWrap wrap) {
        auto body = inside(text, "multi");
        if (!body) {
            body = inside(text, "sortedmulti");
            out_.sorted = true;
        }
        if (!body) return fail("'" + std::string(text) + "' is not a valid descriptor function");
        out_.form = DescriptorForm::kMulti;
        out_.wrap = wrap;
        const std::vector<std::string_view> parts = split(*body, ',');
        const std::string_view number = parts.front();
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out_.required);
        if (error != std::errc() || end != number.data() + number.size())
            return fail("Multi threshold '" + std::string(number) + "' is not valid");
        const bool witness = wrap == DescriptorWrap::kWsh || wrap == DescriptorWrap::kShWsh;
        for (size_t i = 1; i < parts.size(); ++i) {
            Result<ReadKey> key = read_key(parts[i], !witness);
            if (!key) return fail("Multi: " + key.error().message);
            take(std::move(*key));
        }
        return check_multi();
    }

    Status check_multi() const {
        const size_t count = out_.keys.size();
        if (count < 1 || count > kMostKeys) {
            return fail("Cannot have " + std::to_string(count) + " keys in multisig; must have between 1 and " +
                        std::to_string(kMostKeys) + " keys, inclusive");
        }
        if (out_.required < 1)
            return fail("Multisig threshold cannot be " + std::to_string(out_.required) + ", must be at least 1");
        if (static_cast<size_t>(out_.required) > count) {
            return fail("Multisig threshold cannot be larger than the number of keys; threshold is " +
                        std::to_string(out_.required) + " but only " + std::to_string(count) + " keys specified");
        }
        if (out_.wrap == DescriptorWrap::kBare && count > kMostBareKeys) {
            return fail("Cannot have " + std::to_string(count) + " pubkeys in bare multisig; only at most 3 pubkeys");
        }
        size_t size = 3;
        for (const DescriptorKey& key : out_.keys) size += 1 + key.key.view().size();
        if (out_.wrap == DescriptorWrap::kSh && size > kMostRedeemScript) {
            return fail("P2SH script is too large, " + std::to_string(size) + " bytes is larger than " +
                        std::to_string(kMostRedeemScript) + " bytes");
        }
        return {};
    }

    Result<ReadKey> read_key(std::string_view text, bool uncompressed) const {
        std::string origin;
        if (text.starts_with('[')) {
            const size_t close = text.find(']');
            if (close == text.npos) return fail("Key origin start '[ character expected but not found");
            origin = TRY(read_origin(text.substr(1, close - 1)));
            text.remove_prefix(close + 1);
        }
        if (text.empty()) return fail("No key provided");
        const std::vector<std::string_view> parts = split(text, '/');
        if (parts.size() == 1) {
            if (auto single = TRY(read_single(parts.front(), origin, uncompressed))) return std::move(*single);
        }
        return read_extended(parts, std::move(origin));
    }

    Result<std::optional<ReadKey>> read_single(std::string_view text, const std::string& origin,
                                               bool uncompressed) const {
        std::optional<PubKey> key;
        std::optional<SecretKey> secret;
        if (const auto bytes = from_hex(text)) {
            if (bytes->size() == 65 && (*bytes)[0] != 4) return fail("Hybrid public keys are not allowed");
            key = PubKey::parse(*bytes);
            if (!key) return fail("Pubkey '" + std::string(text) + "' is invalid");
        } else if (auto wif = decode_wif(text, params_.secret_prefix)) {
            key = wif->key.pubkey();
            if (!wif->compressed) return fail("Uncompressed keys are not supported");
            secret = std::move(wif->key);
        }
        if (!key) return std::optional<ReadKey>();
        if (!key->is_compressed() && !uncompressed) return fail("Uncompressed keys are not allowed");
        ReadKey out{{{}, *key, std::nullopt, {}, false}, std::move(secret)};
        out.key.text = (origin.empty() ? "" : "[" + origin + "]") + to_hex(key->view());
        return std::optional(std::move(out));
    }

    Result<ReadKey> read_extended(const std::vector<std::string_view>& parts, std::string origin) const {
        auto secret = ExtSecretKey::decode(parts.front(), params_.xprv);
        auto extended = secret ? std::optional(secret->neuter()) : ExtPubKey::decode(parts.front(), params_.xpub);
        if (!extended) return fail("key '" + std::string(parts.front()) + "' is not valid");
        bool ranged = false;
        std::vector<Step> steps;
        for (size_t i = 1; i < parts.size(); ++i) {
            if (i + 1 == parts.size() && parts[i] == "*") {
                ranged = true;
                continue;
            }
            if (i + 1 == parts.size() && (parts[i] == "*h" || parts[i] == "*'"))
                return fail("Hardened indexes of a range are not supported");
            steps.push_back(TRY(read_step(parts[i])));
        }
        // Up to the last hardened step the secret is needed; what follows can be derived by anybody.
        const auto last = std::ranges::find_if(steps.rbegin(), steps.rend(), [](const Step& s) { return s.hardened; });
        const auto first_open = last.base();
        std::vector<uint32_t> path;
        if (first_open != steps.begin()) {
            if (!secret) {
                return fail(
                    "Cannot expand descriptor. Probably because of hardened derivations without private keys "
                    "provided");
            }
            if (origin.empty()) origin = to_hex(extended->key().hash160().view().first(4));
            std::vector<uint32_t> taken;
            for (auto step = steps.begin(); step != first_open; ++step)
                taken.push_back(step->index | (step->hardened ? kHardened : 0));
            origin += path_text(taken);
            secret = secret->derive(taken);
            if (!secret) return fail("key '" + std::string(parts.front()) + "' is not valid");
            extended = secret->neuter();
        }
        for (auto step = first_open; step != steps.end(); ++step) path.push_back(step->index);
        ReadKey out{{{}, extended->key(), extended, path, ranged}, std::nullopt};
        if (secret) out.secret = secret->key().clone();
        out.key.text = (origin.empty() ? "" : "[" + origin + "]") + extended->encode(params_.xpub) + path_text(path) +
                       (ranged ? "/*" : "");
        return out;
    }

    void take(ReadKey read) {
        if (read.secret) secrets_.push_back({read.key.key.compressed(), std::move(*read.secret)});
        out_.keys.push_back(std::move(read.key));
    }

    [[nodiscard]] std::string public_text() const {
        const std::string& key = out_.keys.front().text;
        switch (out_.form) {
            case DescriptorForm::kScript: return out_.text;
            case DescriptorForm::kPk: return "pk(" + key + ")";
            case DescriptorForm::kPkh: return "pkh(" + key + ")";
            case DescriptorForm::kWpkh: return "wpkh(" + key + ")";
            case DescriptorForm::kShWpkh: return "sh(wpkh(" + key + "))";
            case DescriptorForm::kCombo: return "combo(" + key + ")";
            case DescriptorForm::kMulti: break;
        }
        std::string multi = std::string(out_.sorted ? "sortedmulti(" : "multi(") + std::to_string(out_.required);
        for (const DescriptorKey& each : out_.keys) multi += "," + each.text;
        multi += ")";
        switch (out_.wrap) {
            case DescriptorWrap::kBare: return multi;
            case DescriptorWrap::kSh: return "sh(" + multi + ")";
            case DescriptorWrap::kWsh: return "wsh(" + multi + ")";
            case DescriptorWrap::kShWsh: return "sh(wsh(" + multi + "))";
        }
        return multi;
    }

    const ChainParams& params_;
    Descriptor out_;
    std::vector<DescriptorSecret> secrets_;
};

Spendable nested(const Script& redeem, std::vector<PubKey> keys) {
    return {script::p2sh_of(redeem), redeem, std::nullopt, std::move(keys)};
}

std::vector<Spendable> expand_multi(const Descriptor& descriptor, std::vector<PubKey> keys) {
    if (descriptor.sorted) {
        std::ranges::sort(keys, [](const PubKey& a, const PubKey& b) {
            return std::ranges::lexicographical_compare(a.view(), b.view());
        });
    }
    std::vector<Bytes> bytes;
    for (const PubKey& key : keys) bytes.push_back(to_bytes(key.view()));
    const Script multi = script::make_multisig(descriptor.required, bytes);
    switch (descriptor.wrap) {
        case DescriptorWrap::kBare: return {{multi, std::nullopt, std::nullopt, std::move(keys)}};
        case DescriptorWrap::kSh: return {nested(multi, std::move(keys))};
        case DescriptorWrap::kWsh: return {{script::p2wsh_of(multi), std::nullopt, multi, std::move(keys)}};
        case DescriptorWrap::kShWsh: {
            Spendable out = nested(script::p2wsh_of(multi), std::move(keys));
            out.witness_script = multi;
            return {std::move(out)};
        }
    }
    return {};
}

}  // namespace

std::optional<PubKey> DescriptorKey::at(uint32_t index) const {
    if (!extended) return key;
    ExtPubKey now = *extended;
    std::vector<uint32_t> steps = path;
    if (ranged) steps.push_back(index);
    for (const uint32_t step : steps) {
        const auto next = now.derive(step);
        if (!next) return std::nullopt;
        now = *next;
    }
    return now.key();
}

std::optional<SecretKey> DescriptorKey::secret_at(const SecretKey& base, uint32_t index) const {
    SecretKey out = base.clone();
    if (!extended) return out;
    ExtPubKey now = *extended;
    std::vector<uint32_t> steps = path;
    if (ranged) steps.push_back(index);
    for (const uint32_t step : steps) {
        const auto tweak = now.tweak(step);
        const auto next = now.derive(step);
        if (!tweak || !next) return std::nullopt;
        auto sum = out.add_tweak(tweak->view());
        if (!sum) return std::nullopt;
        out = std::move(*sum);
        now = *next;
    }
    return out;
}

bool Descriptor::is_ranged() const {
    return std::ranges::any_of(keys, [](const DescriptorKey& key) { return key.ranged; });
}

std::vector<Spendable> Descriptor::expand(uint32_t index) const {
    if (form == DescriptorForm::kScript) return {{script, std::nullopt, std::nullopt, {}}};
    std::vector<PubKey> at_index;
    for (const DescriptorKey& key : keys) {
        const auto derived = key.at(index);
        if (!derived) return {};
        at_index.push_back(*derived);
    }
    if (form == DescriptorForm::kMulti) return expand_multi(*this, std::move(at_index));
    const PubKey& key = at_index.front();
    const Hash160 hash = key.hash160();
    const Spendable pk{script::make_p2pk(key.view()), std::nullopt, std::nullopt, {key}};
    const Spendable pkh{script::make_p2pkh(hash), std::nullopt, std::nullopt, {key}};
    const Spendable wpkh{script::make_p2wpkh(hash), std::nullopt, std::nullopt, {key}};
    switch (form) {
        case DescriptorForm::kPk: return {pk};
        case DescriptorForm::kPkh: return {pkh};
        case DescriptorForm::kWpkh: return {wpkh};
        case DescriptorForm::kShWpkh: return {nested(wpkh.script, {key})};
        case DescriptorForm::kCombo:
            if (!key.is_compressed()) return {pk, pkh};
            return {pk, pkh, wpkh, nested(wpkh.script, {key})};
        case DescriptorForm::kScript:
        case DescriptorForm::kMulti: break;
    }
    return {};
}

std::string with_secret(const std::string& text, const DescriptorKey& key, const SecretKey& secret,
                        const ChainParams& params) {
    const std::string shown = key.extended ? key.extended->encode(params.xpub) : to_hex(key.key.view());
    const std::string hidden = key.extended ? ExtSecretKey::of(*key.extended, secret).encode(params.xprv)
                                            : encode_wif(secret, key.key.is_compressed(), params.secret_prefix);
    const size_t at = text.find(shown);
    return at == text.npos ? text : text.substr(0, at) + hidden + text.substr(at + shown.size());
}

Result<ParsedDescriptor> parse_descriptor(std::string_view text, const ChainParams& params) {
    return Parser(params).run(text);
}

}  // namespace sluice::wallet
