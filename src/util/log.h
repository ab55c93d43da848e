// The node's log. Lines go to debug.log in the data directory and, when asked, to the console. Thread-safe. Never log a
// secret. Usage: log_info("net", "peer {} connected", id). The category is the module's name; debug lines show only for
// categories enabled with -debug=<category> (or -debug=1 for all).
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
    std::string file;                     // empty: no file
    bool console = false;                 // to standard output
    std::vector<std::string> categories;  // debug categories; "1" or "all" means every one
};

void log_start(const LogOptions& options);
bool log_enabled(LogLevel level, std::string_view category);
void log_line(LogLevel level, std::string_view category, std::string_view text);

template <class... Args>
void log_at(LogLevel level, std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(level, category)) log_line(level, category, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::kDebug, category, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::kInfo, category, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warning(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::kWarning, category, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
    log_at(LogLevel::kError, category, format, std::forward<Args>(args)...);
}

}  // namespace sluice
