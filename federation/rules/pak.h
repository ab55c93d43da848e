// The PAK list: who may authorise a peg-out, as the extension space of the federation's parameters says it. Pure; any
// thread. Source: protocol page "transactions", section 10.
#pragma once

#include <vector>

#include "crypto/keys.h"

namespace sluice::fed_rules {

struct PakEntry {
    PubKey offline;
    PubKey online;
};

inline constexpr size_t kMaxPakEntries = 255;

// Empty (which refuses every peg-out) if there is no entry, too many, or any that is not two valid 33-byte keys.
std::vector<PakEntry> parse_pak_list(const std::vector<Bytes>& extension_space);

}  // namespace sluice::fed_rules
