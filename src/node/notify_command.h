// Commands of the operator that are told of events (-blocknotify): run by the shell. What they print goes where the
// node's own output goes.
#pragma once

#include <string>

namespace sluice::node {

// In the background, never waited for. Any thread. "%s" in the command is replaced; `value` must be safe inside of a
// shell command (a hash).
void run_notify_command(const std::string& command, const std::string& value);
// Returns when the command has ended.
void wait_notify_command(const std::string& command);

}  // namespace sluice::node
