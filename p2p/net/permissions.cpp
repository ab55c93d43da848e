#include "p2p/net/permissions.h"

#include <array>
#include <utility>

namespace sluice::net {
namespace {

struct Named {
    std::string_view name;
    bool Permissions::*flag;
};
// In the order of getpeerinfo.
constexpr std::array<Named, 7> kNames{{{"bloomfilter", &Permissions::bloom_filter},
                                       {"noban", &Permissions::no_ban},
                                       {"forcerelay", &Permissions::force_relay},
                                       {"relay", &Permissions::relay},
                                       {"mempool", &Permissions::mempool},
                                       {"download", &Permissions::download},
                                       {"addr", &Permissions::address}}};

// False: no such permission.
bool grant(Permissions& to, std::string_view name) {
    if (name == "bloom") name = "bloomfilter";
    bool found = false;
    for (const Named& known : kNames) {
        if (name != known.name && name != "all") continue;
        to.*known.flag = true;
        found = true;
    }
    if (to.no_ban) to.download = true;
    if (to.force_relay) to.relay = true;
    return found;
}

}  // namespace

bool Permissions::any() const { return *this != Permissions{}; }

Permissions& Permissions::operator|=(const Permissions& other) {
    for (const Named& known : kNames) this->*known.flag = this->*known.flag || other.*known.flag;
    return *this;
}

std::vector<std::string> to_strings(const Permissions& permissions) {
    std::vector<std::string> out;
    for (const Named& known : kNames) {
        if (permissions.*known.flag) out.emplace_back(known.name);
    }
    return out;
}

Result<Grant> parse_grant(std::string_view text, const Permissions& implicit, bool may_dial) {
    Grant out;
    const size_t at = text.find('@');
    if (at == std::string_view::npos) {
        out.permissions = implicit;
        out.rest = text;
        return out;
    }
    out.rest = text.substr(at + 1);
    bool in = false;
    std::string_view left = text.substr(0, at);
    while (!left.empty()) {
        const std::string_view name = left.substr(0, left.find(','));
        left.remove_prefix(std::min(left.size(), name.size() + 1));
        if (name == "in") {
            in = true;
        } else if (name == "out") {
            if (!may_dial) return fail("whitebind may only be used for incoming connections (\"out\" was passed)");
            out.outbound = true;
        } else if (!name.empty() && !grant(out.permissions, name)) {
            return fail("Invalid P2P permission: '" + std::string(name) + "'");
        }
    }
    if ((in || out.outbound) && !out.permissions.any())
        return fail("Only direction was set, no permissions: '" + std::string(text) + "'");
    out.inbound = in || !out.outbound;
    return out;
}

}  // namespace sluice::net
