// The RPC client behind sluice-cli: words of a command line to a JSON-RPC request, its reply to text and exit status,
// as the reference's client does. Blocking; used on the main thread. Links nothing of the node but the method table.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "util/options.h"
#include "util/result.h"

namespace sluice::rpc {

struct CliCall {
    const Options* options = nullptr;
    std::filesystem::path chain_dir;    // holds the cookie
    std::filesystem::path config_file;  // for advice
    uint16_t default_port = 0;
    std::vector<std::string> words;          // method and arguments
    std::function<std::string()> read_line;  // of standard input, for -stdin and -stdinrpcpass
    std::function<bool()> more_lines;        // whether there is another
};
struct CliOutcome {
    int status = 0;
    std::string out;  // to standard output
    std::string err;  // to standard error
};
CliOutcome run_cli(const CliCall& call);

// The JSON-RPC request body for one call. The error names a word that is not the JSON that the method wants there.
Result<std::string> cli_request(const std::string& method, const std::vector<std::string>& words, bool named);

}  // namespace sluice::rpc
