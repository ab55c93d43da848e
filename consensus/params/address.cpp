#include "consensus/params/address.h"

#include <cctype>

#include "codec/base58.h"
#include "codec/bech32.h"
#include "crypto/base58check.h"
#include "crypto/keys.h"

namespace sluice {
namespace {

constexpr size_t kHash = 20;
constexpr size_t kMaxProgram = 40;
constexpr size_t kMaxBase58Payload = 2 + BlindingKey::kSize + kHash;
constexpr uint8_t kOpReturn = 0x6a;
constexpr uint8_t kOp1 = 0x51;

Script pubkey_hash_script(ByteView hash) {
    Script out{{0x76, 0xa9, 0x14}};  // DUP HASH160 <20>
    append(out.bytes, hash);
    out.bytes.insert(out.bytes.end(), {0x88, 0xac});  // EQUALVERIFY CHECKSIG
    return out;
}
Script script_hash_script(ByteView hash) {
    Script out{{0xa9, 0x14}};  // HASH160 <20>
    append(out.bytes, hash);
    out.bytes.push_back(0x87);  // EQUAL
    return out;
}
Script program_script(uint8_t version, ByteView program) {
    Script out{
        {version == 0 ? uint8_t{0} : static_cast<uint8_t>(kOp1 + version - 1), static_cast<uint8_t>(program.size())}};
    append(out.bytes, program);
    return out;
}

struct Program {
    uint8_t version = 0;
    ByteView bytes;
};
std::optional<Program> as_program(const Script& script) {
    const Bytes& s = script.bytes;
    if (s.size() < 4 || s.size() > 2 + kMaxProgram || s.size() != size_t{2} + s[1]) return std::nullopt;
    if (s[0] != 0 && (s[0] < kOp1 || s[0] > kOp1 + 15)) return std::nullopt;
    const uint8_t version = s[0] == 0 ? 0 : static_cast<uint8_t>(s[0] - kOp1 + 1);
    const ByteView program = ByteView(s).subspan(2);
    if (version == 0 && program.size() != 20 && program.size() != 32) return std::nullopt;
    return Program{version, program};
}
std::optional<ByteView> as_pubkey_hash(const Script& script) {
    if (script.size() != 25) return std::nullopt;
    const ByteView hash = script.view().subspan(3, kHash);
    return pubkey_hash_script(hash) == script ? std::optional(hash) : std::nullopt;
}
std::optional<ByteView> as_script_hash(const Script& script) {
    if (script.size() != 23) return std::nullopt;
    const ByteView hash = script.view().subspan(2, kHash);
    return script_hash_script(hash) == script ? std::optional(hash) : std::nullopt;
}

std::optional<BlindingKey> blinding_key_of(ByteView bytes) {
    if (bytes[0] != 2 && bytes[0] != 3) return std::nullopt;
    return BlindingKey::from_view(bytes);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

Result<Address> from_base58(std::string_view text, const AddressFormat& format) {
    const std::optional<Bytes> data = base58check_decode(text, kMaxBase58Payload);
    if (!data) {
        return base58_decode(text, 100) ? fail("Invalid checksum or length of Base58 address (P2PKH or P2SH)")
                                        : fail("Invalid or unsupported Segwit (Bech32) or Base58 encoding.");
    }
    const auto script_for = [&](uint8_t prefix, ByteView hash) -> std::optional<Script> {
        if (prefix == format.pubkey) return pubkey_hash_script(hash);
        if (prefix == format.script) return script_hash_script(hash);
        return std::nullopt;
    };
    const ByteView bytes = *data;
    if (bytes.size() == 1 + kHash) {
        if (auto script = script_for(bytes[0], bytes.subspan(1))) return Address{std::move(*script), std::nullopt};
    } else if (bytes.size() == kMaxBase58Payload && bytes[0] == format.blinded) {
        if (auto script = script_for(bytes[1], bytes.last(kHash))) {
            return Address{std::move(*script), blinding_key_of(bytes.subspan(2, BlindingKey::kSize))};
        }
    }
    if (!bytes.empty() && (bytes[0] == format.pubkey || bytes[0] == format.script)) {
        return fail("Invalid length for Base58 address (P2PKH or P2SH)");
    }
    return fail("Invalid or unsupported Base58-encoded address.");
}

// What a (b)bech32 text says once its checksum holds. `name` is "Bech32" or "Blech32".
Result<Address> from_segwit(const Bech32Text& text, const AddressFormat& format) {
    const bool blinded = text.kind == Bech32Kind::kBlech32 || text.kind == Bech32Kind::kBlech32m;
    const bool modified = text.kind == Bech32Kind::kBech32m || text.kind == Bech32Kind::kBlech32m;
    const std::string name = blinded ? "Blech32" : "Bech32";
    if (text.symbols.empty()) return fail("Empty " + name + " data section");
    if (blinded && text.prefix != format.blech32_hrp) return fail("Invalid prefix for Blech32 address");
    if (!blinded && text.prefix != format.bech32_hrp) {
        return fail("Invalid or unsupported prefix for Segwit (Bech32) address (expected " + format.bech32_hrp +
                    ", got " + text.prefix + ").");
    }
    const uint8_t version = text.symbols[0];
    if (version == 0 && modified) return fail("Version 0 witness address must use " + name + " checksum");
    if (version != 0 && !modified) return fail("Version 1+ witness address must use " + name + "m checksum");
    const std::optional<Bytes> data = from_base32_symbols(ByteView(text.symbols).subspan(1));
    if (!data) return fail("Invalid padding in " + name + " data section");

    Address out;
    ByteView program = *data;
    if (blinded) {
        if (program.size() <= BlindingKey::kSize) return fail("Invalid Blech32 address data size");
        out.blinding_key = blinding_key_of(program.first(BlindingKey::kSize));
        program = program.subspan(BlindingKey::kSize);
    }
    const std::string size = std::to_string(program.size()) + (program.size() == 1 ? " byte" : " bytes");
    if (version == 0 && program.size() != 20 && program.size() != 32) {
        return blinded ? fail("Invalid Blech32 v0 address data size")
                       : fail("Invalid Bech32 v0 address program size (" + size + "), per BIP141");
    }
    if (version > 16) return fail("Invalid " + name + " address witness version");
    if (program.size() < 2 || program.size() > kMaxProgram) {
        return blinded ? fail("Invalid Blech32 address data size")
                       : fail("Invalid Bech32 address program size (" + size + ")");
    }
    out.script = program_script(version, program);
    return out;
}

}  // namespace

Result<Address> decode_address(std::string_view text, const AddressFormat& format) {
    if (text == "null") return Address{Script{{kOpReturn}}, std::nullopt};
    if (const std::optional<Bech32Text> plain = bech32_decode(text)) return from_segwit(*plain, format);
    if (const std::optional<Bech32Text> blinded = blech32_decode(text)) return from_segwit(*blinded, format);
    const std::string low = lower(text);
    if (low.starts_with(format.bech32_hrp) || low.starts_with(format.blech32_hrp))
        return fail("Invalid checksum of segwit address");
    return from_base58(text, format);
}

std::optional<std::string> encode_address(const Address& address, const AddressFormat& format) {
    const bool blinded = address.blinding_key && PubKey::parse(address.blinding_key->view());
    if (address.script.bytes == Bytes{kOpReturn}) return "null";
    if (const std::optional<Program> program = as_program(address.script)) {
        Bytes data;
        if (blinded) append(data, address.blinding_key->view());
        append(data, program->bytes);
        Bytes symbols = {program->version};
        append(symbols, to_base32_symbols(data));
        if (blinded) {
            return bech32_encode(program->version == 0 ? Bech32Kind::kBlech32 : Bech32Kind::kBlech32m,
                                 format.blech32_hrp, symbols);
        }
        return bech32_encode(program->version == 0 ? Bech32Kind::kBech32 : Bech32Kind::kBech32m, format.bech32_hrp,
                             symbols);
    }
    const std::optional<ByteView> key_hash = as_pubkey_hash(address.script);
    const std::optional<ByteView> script_hash = as_script_hash(address.script);
    if (!key_hash && !script_hash) return std::nullopt;
    Bytes data;
    if (blinded) data.push_back(format.blinded);
    data.push_back(key_hash ? format.pubkey : format.script);
    if (blinded) append(data, address.blinding_key->view());
    append(data, key_hash ? *key_hash : *script_hash);
    return base58check_encode(data);
}

}  // namespace sluice
