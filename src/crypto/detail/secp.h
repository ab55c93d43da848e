// The one libsecp256k1 context of the process: made on first use, blinded, then only read (which the library allows
// from any thread). Private to crypto.
#pragma once

#include <secp256k1.h>

#include <optional>

#include "util/bytes.h"

namespace sluice::detail {

const secp256k1_context* secp();
std::optional<secp256k1_pubkey> parse_point(ByteView bytes);

}  // namespace sluice::detail
