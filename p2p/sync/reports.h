// What sync tells RPC about its peers: plain values, copied on the net thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "p2p/net/peer.h"

namespace sluice::sync {

struct PeerReport {
    net::PeerId id = 0;
    bool handshake_complete = false;
    int32_t version = 0;
    std::string user_agent;
    uint64_t services = 0;
    bool relays_transactions = false;
    int64_t last_transaction = 0;     // Unix seconds, 0: never
    int64_t last_block = 0;           // Unix seconds, 0: never
    int64_t time_offset = 0;          // seconds
    std::optional<double> ping_time;  // seconds
    std::optional<double> min_ping;   // seconds
    std::optional<double> ping_wait;  // seconds
    int32_t starting_height = 0;
    int64_t synced_headers = -1;             // height, -1: unknown
    int64_t synced_blocks = -1;              // height of the last block that both have, -1: unknown
    std::vector<uint32_t> blocks_in_flight;  // heights
    bool address_relay = false;
    uint64_t addresses_processed = 0;
    uint64_t addresses_rate_limited = 0;
    int64_t min_fee_filter = 0;  // satoshi per 1000 discounted virtual bytes
    bool high_bandwidth_to = false;
    bool high_bandwidth_from = false;
};

// A transaction that waits for its parents.
struct OrphanReport {
    TxRef tx;  // never null
    std::vector<net::PeerId> from;
    int64_t entered = 0;  // seconds from now: not above 0
    int64_t expires = 0;  // seconds from now
};

}  // namespace sluice::sync
