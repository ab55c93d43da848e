// The checksum of descriptors (BIP 380): eight characters after '#'. Pure.
#pragma once

#include <string>
#include <string_view>

#include "util/result.h"

namespace sluice::signing {

// Empty if a character is none that descriptors know.
std::string descriptor_checksum(std::string_view descriptor);
// The text before '#', when what follows it is right.
Result<std::string> strip_checksum(std::string_view text, bool required);

}  // namespace sluice::signing
