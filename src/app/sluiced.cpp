// sluiced: the node.
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "node/node.h"
#include "node/option_table.h"
#include "node/version.h"

namespace {

// Signal handlers can reach nothing but this. Set while a node runs.
std::atomic<sluice::node::Node*> running{nullptr};

void on_signal(int) {
    if (sluice::node::Node* node = running.load()) node->request_stop();
}

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, nullptr);
    sigaction(SIGHUP, &ignore, nullptr);
}

int fail(const std::string& message) {
    std::fprintf(stderr, "Error: %s\n", message.c_str());
    return 1;
}

int run(const std::vector<std::string>& args) {
    using namespace sluice::node;
    const auto config = load_config(Program::kDaemon, args, default_data_dir());
    if (!config) return fail(config.error().message);
    if (config->show_help) {
        std::printf("%s\nUsage:  sluiced [options]\n\n%s", kVersionLine, help_text(Program::kDaemon).c_str());
        return 0;
    }
    if (config->show_version) {
        std::printf("%s\n", kVersionLine);
        return 0;
    }
    // What a node writes (wallet, log, chain) is nobody else's to read. Files that say otherwise set their mode
    // themselves.
    ::umask(S_IRWXG | S_IRWXO);
    catch_signals();
    auto node = Node::start(*config);
    if (!node) return fail(node.error().message);
    running = node->get();
    const bool clean = (*node)->wait();
    running = nullptr;
    node->reset();
    return clean ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) { return fail(std::string("internal error: ") + error.what()); }
}
