// Makes a federation: keys, the first manifest, and for each member a folder with its configuration, its keys and the
// journal that belongs to them. For tools; it writes files and draws randomness.
#pragma once

#include <string>
#include <vector>

#include "federation/member/manifest.h"

namespace sluice::member {

struct FederationPlan {
    std::string out;  // folder, made if absent
    std::vector<std::string> members;
    uint32_t threshold = 0;  // 0: the smallest k with 3k > 2n
    std::string chain;
    std::string parent_genesis;  // display hex
    std::string parent_host;
    uint16_t parent_port = 0;
    std::string parent_user;
    std::string parent_password;
    std::string profile = "production";  // or regtest
    uint32_t birth_height = 0;           // see Manifest; 0: 1 on regtest, an error on production
    uint16_t base_port =
        0;  // member i uses base + 10 i: p2p, +1 RPC, +2 federation link, +3 free for ZeroMQ; 0: defaults
    std::string passphrase;  // of key files; empty: in the clear
};

struct FederationMade {
    agreement::ManifestHash hash;
    std::string manifest_path;
    bool bears_no_liar = false;  // 3k <= 2n: worth a warning
};

// Nothing is overwritten. Errors are for people.
Result<FederationMade> make_federation(const FederationPlan& plan);

}  // namespace sluice::member
