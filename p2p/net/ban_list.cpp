#include "p2p/net/ban_list.h"

#include "codec/describe.h"

namespace sluice::net {
namespace {

constexpr size_t kMaxDiscouraged = 10'000;

wire::NetAddress host_only(wire::NetAddress address) {
    address.port = 0;
    return address;
}

template <class A, Like<Ban> T>
void describe_ban(A& a, T& ban) {
    wire::describe_bip155(a, ban.subnet.base);
    field(a, ban.subnet.prefix);
    field(a, ban.created);
    field(a, ban.until);
}

}  // namespace

void BanList::ban(const Subnet& subnet, int64_t now, int64_t until) {
    Ban& ban = bans_[subnet];
    if (ban.until < until) ban = {subnet, now, until};
}

bool BanList::unban(const Subnet& subnet) { return bans_.erase(subnet) > 0; }

bool BanList::is_banned(const wire::NetAddress& address, int64_t now) const {
    return std::ranges::any_of(bans_, [&](const auto& b) { return b.second.until > now && b.first.contains(address); });
}

bool BanList::has(const Subnet& subnet, int64_t now) const {
    const auto at = bans_.find(subnet);
    return at != bans_.end() && at->second.until > now;
}

std::vector<Ban> BanList::list(int64_t now) const {
    std::vector<Ban> out;
    for (const auto& [subnet, ban] : bans_) {
        if (ban.until > now) out.push_back(ban);
    }
    return out;
}

void BanList::discourage(const wire::NetAddress& address) {
    const wire::NetAddress host = host_only(address);
    if (!discouraged_.insert(host).second) return;
    discouraged_order_.push_back(host);
    if (discouraged_order_.size() > kMaxDiscouraged) {
        discouraged_.erase(discouraged_order_.front());
        discouraged_order_.pop_front();
    }
}

bool BanList::is_discouraged(const wire::NetAddress& address) const {
    return discouraged_.contains(host_only(address));
}

void BanList::restore(const std::vector<Ban>& kept, int64_t now) {
    for (const Ban& ban : kept) {
        if (ban.until > now && ban.subnet.base.network != wire::Network::kNone) bans_[ban.subnet] = ban;
    }
}

Bytes BanList::save() const {
    ByteWriter writer;
    Writer& sink = writer;
    std::vector<Ban> all;
    for (const auto& [subnet, ban] : bans_) all.push_back(ban);
    sluice::list(sink, all, 21, [](Writer& w, const Ban& ban) { describe_ban(w, ban); });
    return writer.release();
}

bool BanList::load(ByteView bytes, int64_t now) {
    Reader reader(bytes);
    std::vector<Ban> all;
    sluice::list(reader, all, 21, [](Reader& r, Ban& ban) { describe_ban(r, ban); });
    if (!reader.finish()) return false;
    restore(all, now);
    return true;
}

}  // namespace sluice::net
