// Scripts as text, the way RPC shows them. Pure; any thread.
#pragma once

#include <string>

#include "util/bytes.h"

namespace sluice::script {

// Opcodes by name, pushes of up to four bytes as numbers, longer ones in hex, "[error]" where a push is cut short. With
// `show_hash_types` (for scriptSigs), "[ALL]" and the like stand for the last byte of what looks like a signature.
std::string to_asm(ByteView script, bool show_hash_types = false);

}  // namespace sluice::script
