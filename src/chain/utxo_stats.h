// Statistics of the set of unspent outputs as gettxoutsetinfo gives them: the same numbers and hashes as the
// reference's for the same set. Any thread: reads one snapshot of the database, which takes seconds on a large set.
#pragma once

#include <atomic>

#include "consensus/primitives/amount.h"
#include "consensus/primitives/ids.h"
#include "crypto/hash.h"
#include "storage/db.h"

namespace sluice::chain {

enum class UtxoHashKind { kNone, kMuhash, kSerialized };

struct UtxoStats {
    BlockHash best_block;
    uint64_t outputs = 0;
    uint64_t transactions = 0;    // with at least one unspent output
    uint64_t bogosize = 0;        // the reference's size that no database has
    uint64_t disk_size = 0;       // bytes, roughly
    std::optional<Amount> total;  // of explicit amounts, all assets together; nullopt: more than 64 bits hold
    std::optional<Hash256> hash;  // in the order of hashing; shown reversed
};

// `stop` ends the walk early with an error; it may be null.
Result<UtxoStats> compute_utxo_stats(const storage::DbReader& snapshot, UtxoHashKind kind,
                                     const std::atomic<bool>* stop);

}  // namespace sluice::chain
