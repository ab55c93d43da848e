#include "consensus/params/wif.h"

#include "crypto/base58check.h"

namespace sluice {

std::optional<WifKey> decode_wif(std::string_view text, uint8_t prefix) {
    std::optional<Bytes> data = base58check_decode(text, 34);
    if (!data) return std::nullopt;
    const bool compressed = data->size() == 34 && data->back() == 1;
    std::optional<SecretKey> key;
    if ((compressed || data->size() == 33) && data->front() == prefix)
        key = SecretKey::from_bytes(ByteView(*data).subspan(1, 32));
    wipe(*data);
    if (!key) return std::nullopt;
    return WifKey{std::move(*key), compressed};
}

std::string encode_wif(const SecretKey& key, bool compressed, uint8_t prefix) {
    Bytes data = {prefix};
    append(data, key.view());
    if (compressed) data.push_back(1);
    std::string text = base58check_encode(data);
    wipe(data);
    return text;
}

}  // namespace sluice
