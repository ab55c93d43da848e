#include "crypto/base58check.h"

#include "codec/base58.h"
#include "crypto/hash.h"

namespace sluice {

namespace {
constexpr size_t kChecksum = 4;
}

std::string base58check_encode(ByteView payload) {
    Bytes bytes = to_bytes(payload);
    append(bytes, sha256d(payload).view().first(kChecksum));
    return base58_encode(bytes);
}

std::optional<Bytes> base58check_decode(std::string_view text, size_t max_payload) {
    std::optional<Bytes> bytes = base58_decode(text, max_payload + kChecksum);
    if (!bytes || bytes->size() < kChecksum) return std::nullopt;
    const ByteView payload = ByteView(*bytes).first(bytes->size() - kChecksum);
    if (!equal(sha256d(payload).view().first(kChecksum), ByteView(*bytes).last(kChecksum))) return std::nullopt;
    bytes->resize(payload.size());
    return bytes;
}

}  // namespace sluice
