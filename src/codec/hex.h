// Hexadecimal text. Ids are shown to people with their bytes reversed ("display order"), as Bitcoin does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.h"
#include "util/fixed_bytes.h"

namespace sluice {

std::string to_hex(ByteView bytes);
// nullopt unless the text is an even number of hex digits of either case.
std::optional<Bytes> from_hex(std::string_view text);

std::string to_display_hex(ByteView bytes);
template <class Tag, size_t N>
std::string to_display(const FixedBytes<Tag, N>& id) {
    return to_display_hex(id.view());
}
template <class Id>
std::optional<Id> from_display(std::string_view text) {
    std::optional<Bytes> bytes = from_hex(text);
    if (!bytes || bytes->size() != Id::kSize) return std::nullopt;
    std::ranges::reverse(*bytes);
    return Id::from_view(*bytes);
}

}  // namespace sluice
