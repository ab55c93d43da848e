// Connections: every socket of the peer network: listening, dialling, framing, buffers and their limits, timeouts,
// bans, the address book. It knows bytes and peers, not blocks. Lives on the net loop: construct anywhere, every call
// on the loop, destroy on the loop or after it has stopped. Peers that misbehave below the level of messages are closed
// here; nothing that a peer sends is an error to anyone but itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "p2p/net/address_book.h"
#include "p2p/net/ban_list.h"
#include "p2p/net/net_options.h"
#include "p2p/net/peer.h"
#include "runtime/event_loop.h"
#include "storage/db.h"
#include "util/clock.h"

namespace sluice::net {

struct ConnectionStats {
    PeerInfo info;
    uint64_t bytes_sent = 0;
    uint64_t bytes_received = 0;
    int64_t last_send = 0;      // Unix seconds, 0: never
    int64_t last_received = 0;  // Unix seconds, 0: never
    std::map<std::string, uint64_t> sent_per_command;
    std::map<std::string, uint64_t> received_per_command;
};

struct NetTotals {
    uint64_t bytes_sent = 0;
    uint64_t bytes_received = 0;
};

struct AddedNode {
    std::string name;
    std::optional<wire::NetAddress> connected_to;
    bool inbound = false;  // the connection that serves it came from the other side
};

class Connections final : public PeerTransport {
public:
    // `db` keeps the address book and the bans; it may be null (tests). References must outlive this object.
    Connections(runtime::EventLoop& loop, NetOptions options, const Clock& clock, storage::Db* db);
    ~Connections() override;
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    // Before start(): the bans are somebody else's to keep, not the database's. `keep` is told all of them after each
    // change.
    using KeepBans = std::function<void(const std::vector<Ban>&)>;
    void keep_bans(const std::vector<Ban>& kept, KeepBans keep);
    // Loads what was kept, listens, begins to dial. The error is for the user: the port is taken.
    Status start(PeerHandler& handler);
    // Closes everything (handlers are not told) and saves. Idempotent.
    void stop();

    // PeerTransport
    void send(PeerId peer, std::string_view command, ByteView payload) override;
    void disconnect(PeerId peer, std::string_view why) override;
    void discourage(PeerId peer, std::string_view why) override;
    void established(PeerId peer, uint64_t services) override;
    [[nodiscard]] bool send_full(PeerId peer) const override;
    void set_reading(PeerId peer, bool on) override;

    // addnode RPC. Names are as in -addnode. False: already there, or not there.
    bool add_node(const std::string& name);
    bool remove_node(const std::string& name);
    void try_once(const std::string& name);
    // addconnection RPC: dials once. False: there are enough of that kind.
    bool open(const std::string& name, ConnectionKind kind);
    [[nodiscard]] bool is_open(PeerId peer) const;
    [[nodiscard]] std::vector<AddedNode> added_nodes() const;
    // disconnectnode RPC: by "host:port" or by id. False: no such peer.
    bool disconnect_by_address(std::string_view address);
    bool disconnect_by_id(PeerId peer);
    // setban RPC. Connected peers of the subnet are closed.
    void ban(const Subnet& subnet, int64_t until);
    bool unban(const Subnet& subnet);
    void clear_bans();
    [[nodiscard]] const BanList& bans() const;
    void set_network_active(bool active);
    [[nodiscard]] bool network_active() const;

    AddressBook& addresses();
    [[nodiscard]] std::vector<ConnectionStats> stats() const;
    [[nodiscard]] size_t count() const;
    [[nodiscard]] NetTotals totals() const;
    // What we tell others about ourselves (-externalip).
    [[nodiscard]] const std::vector<wire::NetAddress>& external() const;
    // Where we listen; with port 0 asked for, the port that was given. Empty: not listening.
    [[nodiscard]] const std::vector<wire::NetAddress>& listening() const;
    [[nodiscard]] const NetOptions& options() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::net
