// Reading the secret halves of confidential vectors. Assets are 32 bytes in the order the library takes them.
#pragma once

#include "codec/hex.h"
#include "confidential/secret/blinding.h"
#include "crypto/keys.h"
#include "support/vectors.h"

namespace sluice::test {

using nlohmann::json;
namespace ct = sluice::confidential;

inline Bytes bytes_of(const json& text) { return text.is_null() ? Bytes{} : from_hex(text.get<std::string>()).value(); }
inline uint64_t number_of(const json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<uint64_t>();
}
inline ct::AssetTag asset_of(const json& text) { return ct::AssetTag::from_view(bytes_of(text)); }
inline ct::GeneratorBytes generator_of(const json& text) { return ct::GeneratorBytes::from_view(bytes_of(text)); }
inline ct::CommitmentBytes commitment_of(const json& text) { return ct::CommitmentBytes::from_view(bytes_of(text)); }
// A blind that is absent is zero.
inline ct::BlindingFactor blind_of(const json& text) {
    if (text.is_null()) return {};
    return ct::BlindingFactor::from_bytes(bytes_of(text)).value();
}
inline SecretKey secret_of(const json& text) { return SecretKey::from_bytes(bytes_of(text)).value(); }
inline std::vector<ct::GeneratorBytes> generators_of(const json& list) {
    std::vector<ct::GeneratorBytes> out;
    for (const json& one : list) out.push_back(generator_of(one));
    return out;
}
inline std::vector<PubKey> keys_of(const json& list) {
    std::vector<PubKey> out;
    for (const json& one : list) out.push_back(PubKey::parse(bytes_of(one)).value());
    return out;
}

// A whole file of the confidential folder, or nothing (and a visible line) if it is absent.
inline json cases_of(const std::string& file) {
    const auto loaded = load_vectors(file);
    return loaded ? (*loaded)["cases"] : json::array();
}

}  // namespace sluice::test
