// Handlers about peers and the network layer. Connections and protocol belong to the net thread; handlers ask there and
// wait.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "consensus/primitives/amount.h"
#include "runtime/event_loop.h"

namespace sluice {
class Clock;
namespace net {
class Connections;
}
namespace sync {
class Engine;
}
}  // namespace sluice

namespace sluice::rpc {

class Dispatcher;

// Everything outlives the dispatcher.
struct NetPorts {
    net::Connections* connections = nullptr;  // net thread
    sync::Engine* engine = nullptr;           // net thread
    runtime::EventLoop* loop = nullptr;
    const Clock* clock = nullptr;
    bool testing = false;    // a chain for regression tests: methods that only tests need are allowed
    int version = 0;         // getnetworkinfo's: which Elements release clients may take this node for
    Amount relay_fee;        // per 1000 virtual bytes
    Amount incremental_fee;  // likewise
    std::function<std::vector<std::string>()> warnings;
};
void add_net_methods(Dispatcher& dispatcher, const NetPorts& ports);
// Parts of it: what is known of addresses; what tests do to single peers.
void add_address_book_methods(Dispatcher& dispatcher, const NetPorts& ports);
void add_peer_testing_methods(Dispatcher& dispatcher, const NetPorts& ports);

}  // namespace sluice::rpc
