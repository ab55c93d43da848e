// The inside of Engine, shared by the files that implement it, one concern each. Net thread.
#pragma once

#include <deque>
#include <map>

#include "p2p/sync/detail/peer.h"
#include "p2p/sync/engine.h"
#include "p2p/sync/orphanage.h"
#include "p2p/sync/tx_requests.h"
#include "p2p/wire/compact_block.h"

namespace sluice::sync {

inline constexpr uint64_t kLocalServices = wire::kNodeNetwork | wire::kNodeWitness | wire::kNodeNetworkLimited;
inline constexpr size_t kMaxBlocksInFlight = 16;   // of one peer
inline constexpr uint32_t kDownloadWindow = 1024;  // blocks above the tip
inline constexpr size_t kMaxBlocksInCheck = 64;    // handed to the chain and not answered yet
inline constexpr size_t kMaxAnnounced = 8;         // blocks in one announcement by headers
inline constexpr uint32_t kMaxCompactDepth = 5;    // below the tip, served as compact block
inline constexpr uint32_t kMaxBlockTxnDepth = 10;  // below the tip, served as blocktxn
inline constexpr size_t kRecentBlocks = 16;        // kept in memory for those who ask at once

// A block on its way from a peer.
struct Download {
    net::PeerId peer = 0;
    uint32_t height = 0;
    std::unique_ptr<wire::PartialBlock> partial;  // a compact block that waits for blocktxn
    // Others that announced it in compact form were asked for the rest as well: one that is silent delays nobody.
    std::map<net::PeerId, std::unique_ptr<wire::PartialBlock>> others;
};

// A block as somebody gave it.
struct GivenBlock {
    Ticket ticket;
    std::shared_ptr<const Block> block;
    BlockHash hash;
    bool requested = false;
    bool compact = false;  // it came in its compact form
};

// Who gave a block that is kept but not connected yet.
struct BlockSource {
    net::PeerId peer = 0;
    bool compact = false;
};

struct Engine::Impl {
    Impl(EngineNeeds engine_needs, EngineOptions engine_options);

    // engine.cpp: dispatch and judgement
    void handle(Peer& peer, wire::Message message);
    void handle_ready(Peer& peer, wire::Message message);
    void misbehaved(Peer& peer, std::string_view why);
    void malformed(Peer& peer, std::string_view command, size_t size, std::string_view why);
    void drop(Peer& peer, std::string_view why);
    void send(const Peer& peer, const wire::Message& message);
    [[nodiscard]] Peer* find(net::PeerId id);
    void hold_back(Peer& peer);
    [[nodiscard]] SteadyTime now() const { return needs.clock.timer(); }
    // A delay drawn from an exponential distribution, so that nobody learns when something happened.
    [[nodiscard]] SteadyTime::duration random_delay(std::chrono::milliseconds mean);

    // order.cpp
    Ticket begin_work(Peer& peer);
    void share_work(const Ticket& ticket);  // one more part of it, to be ended too
    void end_work(const Ticket& ticket);
    void on_ping(Peer& peer, uint64_t nonce);
    void answer_pings(Peer& peer);

    void tick_peer(Peer& peer);

    // handshake.cpp
    void send_version(Peer& peer);
    [[nodiscard]] uint64_t desirable_services(uint64_t offered) const;
    void on_version(Peer& peer, const wire::Version& message);
    void on_verack(Peer& peer);
    void on_pong(Peer& peer, std::optional<uint64_t> nonce);  // none: the payload was too short
    void send_ping(Peer& peer);
    void tick_ping(Peer& peer);

    // headers.cpp
    void on_headers(Peer& peer, std::vector<BlockHeader> headers);
    void check_next_headers(Peer& peer);
    void headers_checked(net::PeerId id, const std::vector<BlockHash>& hashes, bool more, const HeadersResult& result);
    bool judge_headers(Peer& peer, const std::vector<BlockHash>& hashes, const HeadersResult& result);
    void accept_headers(Peer& peer, std::vector<BlockHeader> headers, std::function<void(const HeadersResult&)> done);
    void ask_for_headers(Peer& peer, const BlockHash& from);
    void start_header_sync();
    void update_best_known(Peer& peer, const BlockHash& hash);
    void announced(Peer& peer, const BlockHash& hash);
    void tick_headers(Peer& peer);
    void tick_behind(Peer& peer);
    void ask_again_when_stale();
    void ask_for_missed(Peer& peer);
    void resolve_unknown(Peer& peer);
    void on_block_inv(Peer& peer, const std::vector<BlockHash>& hashes);
    bool may_ask_for(Peer& peer, const BlockHash& announced_by_id);
    [[nodiscard]] bool peer_has(const Peer& peer, const BlockHash& hash) const;
    [[nodiscard]] bool is_tip_recent(uint32_t spacings) const;
    [[nodiscard]] bool has_enough_work(uint64_t height) const;
    void headers_answered(Peer& peer);

    // download.cpp
    void schedule_all();
    void schedule(Peer& peer);
    void fetch(Peer& peer, const BlockHash& toward);
    void fetch_announced(Peer& peer, const BlockHash& last);
    void request(Peer& peer, const std::vector<KnownBlock>& blocks);
    void decode_block(Peer& peer, Bytes payload);
    void take_decoded(net::PeerId id);
    void on_block(Peer& peer, Block block, const Ticket& ticket);
    void on_damaged_block(Peer& peer, const BlockHash& hash, std::string_view how);
    void give_block(GivenBlock given);
    void check_block(GivenBlock given);
    void block_checked(const Ticket& ticket, const BlockHash& hash, bool compact, const BlockResult& result);
    void check_second_copy(const BlockHash& hash, std::optional<GivenBlock> second, bool first_was_mutated);
    void blame_source(const RefusedBlock& refused);
    void remember_source(const BlockHash& hash, const BlockSource& source);
    void blame(Peer& peer, const BlockHash& hash, bool compact, const Failure& failure);
    void forget_download(const BlockHash& hash);
    void tick_download(Peer& peer);
    [[nodiscard]] bool can_serve_blocks(const Peer& peer) const;

