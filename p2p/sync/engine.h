// Engine: the peer protocol above bytes. Handshakes, headers-first sync, block download, serving, announcements,
// transaction relay, addresses, compact blocks, and judging peers. It belongs to the net thread; the chain and the
// mempool are behind ports, so that engines run back to back in tests, under a clock and a random source that the test
// owns.
//
// Peers are strangers: whatever they send costs them their connection at worst. Blocks and transactions that cannot be
// judged now (Deferred) are neither relayed nor held against anybody. Sources: Bitcoin's protocol (BIPs 130, 133, 152,
// 155, 339), protocol/p2p.md for limits and Elements' differences.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "p2p/net/address_book.h"
#include "p2p/net/peer.h"
#include "p2p/sync/ports.h"
#include "p2p/sync/reports.h"
#include "util/clock.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::sync {

struct EngineOptions {
    std::string user_agent = "/Sluice:0.1.0/";
    uint32_t block_spacing = 60;             // seconds between blocks: scales timeouts
    bool blocks_only = false;                // -blocksonly: neither asks for nor announces transactions
    size_t max_orphans = 100;                // -maxorphantx
    int64_t peer_timeout = 60;               // -peertimeout: seconds after which silence is looked at
    uint64_t min_chain_work = 0;             // -minimumchainwork: a chain with less is not followed
    int64_t min_relay_fee = 100;             // satoshi per 1000 virtual bytes: the least fee filter
    std::vector<wire::NetAddress> external;  // our own addresses, to tell others
    uint16_t port = 0;                       // on which we listen; 0: not listening
};
// Reads -uacomment -blocksonly -maxorphantx -minimumchainwork -peertimeout, and refuses -peerblockfilters; the error
// names the option.
Result<EngineOptions> engine_options(const Options& options, uint32_t block_spacing);

struct EngineNeeds {
    net::PeerTransport& transport;
    net::AddressBook& addresses;
    ChainPort& chain;
    MempoolPort& mempool;
    ComputePort& compute;
    const Clock& clock;
    net::RandomBelow random;
};

class Engine final : public net::PeerHandler {
public:
    Engine(EngineNeeds needs, EngineOptions options);
    ~Engine() override;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // PeerHandler
    void connected(const net::PeerInfo& peer) override;
    void received(net::PeerId peer, wire::Frame frame) override;
    void writable(net::PeerId peer) override;
    void disconnected(net::PeerId peer) override;

    // Several times a second: timers, requests, trickled announcements.
    void tick();

    // From the chain: blocks that joined the active chain since the last call, in order; the last is the tip. Blocks
    // that left it only to come back are not in it.
    void blocks_connected(const std::vector<std::shared_ptr<const Block>>& blocks);
    // From the mempool, for every change of it, in order.
    void transaction_added(const RelayTx& tx);
    void transaction_removed(const Wtxid& wtxid);

    [[nodiscard]] std::vector<PeerReport> reports() const;
    [[nodiscard]] uint64_t local_services() const;
    [[nodiscard]] const EngineOptions& options() const;
    [[nodiscard]] std::vector<OrphanReport> orphans() const;
    // getblockfrompeer RPC: asks this peer for a block whose header is known. An answer says why not.
    std::optional<std::string> fetch_block(const BlockHash& hash, net::PeerId peer);
    // Sends a ping to everyone now (ping RPC).
    void ping_all();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::sync
