// BanList: who may not connect. Bans are the user's (setban) and are kept over restarts; discouragement is the
// protocol's verdict on a peer that broke its rules: forgotten at restart, bounded, and only makes us prefer others.
// One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "p2p/net/subnet.h"
#include "util/bytes.h"

namespace sluice::net {

struct Ban {
    Subnet subnet;
    int64_t created = 0;  // Unix seconds
    int64_t until = 0;    // Unix seconds
};

class BanList {
public:
    // Replaces an earlier ban of the same subnet unless that one lasts longer.
    void ban(const Subnet& subnet, int64_t now, int64_t until);
    bool unban(const Subnet& subnet);  // false: it was not banned
    void clear() { bans_.clear(); }
    [[nodiscard]] bool is_banned(const wire::NetAddress& address, int64_t now) const;
    [[nodiscard]] bool has(const Subnet& subnet, int64_t now) const;
    [[nodiscard]] std::vector<Ban> list(int64_t now) const;

    void discourage(const wire::NetAddress& address);
    [[nodiscard]] bool is_discouraged(const wire::NetAddress& address) const;

    // Bans from elsewhere, as they were made; those that have ended are dropped.
    void restore(const std::vector<Ban>& kept, int64_t now);
    // The bans as bytes. load() drops what does not decode and what has ended; false if the bytes were damaged.
    [[nodiscard]] Bytes save() const;
    bool load(ByteView bytes, int64_t now);

private:
    std::map<Subnet, Ban> bans_;
    std::set<wire::NetAddress> discouraged_;
    std::deque<wire::NetAddress> discouraged_order_;
};

}  // namespace sluice::net
