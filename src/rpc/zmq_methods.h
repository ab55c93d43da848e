// Handlers about the event publisher. The publisher is not seen from here: the node hands in what to ask.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "util/bytes.h"
#include "util/result.h"

namespace sluice::rpc {

class Dispatcher;

struct ZmqPorts {
    struct Notifier {
        std::string topic;
        std::string address;
        int high_water = 0;
    };
    struct Event {
        uint64_t sequence = 0;
        Bytes body;
        bool is_json = false;
    };
    std::vector<Notifier> notifiers;
    // From a sequence number on, at most `count`. Empty if nothing is published.
    std::function<Result<std::vector<Event>>(const std::string& topic, uint64_t from, size_t count)> replay;
};
void add_zmq_methods(Dispatcher& dispatcher, ZmqPorts ports);

}  // namespace sluice::rpc
