// Dialer: the nodes that the user named (-addnode, -connect) and when to try each again. Pure decisions; time is handed
// in.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "util/clock.h"

namespace sluice::net::detail {

class Dialer {
public:
    bool add(const std::string& name);     // false: already there
    bool remove(const std::string& name);  // false: not there
    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> names() const;

    // The nodes to dial now, each marked as being tried until ended(). Those for which `is_connected` says true wait.
    std::vector<std::string> due(SteadyTime now, const std::function<bool(const std::string&)>& is_connected);
    // The attempt failed, or the connection that came of it ended: the next one waits, longer each time.
    void ended(const std::string& name, SteadyTime now);
    // The handshake succeeded: the next wait is short again.
    void succeeded(const std::string& name);

private:
    struct Node {
        std::string name;
        SteadyTime next{};
        std::chrono::milliseconds delay;
        bool trying = false;
    };
    std::vector<Node> nodes_;
};

}  // namespace sluice::net::detail
