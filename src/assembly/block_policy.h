// BlockPolicy: what the operator wants of blocks that this node makes by RPC (-blockmaxweight, -blockreservedweight,
// -blockmintxfee, -blockversion). A federation's members follow their manifest instead. A value.
#pragma once

#include <optional>

#include "consensus/params/chain_params.h"
#include "mempool/fee_rate.h"
#include "util/options.h"

namespace sluice::assembly {

struct BlockPolicy {
    size_t max_weight = 4'000'000;
    size_t reserved_weight = 8000;  // kept for header and coinbase
    mempool::FeeRate min_rate{100};
    std::optional<int32_t> version;  // test chains only
};
// The error names a value that cannot be.
Result<BlockPolicy> make_block_policy(const Options& options, const ChainParams& params);

}  // namespace sluice::assembly
