// Transport: encrypted, authenticated links between members, ZeroMQ with CURVE. Each member listens with one ROUTER and
// connects one DEALER to each other member; frames go out on the DEALER, come in on the ROUTER. A client whose key is
// not in the peer list never completes its handshake, and nothing that it sends is parsed. Frames may be lost (no queue
// for a peer that is away, bounded queues otherwise): whoever needs reliability resends.
//
// Owned by the member driver. It runs a thread of its own; `on_frame` is called there and must hand over and return.
// send() may be called from any thread. No input from a peer can end the process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "federation/transport/transport_keys.h"
#include "util/bytes.h"
#include "util/result.h"

namespace sluice::transport {

struct Peer {
    uint8_t index = 0;  // member, place in the manifest's list
    TransportKey key;
    std::string address;  // ZeroMQ endpoint, e.g. tcp://host:port
    bool operator==(const Peer&) const = default;
};

struct TransportConfig {
    std::string bind;  // e.g. tcp://0.0.0.0:9002
    std::vector<Peer> peers;
    size_t max_frame = 4'500'000;       // bytes; a longer one ends the link it came on
    size_t max_queue_bytes = 32 << 20;  // per peer, waiting to be sent
};

class Transport {
public:
    // (sender's index as authenticated, frame)
    using OnFrame = std::function<void(uint8_t, Bytes)>;

    Transport(TransportConfig config, TransportKeys keys, OnFrame on_frame);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // Errors: the address cannot be bound; a peer's address is not one.
    [[nodiscard]] Status start();
    void stop();

    // From now on exactly these peers; links to peers that stay as they are go on. Any thread, before start() or after;
    // takes effect soon. A peer whose address is not one gets no link, and the log says so.
    void set_peers(std::vector<Peer> peers);

    // Dropped if the peer is unknown, away or too slow.
    void send(uint8_t to, Bytes frame);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::transport
