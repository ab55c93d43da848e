// mempool.dat: the pool's transactions kept over a restart (-persistmempool), in the reference's format of version 1:
// u64 version, u64 count, each transaction with its time of entry and fee delta, then deltas of transactions that are
// not here, then a set that is always empty. State thread.
#pragma once

#include <filesystem>

#include "mempool/mempool.h"

namespace sluice::node {

// Written beside it and renamed, so that a crash leaves the file of before.
Status save_pool(const mempool::Mempool& pool, const std::filesystem::path& file);

struct PoolLoaded {
    size_t accepted = 0;
    size_t refused = 0;  // no longer valid or wanted
};
// An absent file holds nothing. A damaged one is an error; what was read before the damage stays.
Result<PoolLoaded> load_pool(mempool::Mempool& pool, const std::filesystem::path& file);

}  // namespace sluice::node
