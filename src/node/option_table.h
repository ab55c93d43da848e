// The options that the programs know, by Elements' names. Anything else on the command line is refused. An option
// marked unused is accepted so that existing configuration files and start scripts work, and does nothing here; -help
// and a warning say so. One whose silent loss would do harm (privacy, keys, data) is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::node {

enum class Program { kDaemon, kCli };

enum class OptionGroup {
    kGeneral,
    kConnection,
    kZmq,
    kDebug,
    kRelay,
    kMining,
    kRpc,
    kWallet,
    kChain,
    kElements,
    kFederation,
    kHidden
};

enum OptionFlag : uint8_t {
    kPlain = 0,
    kNetworkOnly = 1,  // in the part of the file without a section it counts for liquidv1 only
    kNoNegation = 2,   // -noNAME is refused
    kNoElision = 4,    // needs a value
    kSecret = 8,       // its value is never logged
    kUnused = 16,
    kRefused = 32,     // not supported, and ignoring it would do harm: anything but 0 stops the program
    kRefusedOff = 64,  // likewise, but 0 is what stops it
};

struct OptionSpec {
    std::string_view name;   // without the dash
    std::string_view value;  // how help shows the value, e.g. "=<n>"
    OptionGroup group;
    uint8_t flags;
    std::string_view help;
};

std::span<const OptionSpec> option_table(Program program);
// nullptr: no such option.
const OptionSpec* find_option(Program program, std::string_view name);
std::string help_text(Program program);

}  // namespace sluice::node