    // compact.cpp
    void on_sendcmpct(Peer& peer, const wire::SendCmpct& message);
    void on_cmpctblock(Peer& peer, wire::CmpctBlock message);
    void begin_compact(Peer& peer, wire::CmpctBlock message);
    void begin_second_compact(Peer& peer, wire::CmpctBlock message, Download& download);
    void offer_transactions(wire::PartialBlock& partial) const;
    void take_download(Peer& peer, const KnownBlock& block);
    void on_blocktxn(Peer& peer, const wire::BlockTxn& message);
    void finish_compact(Peer& peer, const wire::PartialBlock& partial, const std::vector<TxRef>& transactions);
    void prefer_compact_from(Peer& peer);
    void on_getblocktxn(Peer& peer, const wire::GetBlockTxn& message);
    void send_blocktxn(Peer& peer, const Block& block, const wire::GetBlockTxn& request);

    // serving.cpp
    void on_getheaders(Peer& peer, const wire::Locator& locator);
    void on_getblocks(Peer& peer, const wire::Locator& locator);
    void on_getdata(Peer& peer, const std::vector<wire::InvItem>& items);
    void serve(Peer& peer);
    void serve_block(Peer& peer, const wire::InvItem& item, const Block& block);
    bool serve_block_item(Peer& peer, const wire::InvItem& item);  // false: waits for the disk
    [[nodiscard]] std::shared_ptr<const Block> recent(const BlockHash& hash) const;
    [[nodiscard]] bool may_serve(const KnownBlock& block) const;

    void announce_blocks(Peer& peer, const std::vector<std::shared_ptr<const Block>>& blocks,
                         const std::vector<BlockHash>& hashes);

    // transactions.cpp
    void on_tx_inv(Peer& peer, const std::vector<TxName>& names);
    void on_tx(Peer& peer, const TxRef& tx);
    void check_tx(net::PeerId from, const TxRef& tx, const Ticket& ticket);
    void tx_checked(net::PeerId from, const TxRef& tx, const Ticket& ticket, const TxResult& result);
    void on_notfound(Peer& peer, const std::vector<wire::InvItem>& items);
    [[nodiscard]] bool is_preferred(const Peer& peer) const;
    [[nodiscard]] SteadyTime when_to_request(const Peer& peer, bool by_wtxid) const;
    [[nodiscard]] bool refuses_transactions(const Peer& peer) const;
    void force_relay(const Peer& peer, const TxRef& tx);
    void announce_pool(Peer& peer);
    void announce_transactions(Peer& peer);
    void request_transactions(Peer& peer);
    void tick_fee_filter(Peer& peer);
    [[nodiscard]] TxRef relayable(const Peer& peer, const wire::InvItem& item) const;
    [[nodiscard]] bool has_tx(const TxName& name) const;
    [[nodiscard]] bool relays_to(const Peer& peer) const;

    // addresses.cpp
    void begin_address_relay(Peer& peer);
    void on_addresses(Peer& peer, const std::vector<wire::PeerAddress>& addresses);
    void on_getaddr(Peer& peer);
    void relay_address(const wire::PeerAddress& address, net::PeerId from);
    void queue_address(Peer& peer, const wire::PeerAddress& address);
    void tick_addresses(Peer& peer);

    EngineNeeds needs;
    EngineOptions options;
    std::map<net::PeerId, Peer> peers;

    std::optional<net::PeerId> header_source;  // whom the initial headers come from
    size_t headers_in_check = 0;               // messages, of all peers
    BlockHash last_inv_asked;                  // the announcement that made us ask a peer whose turn it was not
    SteadyTime progress_at{};                  // when the tip last moved, or everybody was asked again
    std::map<BlockHash, Download> downloads;
    // Blocks that the chain has, each with the copy of whom it was asked of, should the first prove damaged.
    std::map<BlockHash, std::optional<GivenBlock>> in_check;
    std::map<BlockHash, BlockSource> sources;  // of blocks that may still be found bad
    std::deque<BlockHash> source_order;        // oldest first; bounds `sources`
    std::chrono::seconds stall_timeout{2};
    std::deque<std::pair<BlockHash, std::shared_ptr<const Block>>> recent_blocks;
    std::map<Hash256, TxRef> latest_txs;      // of the last block, by txid and wtxid
    std::deque<net::PeerId> compact_sources;  // asked to announce by compact block, the latest last

    struct Pooled {
        RelayTx relay;
        uint64_t sequence = 0;  // parents before children
    };
    std::map<Wtxid, Pooled> pool;  // the mempool as it was told to us
    uint64_t next_sequence = 0;
    std::map<Txid, Wtxid> pool_txids;
    RecentSet<Hash256> rejected{50'000};   // wtxids, until the next block
    RecentSet<Hash256> confirmed{50'000};  // txids and wtxids of recent blocks
    std::set<Wtxid> txs_in_check;
    TxRequests requests;
    Orphanage orphans;

    std::vector<wire::PeerAddress> getaddr_cache;
    SteadyTime getaddr_cache_until{};
    SteadyTime inbound_announce{};  // inbound peers hear of transactions at the same moments
};

}  // namespace sluice::sync
