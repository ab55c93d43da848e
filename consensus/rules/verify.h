// The verification batch of a block: balances, proofs and scripts, on as many threads as the caller has (threads:
// DESIGN section 3). Kernel code starts no threads: whoever calls hands in how to run many checks.
#pragma once

#include <functional>

#include "consensus/rules/connect.h"

namespace sluice::rules {

class ProofCache;

// Runs check(0) .. check(count - 1), in any order and on any threads; a false cancels those that have not begun. The
// lowest that answered false, or count. runtime::WorkerPool::run_all is one.
using RunAll = std::function<size_t(size_t count, const std::function<bool(size_t)>& check)>;
// One after the other on this thread.
size_t run_in_order(size_t count, const std::function<bool(size_t)>& check);

// All that connect_block left to be checked. The cache is touched on this thread only: proofs in it are not verified
// again, and those of a block that passes are put in; null: none. Invalid: kTxInNotOut, kTxScript.
Judged<void> verify(const Connected& connected, const RunAll& run_all, ProofCache* cache);

}  // namespace sluice::rules
