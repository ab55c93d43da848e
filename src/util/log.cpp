#include "util/log.h"
#include "util/log_categories.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace sluice {
namespace {

// The one process-wide object of the program: a log that every thread reaches. It starts empty and swallows lines.
struct LogState {
    std::shared_mutex mutex;
    std::shared_ptr<spdlog::logger> logger;
    std::vector<std::string> categories;
    bool all = false;
};
LogState& state() {
    static LogState instance;
    return instance;
}

constexpr std::array<std::string_view, 35> kCategories = {"addrman",
                                                          "bench",
                                                          "blockstorage",
                                                          "chain",
                                                          "cmpctblock",
                                                          "coindb",
                                                          "estimatefee",
                                                          "http",
                                                          "i2p",
                                                          "index",
                                                          "ipc",
                                                          "leveldb",
                                                          "libevent",
                                                          "mempool",
                                                          "mempoolrej",
                                                          "net",
                                                          "node",
                                                          "prune",
                                                          "proxy",
                                                          "qt",
                                                          "rand",
                                                          "reindex",
                                                          "rpc",
                                                          "runtime",
                                                          "scan",
                                                          "selectcoins",
                                                          "signer",
                                                          "sync",
                                                          "tor",
                                                          "txpackages",
                                                          "txreconciliation",
                                                          "validation",
                                                          "wallet",
                                                          "walletdb",
                                                          "zmq"};

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug: return spdlog::level::debug;
        case LogLevel::kInfo: return spdlog::level::info;
        case LogLevel::kWarning: return spdlog::level::warn;
        case LogLevel::kError: return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

void log_start(const LogOptions& options) {
    std::vector<spdlog::sink_ptr> sinks;
    if (!options.file.empty()) sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    if (options.console) sinks.push_back(std::make_shared<spdlog::sinks::stdout_sink_mt>());
    auto logger = std::make_shared<spdlog::logger>("sluice", sinks.begin(), sinks.end());
    logger->set_level(spdlog::level::debug);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ [%l] %v", spdlog::pattern_time_type::utc);
    logger->flush_on(spdlog::level::debug);
    std::unique_lock lock(state().mutex);
    state().logger = std::move(logger);
    state().categories = options.categories;
    // "-debug" alone comes as an empty text.
    state().all =
        std::ranges::any_of(options.categories, [](const auto& c) { return c.empty() || c == "1" || c == "all"; });
}

bool log_enabled(LogLevel level, std::string_view category) {
    std::shared_lock lock(state().mutex);
    if (!state().logger) return false;
    return level != LogLevel::kDebug || state().all ||
           std::ranges::find(state().categories, category) != state().categories.end();
}

std::vector<std::pair<std::string, bool>> log_categories() {
    std::shared_lock lock(state().mutex);
    std::vector<std::pair<std::string, bool>> out;
    for (const std::string_view name : kCategories) {
        out.emplace_back(name, state().all || std::ranges::find(state().categories, name) != state().categories.end());
    }
    return out;
}

Status log_switch(std::string_view category, bool on) {
    const bool every = category.empty() || category == "1" || category == "all";
    if (!every && std::ranges::find(kCategories, category) == kCategories.end()) {
        return fail("unknown logging category " + std::string(category));
    }
    std::unique_lock lock(state().mutex);
    if (every) {
        state().all = on;
        state().categories.clear();
        return {};
    }
    if (state().all) {
        if (on) return {};
        // From here on each stands for itself.
        state().categories.assign(kCategories.begin(), kCategories.end());
        state().all = false;
    }
    std::erase(state().categories, category);
    if (on) state().categories.emplace_back(category);
    return {};
}

void log_line(LogLevel level, std::string_view category, std::string_view text) {
    std::shared_lock lock(state().mutex);
    if (state().logger) state().logger->log(to_spdlog(level), "[{}] {}", category, text);
}

}  // namespace sluice
