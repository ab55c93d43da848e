// NetOptions: how this node meets others, from the command line and the configuration file. Immutable after start-up.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "p2p/net/permissions.h"
#include "p2p/net/subnet.h"
#include "p2p/wire/frame.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::net {

// -whitebind: an address to listen on, and what those may do who come in there.
struct TrustedBind {
    wire::NetAddress address;
    Permissions permissions;
};

// -whitelist: peers of a subnet and what they may do, by who dialled.
struct TrustedSubnet {
    Subnet subnet;
    Permissions permissions;
    bool inbound = true;
    bool outbound = false;
};

struct NetOptions {
    wire::Magic magic{};
    uint16_t default_port = 0;
    bool listen = true;
    std::vector<wire::NetAddress> binds;  // empty: every address of the machine
    std::vector<TrustedBind> trusted_binds;
    bool connect_only = false;  // -connect was given: only those, none from the address book
    std::vector<std::string> connect;
    std::vector<std::string> add_nodes;
    std::vector<std::string> seed_nodes;
    bool dns_lookup = true;       // -dns: names may be resolved
    bool dns_seed = false;        // ask the seeds when no address is known
    bool force_dns_seed = false;  // ask them in any case
    std::vector<std::string> dns_seeds;
    std::vector<wire::NetAddress> fixed_seeds;  // built in; used when nothing else gave an address
    std::set<wire::Network> only;               // -onlynet: choose peers from these networks; empty: any
    std::vector<wire::NetAddress> external;
    std::vector<TrustedSubnet> whitelist;
    size_t max_connections = 125;
    int64_t ban_seconds = 24 * 3600;
    bool network_active = true;
    size_t receive_limit = 256 * 1024;    // bytes of a peer that wait in memory before its socket is left alone
    size_t send_soft_limit = 1'000'000;   // bytes: above, the protocol holds back
    size_t send_hard_limit = 64'000'000;  // bytes: above, the peer does not read and is dropped
    std::chrono::seconds handshake_timeout{60};
    std::chrono::seconds connect_timeout{5};
    std::chrono::minutes inactivity_timeout{20};
};

// What a chain says about its network.
struct NetworkDefaults {
    wire::Magic magic{};
    uint16_t port = 0;
    std::vector<std::string> dns_seeds;
    std::vector<wire::NetAddress> fixed_seeds;
};

// Reads -listen -bind -whitebind -port -connect -addnode -seednode -dns -dnsseed -forcednsseed -fixedseeds -externalip
// -onlynet -maxconnections -whitelist -whitelistrelay -whitelistforcerelay -bantime -networkactive -maxreceivebuffer
// -maxsendbuffer -peertimeout -timeout; -proxy and -onion are refused, because a peer that is reached without them
// would be a broken promise. Errors are for the user and name the option. Host names stay names: they are resolved when
// they are needed; -bind, -whitebind and -externalip take numeric addresses only.
Result<NetOptions> net_options(const Options& options, const NetworkDefaults& defaults);

}  // namespace sluice::net
