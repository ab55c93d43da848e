#include "wallet/pak.h"

#include <charconv>

#include "confidential/secret/whitelist_sign.h"
#include "confidential/whitelist_proof.h"
#include "consensus/script/script.h"
#include "consensus/script/templates.h"

namespace sluice::wallet {
namespace {

constexpr const char* kWrongKind =
    "bitcoin_descriptor is not of any type supported: pkh(<xpub>), sh(wpkh(<xpub>)), wpkh(<xpub>), or <xpub>.";
constexpr const char* kNoKey = "bitcoin_descriptor does not contain a valid extended pubkey for this network.";

// What stands between `open` and as many closing brackets, if that is how the text is built.
std::optional<std::string_view> inside(std::string_view text, std::string_view open) {
    const auto closing = static_cast<size_t>(std::ranges::count(open, '('));
    if (!text.starts_with(open) || text.size() < open.size() + closing) return std::nullopt;
    if (text.substr(text.size() - closing) != std::string(closing, ')')) return std::nullopt;
    return text.substr(open.size(), text.size() - open.size() - closing);
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    while (true) {
        const size_t end = text.find('/');
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

std::optional<uint32_t> step_number(std::string_view text) {
    uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || out >= kHardened)
        return std::nullopt;
    return out;
}

}  // namespace

Result<PakDescriptor> PakDescriptor::parse(std::string_view text, const VersionBytes& version) {
    if (ExtPubKey::decode(text, version)) return parse("pkh(" + std::string(text) + "/0/*)", version);
    const size_t bracket = text.find('(');
    if (bracket == std::string_view::npos)
        return fail("'" + std::string(text) + "' is not a valid descriptor function");

    std::optional<std::string_view> body;
    Form form = Form::kPkh;
    for (const auto& [open, kind] :
         {std::pair{"sh(wpkh(", Form::kShWpkh}, {"wpkh(", Form::kWpkh}, {"pkh(", Form::kPkh}}) {
        if (!body && (body = inside(text, open))) form = kind;
    }
    if (!body) return fail(kWrongKind);
    if (body->starts_with('[')) {
        const size_t end = body->find(']');
        if (end == std::string_view::npos) return fail(kNoKey);
        body->remove_prefix(end + 1);
    }
    const std::vector<std::string_view> parts = split(*body);
    auto key = ExtPubKey::decode(parts.front(), version);
    if (!key) return fail(kNoKey);
    if (parts.size() < 2 || !parts.back().starts_with('*'))
        return fail("bitcoin_descriptor must be a ranged descriptor.");
    std::vector<uint32_t> path;
    bool hardened = parts.back() != "*";
    for (size_t i = 1; i + 1 < parts.size(); ++i) {
        const auto number = step_number(parts[i]);
        if (number) path.push_back(*number);
        hardened = hardened || !number;
    }
    if (hardened) {
        return fail(
            "Could not generate lookahead addresses with descriptor. Are there hardened derivations after the xpub?");
    }
    return PakDescriptor(std::string(text), form, std::move(*key), std::move(path));
}

PubKey PakDescriptor::offline_key() const {
    Bytes opposite = to_bytes(key_.key().compressed().view());
    opposite[0] ^= 1;
    return *PubKey::parse(opposite);
}

std::optional<PakDescriptor::Destination> PakDescriptor::destination(uint32_t counter) const {
    ExtPubKey at = key_;
    std::optional<SecretKey> sum;
    std::vector<uint32_t> steps = path_;
    steps.push_back(counter);
    for (const uint32_t step : steps) {
        std::optional<SecretKey> tweak = at.tweak(step);
        std::optional<ExtPubKey> next = at.derive(step);
        if (!tweak || !next) return std::nullopt;
        sum = sum ? sum->add_tweak(tweak->view()) : std::move(tweak);
        if (!sum) return std::nullopt;
        at = std::move(*next);
    }
    const PubKey key = at.key();
    const Script program = script::make_p2wpkh(key.hash160());
    switch (form_) {
        case Form::kPkh: return Destination{key, script::make_p2pkh(key.hash160()), std::move(*sum)};
        case Form::kWpkh: return Destination{key, program, std::move(*sum)};
        case Form::kShWpkh: return Destination{key, script::p2sh_of(program), std::move(*sum)};
    }
    return std::nullopt;
}

Result<Script> make_authorized_pegout(std::span<const ports::PakEntry> list, const PakDescriptor& descriptor,
                                      const PakDescriptor::Destination& to, const SecretKey& online,
                                      const ParentGenesis& genesis) {
    std::vector<PubKey> online_keys;
    std::vector<PubKey> offline_keys;
    for (const ports::PakEntry& entry : list) {
        online_keys.push_back(entry.online);
        offline_keys.push_back(entry.offline);
    }
    const auto at = std::ranges::find(online_keys, online.pubkey());
    if (at == online_keys.end()) return fail("Given online key is not in Pegout Authorization Key List");
    const auto index = static_cast<size_t>(at - online_keys.begin());
    if (offline_keys[index] != descriptor.offline_key()) {
        return fail("Given bitcoin_descriptor cannot be found in same entry as known liquid_pak");
    }
    const auto proof = confidential::sign_whitelist_proof(online_keys, offline_keys, to.key, online, to.summed, index);
    if (!proof) return fail("Pegout authorization proof signing failed");
    if (!confidential::verify_whitelist_proof(online_keys, offline_keys, to.key, *proof)) {
        return fail("Pegout authorization proof was created and signed but is invalid");
    }
    script::ScriptBuilder out;
    out.op(script::OP_RETURN).push(genesis.view()).push(to.script.view());
    return out.push(to.key.view()).push(*proof).build();
}

}  // namespace sluice::wallet
