#include "node/notify_command.h"

#include <cstdlib>
#include <thread>

#include "util/log.h"

namespace sluice::node {

void run_notify_command(const std::string& command, const std::string& value) {
    std::string line = command;
    for (size_t at = line.find("%s"); at != std::string::npos; at = line.find("%s", at + value.size()))
        line.replace(at, 2, value);
    std::thread([line = std::move(line)] {
        if (const int status = std::system(line.c_str()); status != 0)
            log_warning("node", "Command '{}' ended with status {}", line, status);
    }).detach();
}

}  // namespace sluice::node
