// sluice-cli: calls one RPC method of a running node.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "node/config.h"
#include "rpc/cli.h"

namespace {

// The reference's defaults (chain-params.md section 2).
uint16_t default_port(const std::string& chain) {
    if (chain == "liquidv1") return 7041;
    if (chain == "liquidtestnet") return 7039;
    return 7040;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace sluice;
    if (argc < 2) {
        std::fputs("Error: too few parameters\n", stderr);
        return EXIT_FAILURE;
    }
    const std::vector<std::string> args(argv + 1, argv + argc);
    const Result<node::Config> config = node::load_config(node::Program::kCli, args, node::default_data_dir());
    if (!config) {
        std::fprintf(stderr, "Error: %s\n", config.error().message.c_str());
        return EXIT_FAILURE;
    }
    if (config->show_version || config->show_help) {
        std::fputs("Sluice RPC client version 0.1.0\n", stdout);
        if (config->show_version) return EXIT_SUCCESS;
        std::fputs(
            "\nUsage: sluice-cli [options] <command> [params]\n"
            "or:    sluice-cli [options] -named <command> [name=value]...\n"
            "or:    sluice-cli [options] help [command]\n\n",
            stdout);
        std::fputs(node::help_text(node::Program::kCli).c_str(), stdout);
        return EXIT_SUCCESS;
    }
    rpc::CliCall call;
    call.options = &config->options;
    call.chain_dir = config->chain_dir;
    call.config_file = config->config_file;
    call.default_port = default_port(config->chain);
    call.words = config->positional;
    std::string line;
    call.more_lines = [&line] { return static_cast<bool>(std::getline(std::cin, line)); };
    call.read_line = [&line] { return line; };
    const rpc::CliOutcome outcome = rpc::run_cli(call);
    std::fputs(outcome.out.c_str(), stdout);
    std::fputs(outcome.err.c_str(), stderr);
    return outcome.status;
}
