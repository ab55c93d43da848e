#include "federation/agreement/types.h"

#include <algorithm>

namespace sluice::agreement {

Milliseconds timeout(const Timing& timing, Milliseconds base, View view) {
    const int64_t grown = base.count() + base.count() * timing.growth_percent / 100 * int64_t{view};
    return Milliseconds(std::max(base.count(), std::min(grown, timing.cap.count())));
}

}  // namespace sluice::agreement
