#include "pset/detail/records.h"

namespace sluice::pset::detail {
namespace {

constexpr std::string_view kElementsId = "pset";
constexpr size_t kShortSignature = 64;
constexpr size_t kLongSignature = 65;  // with a hash type
constexpr size_t kControlBase = 33;
constexpr size_t kControlNode = 32;

bool has_taproot_signature_size(const Bytes& signature) {
    return signature.size() == kShortSignature || signature.size() == kLongSignature;
}

}  // namespace

std::optional<Record> take_apart(ByteView key, ByteView value) {
    Reader reader(key);
    Record out{key, value, reader.compact_u64(), {}, {}};
    if (!reader.ok()) return std::nullopt;
    out.data = reader.rest();
    if (out.type != kProprietary) return out;
    const ByteView owner = reader.var_view();
    const uint64_t subtype = reader.compact_u64();
    if (!reader.ok()) return std::nullopt;
    if (as_text(owner) == kElementsId) {
        out.elements = subtype;
        out.data = reader.rest();
    }
    return out;
}

// --- reading

std::string RecordReader::capital(std::string_view name) {
    std::string out(name);
    if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

bool RecordReader::first_of_its_key(std::string_view name) {
    taken_ = true;
    if (seen_.insert(to_bytes(record_.key)).second) return true;
    fail("Duplicate Key, " + std::string(name) + " already provided");
    return false;
}

void RecordReader::fail_key(std::string_view name) {
    fail("Size of key was not the expected size for the type " + std::string(name));
}

bool RecordReader::read_value(std::string_view name, std::optional<PubKey>& out) {
    out = PubKey::parse(record_.value);
    if (!out) fail(capital(name) + " is an invalid pubkey");
    return out.has_value();
}

void RecordReader::elements_keys(uint64_t subtype, std::string_view name, std::set<Scalar>& keys) {
    if (taken_ || record_.elements != subtype || !first_of_its_key(name)) return;
    std::optional<Scalar> scalar;
    if (!key_of(scalar)) return fail(capital(name) + " key was not the expected length");
    // One byte of zero is what some writers take for nothing.
    const bool nothing = record_.value.empty() || (record_.value.size() == 1 && record_.value[0] == 0);
    if (!nothing) return fail(capital(name) + " value was not empty");
    keys.insert(*scalar);
}

void RecordReader::keyed(uint64_t type, std::string_view name, std::map<Hash160, PartialSignature>& map) {
    if (taken_ || record_.type != type || !first_of_its_key(name)) return;
    const auto key = PubKey::parse(record_.data);
    if (!key) return fail_key(name);
    map.emplace(key->hash160(), PartialSignature{*key, to_bytes(record_.value)});
}

void RecordReader::keyed(uint64_t type, std::string_view name, std::map<KeyPath, std::set<ExtendedKey>>& map) {
    if (taken_ || record_.type != type || !first_of_its_key(name)) return;
    if (record_.data.size() != ExtendedKey::kSize) return fail_key(name);
    ExtendedKey key{decltype(ExtendedKey::bytes)::from_view(record_.data)};
    if (!PubKey::parse(key.pubkey())) return fail("Invalid pubkey");
    KeyPath path;
    if (read_value(name, path)) map[path].insert(key);
}

void RecordReader::keyed(uint64_t type, std::string_view name, std::map<TapScriptKey, Bytes>& map) {
    if (taken_ || record_.type != type || !first_of_its_key(name)) return;
    if (record_.data.size() != XOnlyBytes::kSize + Hash256::kSize) return fail_key(name);
    Bytes signature = to_bytes(record_.value);
    if (!has_taproot_signature_size(signature)) return fail(capital(name) + " is not 64 or 65 bytes");
    map.emplace(TapScriptKey{XOnlyBytes::from_view(record_.data.first(XOnlyBytes::kSize)),
                             Hash256::from_view(record_.data.subspan(XOnlyBytes::kSize))},
                std::move(signature));
}

void RecordReader::keyed(uint64_t type, std::string_view name,
                         std::map<TapLeafScript, std::set<Bytes, ShorterFirst>>& map) {
    if (taken_ || record_.type != type || !first_of_its_key(name)) return;
    if (record_.data.size() < kControlBase || (record_.data.size() - kControlBase) % kControlNode != 0) {
        return fail(capital(name) + " key's control block size is not valid");
    }
    if (record_.value.empty()) return fail(capital(name) + " must be at least 1 byte");
    TapLeafScript leaf{to_bytes(record_.value.first(record_.value.size() - 1)), record_.value.back()};
    map[std::move(leaf)].insert(to_bytes(record_.data));
}

void RecordReader::others(Records& records, bool proprietary) {
    if (taken_ || (record_.type == kProprietary) != proprietary) return;
    taken_ = true;
    if (records.emplace(to_bytes(record_.key), to_bytes(record_.value)).second) return;
    fail(proprietary ? "Duplicate Key, proprietary key already found"
                     : "Duplicate Key, key for unknown value already provided");
}

// --- writing

Bytes RecordWriter::key(uint64_t type, ByteView data) {
    ByteWriter writer;
    writer.compact_size(type);
    writer.raw(data);
    return writer.release();
}

Bytes RecordWriter::elements_key(uint64_t subtype, ByteView data) {
    ByteWriter writer;
    writer.compact_size(kProprietary);
    writer.var_bytes(as_bytes(kElementsId));
    writer.compact_size(subtype);
    writer.raw(data);
    return writer.release();
}

void RecordWriter::elements_keys(uint64_t subtype, std::string_view, const std::set<Scalar>& keys) {
    for (const Scalar& each : keys) record(elements_key(subtype, each.view()), {});
}

void RecordWriter::keyed(uint64_t type, std::string_view, const std::map<Hash160, PartialSignature>& map) {
    for (const auto& [hash, partial] : map) record(key(type, partial.key.view()), partial.signature);
}

void RecordWriter::keyed(uint64_t type, std::string_view, const std::map<KeyPath, std::set<ExtendedKey>>& map) {
    for (const auto& [path, keys] : map) {
        for (const ExtendedKey& each : keys) record(key(type, each.bytes.view()), value_of(path));
    }
}

void RecordWriter::keyed(uint64_t type, std::string_view, const std::map<TapScriptKey, Bytes>& map) {
    for (const auto& [at, signature] : map) {
        Bytes data = to_bytes(at.key.view());
        append(data, at.leaf_hash.view());
        record(key(type, data), signature);
    }
}

void RecordWriter::keyed(uint64_t type, std::string_view,
                         const std::map<TapLeafScript, std::set<Bytes, ShorterFirst>>& map) {
    for (const auto& [leaf, controls] : map) {
        Bytes value = leaf.script;
        value.push_back(leaf.leaf_version);
        for (const Bytes& control : controls) record(key(type, control), value);
    }
}

void RecordWriter::others(const Records& records, bool) {
    for (const auto& [key, value] : records) record(key, value);
}

}  // namespace sluice::pset::detail
