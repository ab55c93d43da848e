// BIP431: a version 3 transaction is alone or one of two, parent and small child, both of version 3. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mempool/entry.h"

namespace sluice::mempool {

constexpr int32_t kTopologyRestricted = 3;  // the version
constexpr int64_t kMaxRestrictedVsize = 10'000;
constexpr int64_t kMaxRestrictedChildVsize = 1000;

inline bool is_restricted(const ParsedTx& tx) { return tx.tx.version == kTopologyRestricted; }

// Each tells what is broken in the words that clients know.
std::string truc_versions_text(const ParsedTx& child, const ParsedTx& parent);
std::string truc_size_text(const ParsedTx& tx, int64_t vsize, bool child);
std::string truc_ancestors_text(const ParsedTx& tx);
std::string truc_descendants_text(const ParsedTx& parent);

}  // namespace sluice::mempool
