// What the command line and the configuration file say, as one immutable value. Owned by main; read before any thread
// starts. Rules of precedence are Core's, oddities included: the last value on the command line wins, then the first
// value in the chain's [section] of the file, then the first one outside sections; lists are joined; -noNAME clears
// what came before it. Errors are for people and are printed after "Error: ".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "node/option_table.h"
#include "util/options.h"
#include "util/result.h"

namespace sluice::node {

struct Config {
    Options options;
    std::string chain;                    // liquidv1 unless chosen
    std::filesystem::path data_dir;       // absolute; need not exist when it is the default one
    std::filesystem::path chain_dir;      // data_dir/<chain>
    std::filesystem::path config_file;    // empty with -noconf
    std::vector<std::string> warnings;    // for the log and the terminal
    std::vector<std::string> positional;  // sluice-cli: method and arguments
    bool show_help = false;               // then nothing was read from files
    bool show_version = false;
};

// args: without the program's name. default_data_dir: used without -datadir.
Result<Config> load_config(Program program, const std::vector<std::string>& args,
                           const std::filesystem::path& default_data_dir);
// ~/.sluice of the environment's HOME.
std::filesystem::path default_data_dir();

// The pieces, for tests.
struct ConfigLine {
    std::string section;  // empty outside of sections
    std::string name;     // as written, "no" prefix included
    std::string value;
};
struct ConfigText {
    std::vector<ConfigLine> lines;
    std::vector<std::pair<std::string, int>> sections;  // name, line number
};
Result<ConfigText> parse_config_text(std::string_view text);

}  // namespace sluice::node
