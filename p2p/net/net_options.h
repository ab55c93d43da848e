// NetOptions: how this node meets others, from the command line and the configuration file. Immutable after start-up.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "p2p/net/subnet.h"
#include "p2p/wire/frame.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::net {

struct NetOptions {
    wire::Magic magic{};
    uint16_t default_port = 0;
    bool listen = true;
    std::vector<wire::NetAddress> binds;  // empty: every address of the machine
    bool connect_only = false;            // -connect was given: only those, none from the address book
    std::vector<std::string> connect;
    std::vector<std::string> add_nodes;
    std::vector<std::string> seed_nodes;
    bool dns_seed = false;
    std::vector<std::string> dns_seeds;
    std::vector<wire::NetAddress> external;
    std::vector<Subnet> whitelist;  // never banned or evicted
    size_t max_connections = 125;
    int64_t ban_seconds = 24 * 3600;
    bool network_active = true;
    size_t send_soft_limit = 1'000'000;   // bytes: above, the protocol holds back
    size_t send_hard_limit = 64'000'000;  // bytes: above, the peer does not read and is dropped
    std::chrono::seconds handshake_timeout{60};
    std::chrono::seconds connect_timeout{5};
    std::chrono::minutes inactivity_timeout{20};
};

// Reads -listen -bind -port -connect -addnode -seednode -dnsseed -externalip -maxconnections -whitelist -bantime -networkactive
// -maxsendbuffer -peertimeout -timeout. Errors are for the user and name the option. Host names stay names: they are resolved
// when they are needed; -bind and -externalip take numeric addresses only.
Result<NetOptions> net_options(const Options& options, const wire::Magic& magic, uint16_t default_port,
                               std::vector<std::string> dns_seeds);

}  // namespace sluice::net
