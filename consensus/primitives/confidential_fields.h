// Asset, value and nonce of an output: each null, explicit, or a commitment. Wire forms are in transactions.md section
// 1; any prefix outside them is a decoding error. Whether a commitment is a point of the curve is not asked here.
#pragma once

#include <array>
#include <variant>

#include "codec/describe.h"
#include "consensus/primitives/amount.h"
#include "consensus/primitives/ids.h"

namespace sluice {

using AssetCommitment = FixedBytes<struct AssetCommitmentTag, 33>;  // 0x0a or 0x0b, then X of the blinded generator
using ValueCommitment = FixedBytes<struct ValueCommitmentTag, 33>;  // 0x08 or 0x09, then X of the Pedersen commitment
using NonceBytes = FixedBytes<struct NonceBytesTag, 33>;            // 0x01, 0x02 or 0x03, then 32 bytes

// Null, or one of two forms. `Explicit` is what is said in the open, `Committed` its blinded form.
template <class Explicit, class Committed>
class Confidential {
public:
    Confidential() = default;
    Confidential(const Explicit& value) : form_(value) {}             // NOLINT: an explicit value is a field
    Confidential(const Committed& commitment) : form_(commitment) {}  // NOLINT: so is a commitment

    [[nodiscard]] bool is_null() const { return form_.index() == 0; }
    [[nodiscard]] bool is_explicit() const { return form_.index() == 1; }
    [[nodiscard]] bool is_commitment() const { return form_.index() == 2; }
    // Preconditions: is_explicit(), is_commitment().
    [[nodiscard]] const Explicit& explicit_value() const { return std::get<1>(form_); }
    [[nodiscard]] const Committed& commitment() const { return std::get<2>(form_); }
    auto operator<=>(const Confidential&) const = default;

private:
    std::variant<std::monostate, Explicit, Committed> form_;
};

using ConfidentialAsset = Confidential<AssetId, AssetCommitment>;
using ConfidentialValue = Confidential<Amount, ValueCommitment>;
// A nonce is null or 33 bytes; its 0x01 form is accepted by the decoder and means nothing.
struct ConfidentialNonce {
    std::optional<NonceBytes> bytes;
    [[nodiscard]] bool is_null() const { return !bytes; }
    [[nodiscard]] bool is_commitment() const { return bytes && (bytes->bytes[0] == 2 || bytes->bytes[0] == 3); }
    auto operator<=>(const ConfidentialNonce&) const = default;
};

void describe(Reader& reader, ConfidentialAsset& asset);
void describe(Reader& reader, ConfidentialValue& value);
void describe(Reader& reader, ConfidentialNonce& nonce);
void describe(Writer& writer, const ConfidentialAsset& asset);
void describe(Writer& writer, const ConfidentialValue& value);  // explicit: 0x01 and 8 bytes BIG-endian
void describe(Writer& writer, const ConfidentialNonce& nonce);

}  // namespace sluice
