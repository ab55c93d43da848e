// Whole Bitcoin blocks, as the Bitcoin node's RPC hands them over.
#pragma once

#include <optional>
#include <vector>

#include "peg/parent/header.h"
#include "peg/parent/transaction.h"

namespace sluice::parent {

struct ParentBlock {
    ParentHeader header;
    std::vector<ParentTransaction> transactions;
    std::vector<ParentTxid> txids;  // of `transactions`, in the same order
};

// nullopt unless the bytes are exactly one block whose transactions hash to the header's Merkle root, without the
// repetition that leaves the root unchanged (CVE-2012-2459), and whose first transaction, and no other, is a coinbase.
// Proof of work and witness commitment are not checked here.
std::optional<ParentBlock> decode_parent_block(ByteView bytes);

}  // namespace sluice::parent
