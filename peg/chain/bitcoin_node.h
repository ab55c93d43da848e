// BitcoinNode: port to the Bitcoin full node that feeds the parent view. Blocking calls; the parent thread's only. An
// error is for people: the node is down, refuses our credentials, or answered nonsense. What it says about blocks is
// checked by the caller, except its mempool and its coins, which nobody else knows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peg/parent/transaction.h"
#include "util/result.h"

namespace sluice::parent_chain {

using parent::ParentBlockHash;
using parent::ParentOutPoint;
using parent::ParentTxid;

struct UnspentOutput {
    ParentBlockHash best;        // tip of the node's chain when it looked
    uint32_t confirmations = 0;  // 0: in the mempool
};

class BitcoinNode {
public:
    virtual ~BitcoinNode() = default;
    virtual Result<uint32_t> block_count() = 0;
    // Hashes of its best chain at heights first .. first + count - 1.
    virtual Result<std::vector<ParentBlockHash>> block_hashes(uint32_t first, uint32_t count) = 0;
    // Serialized, in the order asked.
    virtual Result<std::vector<Bytes>> headers(const std::vector<ParentBlockHash>& hashes) = 0;
    virtual Result<Bytes> block(const ParentBlockHash& hash) = 0;
    // nullopt: spent or unknown. With `mempool`, unconfirmed transactions count.
    virtual Result<std::optional<UnspentOutput>> unspent(const ParentOutPoint& outpoint, bool mempool) = 0;
    // The node's reason if it refuses; success says nothing yet (federation-design section 4.6): ask in_mempool.
    virtual Status send(ByteView transaction) = 0;
    virtual Result<bool> in_mempool(const ParentTxid& txid) = 0;
    // sat/kvB; nullopt if it has no estimate.
    virtual Result<std::optional<uint32_t>> fee_rate() = 0;
};

struct BitcoinRpcOptions {
    std::string host = "127.0.0.1";
    uint16_t port = 8332;
    std::string user;
    std::string password;
    std::string cookie_file;  // used when user and password are empty; read again when the node restarts
    int timeout_seconds = 60;
};
// Speaks JSON-RPC to Bitcoin Core (0.21 and later) and bcoin.
std::unique_ptr<BitcoinNode> make_bitcoin_rpc(BitcoinRpcOptions options);

}  // namespace sluice::parent_chain
