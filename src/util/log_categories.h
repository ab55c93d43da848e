// The categories of debug messages, to look at and to switch while the program runs. Thread-safe. Names that Elements
// has are known here too, whether or not this program says anything under them, so that its clients and configurations
// work.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.h"

namespace sluice {

// By name; true: its debug messages are written.
std::vector<std::pair<std::string, bool>> log_categories();
// "all", "1" and "" stand for every category. Error: no such category.
Status log_switch(std::string_view category, bool on);

}  // namespace sluice
