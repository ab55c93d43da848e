// An input whose scripts did not hold, with all that they were run on: whoever wants to see where they fail runs them
// again (consensus/script/trace.h). Plain data.
#pragma once

#include <cstdint>
#include <vector>

#include "consensus/primitives/transaction.h"

namespace sluice {

struct FailedScript {
    TxRef tx;
    std::vector<TxOut> spent;  // by input
    uint32_t input = 0;
    uint32_t flags = 0;  // script::Flags
};

}  // namespace sluice
