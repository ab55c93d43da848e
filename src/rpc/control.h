// Methods about the node as a process: help, stop, uptime, echo, logging, getrpcinfo, getmemoryinfo.
#pragma once

#include <functional>

#include "util/clock.h"

namespace sluice::rpc {

class Dispatcher;

struct ControlPorts {
    std::function<void()> request_shutdown;  // any thread; returns at once
    const Clock* clock = nullptr;            // outlives the dispatcher
    std::string log_file;
};
void add_control_methods(Dispatcher& dispatcher, ControlPorts ports);

}  // namespace sluice::rpc
