// Permissions: what the user grants to peers by -whitelist and -whitebind. Pure values. Names, implications and errors
// as elementsd's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace sluice::net {

struct Permissions {
    bool bloom_filter = false;  // BIP37, which we do not offer: shown, without effect
    bool no_ban = false;        // never banned, discouraged or evicted; transactions are announced to it at once
    bool force_relay = false;   // its transactions are passed on even if they are in the pool already
    bool relay = false;         // its transactions are taken in spite of -blocksonly, in any number
    bool mempool = false;       // BIP35: may ask what is in the pool
    bool download = false;      // headers are given to it during the initial download
    bool address = false;       // gets fresh addresses instead of the day's answer, and may give us any number

    [[nodiscard]] bool any() const;
    Permissions& operator|=(const Permissions& other);
    bool operator==(const Permissions&) const = default;
};

// As getpeerinfo lists them.
std::vector<std::string> to_strings(const Permissions& permissions);

// What "permission,permission@rest" says. Without '@' the permissions are `implicit`.
struct Grant {
    Permissions permissions;
    bool inbound = true;
    bool outbound = false;
    std::string rest;  // behind the '@'
};
// `may_dial`: "out" is allowed (-whitelist). The error is for the user.
Result<Grant> parse_grant(std::string_view text, const Permissions& implicit, bool may_dial);

}  // namespace sluice::net
