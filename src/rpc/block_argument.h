// A block that a client hands in as hex. Any thread.
#pragma once

#include "consensus/primitives/block.h"
#include "rpc/args.h"

namespace sluice::rpc {

// The i-th argument. What follows the block is not looked at, as in elementsd. Error: it is no block.
Result<Block, RpcError> block_from_hex(const Args& args, size_t i);

}  // namespace sluice::rpc
