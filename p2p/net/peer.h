// The seam between connections and what speaks over them. PeerTransport is what the protocol may do to a connection,
// PeerHandler what it is told. Everything here happens on the net thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "p2p/net/permissions.h"
#include "p2p/wire/address.h"
#include "p2p/wire/frame.h"

namespace sluice::net {

using PeerId = uint64_t;  // counts up from 0 and is never reused while the process lives

enum class ConnectionKind {
    kInbound,
    kOutbound,    // chosen by us from the address book
    kBlockRelay,  // the same, without transactions and addresses: hides how blocks reach us
    kManual,      // -addnode, -connect, addnode RPC
    kFeeler,      // only to learn whether the address is alive
    kAddrFetch,   // only to ask for addresses (-seednode)
};
// As getpeerinfo's connection_type says it.
const char* to_string(ConnectionKind kind);
inline bool is_outbound(ConnectionKind kind) { return kind != ConnectionKind::kInbound; }

struct PeerInfo {
    PeerId id = 0;
    ConnectionKind kind = ConnectionKind::kInbound;
    wire::NetAddress address;          // the other end
    wire::NetAddress local;            // this end
    std::string name;                  // as the user wrote it, or the address
    int64_t connected_at = 0;          // Unix seconds
    bool protected_from_bans = false;  // permitted (noban), and every manual connection
    Permissions permissions;           // that the user granted
};

class PeerHandler {
public:
    virtual ~PeerHandler() = default;
    virtual void connected(const PeerInfo& peer) = 0;
    virtual void received(PeerId peer, wire::Frame frame) = 0;
    // The send buffer has room again after send_backlog() was above the limit.
    virtual void writable(PeerId peer) = 0;
    // Once for each connected(); the id means nothing afterwards.
    virtual void disconnected(PeerId peer) = 0;
};

class PeerTransport {
public:
    virtual ~PeerTransport() = default;
    // Unknown ids are ignored: a peer may have gone since the answer to it was asked for.
    virtual void send(PeerId peer, std::string_view command, ByteView payload) = 0;
    // Closes soon; disconnected() follows, never from inside this call.
    virtual void disconnect(PeerId peer, std::string_view why) = 0;
    // Disconnects, and prefers others to its address from now on. Protected and local peers are only logged or
    // disconnected.
    virtual void discourage(PeerId peer, std::string_view why) = 0;
    // The version handshake is complete: the handshake timeout ends, and the address is known to be good.
    virtual void established(PeerId peer, uint64_t services) = 0;
    // Bytes that wait to be sent, as a multiple of the soft limit would be too much to queue more for.
    [[nodiscard]] virtual bool send_full(PeerId peer) const = 0;
    // While off, nothing more is read from the peer (what was read already is still delivered).
    virtual void set_reading(PeerId peer, bool on) = 0;
};

}  // namespace sluice::net
