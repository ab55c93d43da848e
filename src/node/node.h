// Node: the composition of sluiced. It makes every part, connects them, and knows in what order they start and stop; it
// holds no rules. Thread: main.
#pragma once

#include <memory>

#include "node/config.h"
#include "util/result.h"

namespace sluice::node {

class Node {
public:
    // Everything runs when this returns. Errors are for the user.
    static Result<std::unique_ptr<Node>> start(const Config& config);
    ~Node();  // stops
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    // Any thread and signal handlers.
    void request_stop();
    // Blocks until a stop was requested. False: because of a fault.
    bool wait();

    struct Impl;

private:
    explicit Node(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::node
