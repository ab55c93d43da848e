#include "p2p/net/detail/dialer.h"

#include <algorithm>

namespace sluice::net::detail {
namespace {
constexpr std::chrono::milliseconds kFirstDelay{500};
constexpr std::chrono::milliseconds kMaxDelay{30'000};
}  // namespace

bool Dialer::add(const std::string& name) {
    if (has(name)) return false;
    nodes_.push_back({name, {}, kFirstDelay, false});
    return true;
}

bool Dialer::remove(const std::string& name) {
    return std::erase_if(nodes_, [&](const Node& node) { return node.name == name; }) > 0;
}

bool Dialer::has(const std::string& name) const { return std::ranges::find(nodes_, name, &Node::name) != nodes_.end(); }

std::vector<std::string> Dialer::names() const {
    std::vector<std::string> out;
    for (const Node& node : nodes_) out.push_back(node.name);
    return out;
}

std::vector<std::string> Dialer::due(SteadyTime now, const std::function<bool(const std::string&)>& is_connected) {
    std::vector<std::string> out;
    for (Node& node : nodes_) {
        if (node.trying || node.next > now || is_connected(node.name)) continue;
        node.trying = true;
        out.push_back(node.name);
    }
    return out;
}

void Dialer::ended(const std::string& name, SteadyTime now) {
    const auto node = std::ranges::find(nodes_, name, &Node::name);
    if (node == nodes_.end()) return;
    node->trying = false;
    node->next = now + node->delay;
    node->delay = std::min(node->delay * 2, kMaxDelay);
}

void Dialer::succeeded(const std::string& name) {
    const auto node = std::ranges::find(nodes_, name, &Node::name);
    if (node != nodes_.end()) node->delay = kFirstDelay;
}

}  // namespace sluice::net::detail
