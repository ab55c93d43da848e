// ChainClient: what the wallet sees of the node's chain and mempool. A port, implemented in node over the state thread.
// Calls may block on the state thread; the state thread never calls back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/primitives/fedpeg_script.h"
#include "crypto/keys.h"
#include "util/result.h"

namespace sluice::ports {

struct BlockPoint {
    BlockHash hash;
    uint32_t height = 0;
    bool operator==(const BlockPoint&) const = default;
};

// Who may authorise a peg-out: an entry of the PAK list.
struct PakEntry {
    PubKey offline;
    PubKey online;
};

class ChainClient {
public:
    virtual ~ChainClient() = default;

    virtual Result<BlockPoint> tip() = 0;
    // nullopt if the active chain is shorter.
    virtual Result<std::optional<BlockHash>> active_hash(uint32_t height) = 0;
    // nullopt if the block is not known or its body is not stored. Any branch.
    virtual Result<std::optional<Block>> block(const BlockHash& hash) = 0;
    // Median time past of the tip, seconds: what lock times are compared with.
    virtual Result<int64_t> median_time() = 0;

    // Federation scripts that deposits may pay as of the next block, newest first.
    virtual Result<std::vector<FedpegScript>> fedpeg_scripts() = 0;
    // The PAK list that peg-outs of the next block need; empty: it refuses them all. Of no meaning where none is
    // enforced.
    virtual Result<std::vector<PakEntry>> pak_list() = 0;

    // Puts the transaction into the mempool and announces it. The error is the reject reason as the mempool's users
    // know it. A transaction that is already there is a success.
    virtual Status broadcast(const TxRef& tx) = 0;
    virtual Result<bool> in_mempool(const Txid& txid) = 0;
    // What waits there, parents before what spends them.
    virtual Result<std::vector<TxRef>> mempool() = 0;
};

}  // namespace sluice::ports
