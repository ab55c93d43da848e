#include "node/notify_command.h"

#include <cstdlib>
#include <thread>

#include "util/log.h"

namespace sluice::node {

void wait_notify_command(const std::string& command) {
    if (const int status = std::system(command.c_str()); status != 0)
        log_warning("node", "Command '{}' ended with status {}", command, status);
}

void run_notify_command(const std::string& command, const std::string& value) {
    std::string line = command;
    for (size_t at = line.find("%s"); at != std::string::npos; at = line.find("%s", at + value.size()))
        line.replace(at, 2, value);
    std::thread([line = std::move(line)] { wait_notify_command(line); }).detach();
}

}  // namespace sluice::node
