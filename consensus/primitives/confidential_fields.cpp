#include "consensus/primitives/confidential_fields.h"

namespace sluice {
namespace {

// The body of a 33-byte field after its prefix.
template <class Field>
Field with_prefix(Reader& reader, uint8_t prefix) {
    Field out;
    out.bytes[0] = prefix;
    const ByteView body = reader.take(32);
    if (reader.ok()) std::ranges::copy(body, out.bytes.begin() + 1);
    return out;
}

}  // namespace

void describe(Reader& reader, ConfidentialAsset& asset) {
    const uint8_t prefix = reader.u8();
    asset = {};
    if (prefix == 1) {
        AssetId id;
        field(reader, id);
        asset = id;
    } else if (prefix == 0x0a || prefix == 0x0b) {
        asset = with_prefix<AssetCommitment>(reader, prefix);
    } else if (prefix != 0) {
        reader.fail(DecodeError::kBadValue);
    }
}

void describe(Reader& reader, ConfidentialValue& value) {
    const uint8_t prefix = reader.u8();
    value = {};
    if (prefix == 1) {
        value = Amount{static_cast<int64_t>(reader.u64_be())};
    } else if (prefix == 0x08 || prefix == 0x09) {
        value = with_prefix<ValueCommitment>(reader, prefix);
    } else if (prefix != 0) {
        reader.fail(DecodeError::kBadValue);
    }
}

void describe(Reader& reader, ConfidentialNonce& nonce) {
    const uint8_t prefix = reader.u8();
    nonce = {};
    if (prefix >= 1 && prefix <= 3) {
        nonce.bytes = with_prefix<NonceBytes>(reader, prefix);
    } else if (prefix != 0) {
        reader.fail(DecodeError::kBadValue);
    }
}

void describe(Writer& writer, const ConfidentialAsset& asset) {
    if (asset.is_explicit()) {
        writer.u8(1);
        writer.raw(asset.explicit_value().view());
    } else if (asset.is_commitment()) {
        writer.raw(asset.commitment().view());
    } else {
        writer.u8(0);
    }
}

void describe(Writer& writer, const ConfidentialValue& value) {
    if (value.is_explicit()) {
        writer.u8(1);
        writer.u64_be(static_cast<uint64_t>(value.explicit_value().sat));
    } else if (value.is_commitment()) {
        writer.raw(value.commitment().view());
    } else {
        writer.u8(0);
    }
}

void describe(Writer& writer, const ConfidentialNonce& nonce) {
    if (nonce.bytes) {
        writer.raw(nonce.bytes->view());
    } else {
        writer.u8(0);
    }
}

}  // namespace sluice
