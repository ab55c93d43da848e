// Peer: all that the engine knows about one connection. Plain data of the engine.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "p2p/net/peer.h"
#include "p2p/sync/ports.h"
#include "p2p/sync/recent_set.h"
#include "p2p/wire/messages.h"
#include "util/clock.h"

namespace sluice::sync {

// A message whose work is not done: whose, and which.
struct Ticket {
    net::PeerId peer = 0;
    uint64_t number = 0;
};

// A block message on its way through a worker.
struct BlockDecoding {
    Ticket ticket;
    Bytes payload;
    std::optional<Block> block;
    const char* damage = nullptr;  // what is wrong with it
    const char* unreadable = "it does not decode";
    bool done = false;  // net thread
};

struct Peer {
    explicit Peer(net::PeerInfo peer_info) : info(std::move(peer_info)) {}

    net::PeerInfo info;
    size_t malformed = 0;  // messages
    bool leaving = false;  // disconnect was asked for: nothing it says counts any more

    // Handshake.
    bool has_version = false;
    bool is_ready = false;  // verack received after version
    int32_t version = 0;
    uint64_t services = 0;
    uint64_t nonce = 0;  // ours, in the version that we sent
    bool version_sent = false;
    std::string user_agent;
    int32_t starting_height = 0;
    int64_t time_offset = 0;
    bool wants_transactions = true;  // the relay flag
    bool wtxid_relay = false;
    bool wants_addrv2 = false;
    bool prefers_headers = false;

    // Work of its messages that is under way elsewhere, and its pings that wait for what came before them.
    uint64_t next_ticket = 0;
    std::map<uint64_t, size_t> work;                  // by ticket: parts that are not done
    std::deque<std::pair<uint64_t, uint64_t>> pings;  // {tickets below this must be done, nonce}

    SteadyTime ticked{};         // when its timers were looked at: timer time
    SteadyTime ticked_steady{};  // and steady time

    // Ping.
    std::optional<uint64_t> ping_nonce;
    SteadyTime ping_sent{};
    SteadyTime next_ping{};
    std::optional<SteadyTime::duration> ping_time;
    std::optional<SteadyTime::duration> min_ping;

    // Headers.
    std::optional<BlockHash> best_known;      // the best header that it has, as far as we know; in our tree
    std::optional<BlockHash> last_unknown;    // announced, not in our tree yet
    std::optional<BlockHash> best_sent;       // the last header that we sent it
    bool was_asked_for_headers = false;       // since the chain last grew, or stopped growing for long
    bool inv_asked_headers = false;           // its announcement by id made us ask, before the above
    std::optional<SteadyTime> behind_since;   // its best is below our tip
    bool behind_warned = false;               // and it was asked once more
    std::optional<SteadyTime> headers_asked;  // unanswered since
    bool slow_with_headers = false;           // somebody else is asked for the initial headers meanwhile
    bool ask_headers_again = false;           // it announced something new before it had answered
    bool checking_headers = false;            // the chain has a batch of it
    size_t headers_in_check = 0;              // messages, those of compact blocks included
    struct HeaderBatch {
        std::vector<BlockHeader> headers;
        uint64_t ticket = 0;
    };
    std::deque<HeaderBatch> more_headers;

    // Blocks.
    std::vector<BlockHash> in_flight;  // asked, oldest first
    SteadyTime download_since{};       // when the oldest became the oldest
    std::optional<SteadyTime> stalling_since;
    int64_t last_block_time = 0;
    std::deque<std::shared_ptr<BlockDecoding>> decoding;  // in the order in which they came
    std::map<BlockHash, SteadyTime> damaged;  // blocks that it gave in a form that is not theirs, and until when we
                                              // do not ask it again

    // Serving.
    struct Wanted {
        wire::InvItem item;
        uint64_t ticket = 0;
    };
    std::deque<Wanted> wanted;  // its getdata
    bool is_reading_disk = false;
    size_t disk_reads = 0;                 // answers to getheaders and getblocktxn that wait for the disk
    std::optional<BlockHash> continue_at;  // getblocks: when it fetches this, tell it of our tip

    // Compact blocks.
    bool accepts_compact = false;        // it speaks version 2
    bool compact_announce_to = false;    // it asked us to announce by compact block
    bool compact_announce_from = false;  // we asked it to

    // Transactions.
    bool wants_pool = false;                        // BIP35: all of the pool is to be announced
    RecentSet<Hash256> known_txs{10'000};           // that it has: announced by it or sent to it
    std::set<std::pair<uint64_t, Wtxid>> tx_queue;  // to announce at next_announce, in the order of the pool
    SteadyTime next_announce{};
    int64_t fee_filter = 0;
    int64_t fee_filter_sent = -1;
    SteadyTime next_fee_filter{};
    int64_t last_tx_time = 0;
    size_t txs_in_check = 0;
    bool held_back = false;  // reading is off until what it gave and asked for is done

    // Addresses.
    bool relays_addresses = false;
    double address_tokens = 1;
    SteadyTime address_tokens_at{};
    uint64_t addresses_processed = 0;
    uint64_t addresses_limited = 0;
    bool getaddr_sent = false;
    bool getaddr_answered = false;
    RecentSet<wire::NetAddress> known_addresses{5000};
    std::vector<wire::PeerAddress> addresses_to_send;
    SteadyTime next_addresses{};
    SteadyTime next_self_announcement{};
};

}  // namespace sluice::sync
