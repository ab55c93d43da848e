#include "consensus/rules/locktime.h"

#include <algorithm>

#include "util/check.h"

namespace sluice::rules {
namespace {
constexpr uint32_t kLockTimeThreshold = 500'000'000;  // below: a height; from there: Unix seconds
constexpr uint32_t kSequenceDisable = 1U << 31;
constexpr uint32_t kSequenceIsTime = 1U << 22;
constexpr uint32_t kSequenceMask = 0xffff;
constexpr int kSequenceGranularity = 9;  // units of 512 seconds
}  // namespace

bool is_final(const Transaction& tx, uint32_t height, int64_t time) {
    if (tx.lock_time == 0) return true;
    const int64_t clock = tx.lock_time < kLockTimeThreshold ? static_cast<int64_t>(height) : time;
    if (tx.lock_time < clock) return true;
    return std::ranges::all_of(tx.inputs, [](const TxIn& in) { return in.sequence == kSequenceFinal; });
}

SequenceLocks sequence_locks(const Transaction& tx, const std::vector<uint32_t>& coin_heights,
                             const HeaderView& branch) {
    CHECK(coin_heights.size() == tx.inputs.size());
    SequenceLocks locks;
    // The version counts as an unsigned number (BIP68).
    if (static_cast<uint32_t>(tx.version) < 2) return locks;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (in.is_pegin || (in.sequence & kSequenceDisable) != 0) continue;
        const int64_t span = in.sequence & kSequenceMask;
        // The last moment of the lock: one before the first at which it is released.
        if ((in.sequence & kSequenceIsTime) != 0) {
            const uint32_t before = coin_heights[i] == 0 ? 0 : coin_heights[i] - 1;
            const int64_t start = branch.median_time_past_at(std::min(before, branch.height()));
            locks.time = std::max(locks.time, start + (span << kSequenceGranularity) - 1);
        } else {
            locks.height = std::max(locks.height, static_cast<int64_t>(coin_heights[i]) + span - 1);
        }
    }
    return locks;
}

bool locks_released(const SequenceLocks& locks, const HeaderView& branch) {
    return locks.height < static_cast<int64_t>(branch.height()) + 1 &&
           locks.time < static_cast<int64_t>(branch.median_time_past_at(branch.height()));
}

}  // namespace sluice::rules
