#include "signing/ct_descriptor.h"

#include "codec/describe.h"
#include "codec/hex.h"
#include "confidential/secret/blinding_keys.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "consensus/script/opcodes.h"
#include "crypto/bip32.h"
#include "signing/checksum.h"
#include "signing/detail/descriptor_node.h"

namespace sluice::signing {
namespace {

// "slip77(...)": nullopt for another text.
std::optional<std::string_view> slip77_argument(std::string_view text) {
    if (!text.starts_with("slip77(") || !text.ends_with(')')) return std::nullopt;
    return text.substr(7, text.size() - 8);
}

struct Arguments {
    std::string_view key;
    std::string_view inner;
    bool el = false;
};

Result<Arguments> split_arguments(std::string_view body) {
    if (!CtDescriptor::is_ct(body) || !body.ends_with(')')) return fail("'" + std::string(body) + "' is not ct(...)");
    body = body.substr(3, body.size() - 4);
    std::vector<std::string_view> arguments;
    size_t depth = 0;
    size_t begin = 0;
    for (size_t i = 0; i < body.size(); ++i) {
        if (body[i] == '(' || body[i] == '{') ++depth;
        if ((body[i] == ')' || body[i] == '}') && depth > 0) --depth;
        if (body[i] != ',' || depth > 0) continue;
        arguments.push_back(body.substr(begin, i - begin));
        begin = i + 1;
    }
    arguments.push_back(body.substr(begin));
    if (arguments.size() != 2) return fail("ct() must have two arguments, not " + std::to_string(arguments.size()));
    const bool el = arguments[1].starts_with("el");
    return Arguments{arguments[0], arguments[1].substr(el ? 2 : 0), el};
}

void write_script(ByteWriter& writer, const Script& script) { writer.var_bytes(script.view()); }

// What is added to a key for a script.
Hash256 tweak_of(const PubKey& key, const Script& script) {
    ByteWriter writer;
    writer.raw(key.view());
    write_script(writer, script);
    return tagged_hash("CT-Blinding-Key/1.0", writer.bytes());
}

}  // namespace

Result<CtDescriptor::Key> CtDescriptor::parse_key(std::string_view text, const ChainParams& params) {
    if (const auto hex = slip77_argument(text)) {
        const auto bytes = from_hex(*hex);
        if (!bytes || bytes->size() != 32) return fail("slip77() must have one argument of 64 hex characters");
        Slip77 master;
        std::ranges::copy(*bytes, master.mutable_view().begin());
        return Key(std::move(master));
    }
    constexpr size_t kSecretHex = 64;
    if (text.size() == kSecretHex) {
        const auto bytes = from_hex(text);
        auto secret = bytes ? SecretKey::from_bytes(*bytes) : std::nullopt;
        if (!secret) return fail("the blinding key is no secret key");
        return Key(std::move(*secret));
    }
    if (decode_wif(text, params.secret_prefix)) return fail("a secret blinding key is written in hex");
    auto key = KeyExpression::parse(text, KeyPlace::kWitness, params);
    if (!key) return fail("ct(): " + key.error().message);
    return Key(std::move(*key));
}

Result<std::vector<CtDescriptor>> CtDescriptor::parse_elip151(std::string_view inner, bool el,
                                                              const ChainParams& params) {
    std::vector<Descriptor> all = TRY(Descriptor::parse(inner, params));
    ByteWriter writer;
    for (const Descriptor& each : all) {
        if (each.is_combo()) return fail("elip151 makes no key for combo()");
        if (!each.is_range()) return fail("elip151 makes a key for a range only");
        const auto made = each.expand(kHardened - 1);
        if (!made) return fail("Cannot derive script without private keys");
        write_script(writer, Script{{script::OP_INVALIDOPCODE}});
        write_script(writer, made->scripts[0]);
    }
    const auto key = SecretKey::from_bytes(tagged_hash("Deterministic-View-Key/1.0", writer.bytes()).view());
    if (!key) return fail("elip151 gives no key");  // with negligible probability
    std::vector<CtDescriptor> out;
    for (Descriptor& each : all)
        out.push_back(CtDescriptor(Key(key->clone()), to_hex(key->view()), el, std::move(each)));
    return out;
}

Result<std::vector<CtDescriptor>> CtDescriptor::parse(std::string_view text, const ChainParams& params,
                                                      bool checksum_required) {
    const std::string body = TRY(strip_checksum(text, checksum_required));
    const Arguments whole = TRY(split_arguments(body));
    if (whole.key == "elip151") return parse_elip151(whole.inner, whole.el, params);
    std::vector<CtDescriptor> out;
    for (const std::string& each : TRY(split_multipath(body))) {
        const Arguments one = TRY(split_arguments(each));
        Key key = TRY(parse_key(one.key, params));
        std::vector<Descriptor> inner = TRY(Descriptor::parse(one.inner, params));
        out.push_back(CtDescriptor(std::move(key), std::string(one.key), one.el, std::move(inner.front())));
    }
    return out;
}

bool CtDescriptor::is_range() const {
    const auto* key = std::get_if<KeyExpression>(&key_);
    return descriptor_.is_range() || (key != nullptr && key->is_range());
}

std::string CtDescriptor::to_string() const {
    return "ct(" + key_text_ + "," + (el_ ? "el" : "") + descriptor_.to_string() + ")";
}

std::optional<CtDescriptor::Blinding> CtDescriptor::blinding(const Script& script, uint32_t index) const {
    if (const auto* master = std::get_if<Slip77>(&key_)) {
        auto secret = confidential::blinding_key(master->view(), script.view());
        if (!secret) return std::nullopt;
        const PubKey key = secret->pubkey();
        return Blinding{key, std::move(secret)};
    }
    std::optional<PubKey> base;
    std::optional<SecretKey> secret;
    if (const auto* bare = std::get_if<SecretKey>(&key_)) {
        base = bare->pubkey();
        secret = bare->clone();
    } else {
        auto derived = std::get<KeyExpression>(key_).derive(index, true);
        if (!derived) return std::nullopt;
        base = derived->key;
        secret = std::move(derived->secret);
    }
    const Hash256 tweak = tweak_of(*base, script);
    const auto key = base->add_tweak(tweak.view());
    if (!key) return std::nullopt;
    return Blinding{*key, secret ? secret->add_tweak(tweak.view()) : std::nullopt};
}

}  // namespace sluice::signing
