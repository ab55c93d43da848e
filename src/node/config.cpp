#include "node/config.h"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>

namespace sluice::node {
namespace {

constexpr std::string_view kDefaultChain = "liquidv1";
constexpr std::string_view kFileName = "elements.conf";

// One given value: text, or the mark of -noNAME.
struct Value {
    bool negated = false;
    std::string text;
};
using Values = std::map<std::string, std::vector<Value>, std::less<>>;

// A source's values of one name. What stands before the last negation does not count.
struct Slice {
    explicit Slice(const std::vector<Value>& all) {
        size_t first = all.size();
        while (first > 0 && !all[first - 1].negated) --first;
        values = std::span(all).subspan(first);
        negated = first > 0;
        last_negated = negated && values.empty();
    }
    std::span<const Value> values;
    bool negated = false;
    bool last_negated = false;
};

struct Sources {
    Values command_line;
    std::map<std::string, Values, std::less<>> file;  // by section

    [[nodiscard]] const Values* section(std::string_view name) const {
        const auto found = file.find(name);
        return found == file.end() ? nullptr : &found->second;
    }
};

bool truthy(const std::string& text) {
    if (text.empty()) return true;
    int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number != 0;
}

Result<Value> interpret(const OptionSpec& option, bool negated, const std::string* text) {
    const std::string name(option.name);
    if (negated) {
        if ((option.flags & kNoNegation) != 0)
            return fail("Negating of -" + name + " is meaningless and therefore forbidden");
        if (text != nullptr && !truthy(*text)) return Value{false, "1"};  // -noNAME=0
        return Value{true, {}};
    }
    if (text == nullptr && (option.flags & kNoElision) != 0) {
        return fail("Can not set -" + name + " with no value. Please specify value with -" + name + "=value.");
    }
    return Value{false, text != nullptr ? *text : ""};
}

// "nofoo" -> foo, negated.
std::pair<std::string, bool> split_negation(std::string name) {
    if (!name.starts_with("no")) return {std::move(name), false};
    return {name.substr(2), true};
}

Status parse_command_line(Program program, const std::vector<std::string>& args, Values& into,
                          std::vector<std::string>& positional) {
    for (size_t i = 0; i < args.size(); ++i) {
        const std::string& arg = args[i];
        if (arg.empty() || arg[0] != '-' || arg == "-") {
            if (program == Program::kDaemon) {
                return fail("Command line contains unexpected token '" + arg +
                            "', see sluiced -h for a list of options.");
            }
            positional.assign(args.begin() + static_cast<std::ptrdiff_t>(i), args.end());
            break;
        }
        const size_t equals = arg.find('=');
        const size_t dashes = arg.starts_with("--") ? 2 : 1;
        const auto [name, negated] =
            split_negation(arg.substr(dashes, equals == arg.npos ? arg.npos : equals - dashes));
        const OptionSpec* option = find_option(program, name);
        if (option == nullptr) return fail("Error parsing command line arguments: Invalid parameter " + arg);
        const std::string text = equals == arg.npos ? "" : arg.substr(equals + 1);
        Result<Value> value = interpret(*option, negated, equals == arg.npos ? nullptr : &text);
        if (!value) return fail("Error parsing command line arguments: " + value.error().message);
        if (name == "includeconf" && !value->negated) {
            return fail(
                "Error parsing command line arguments: -includeconf cannot be used from commandline; -includeconf=" +
                (negated ? "true" : "\"" + text + "\""));
        }
        into[name].push_back(std::move(*value));
    }
    return {};
}

Result<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail("could not be opened");
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

struct SectionSeen {
    std::string name;
    std::string file;
    int line;
};

class FileReader {
public:
    FileReader(Program program, Sources& sources, std::vector<std::string>& warnings)
        : program_(program), sources_(sources), warnings_(warnings) {}

    Status add(const std::string& text, const std::string& shown_name) {
        const ConfigText parsed = TRY(parse_config_text(text));
        for (const auto& [name, line] : parsed.sections) seen_.push_back({name, shown_name, line});
        for (const ConfigLine& line : parsed.lines) {
            const auto [name, negated] = split_negation(line.name);
            if (name == "conf") {
                return fail(
                    "conf cannot be set in the configuration file; use includeconf= if you want to include additional "
                    "config files");
            }
            const OptionSpec* option = find_option(program_, name);
            if (option == nullptr) {
                // A file is shared by programs and versions: what one does not know is not its business.
                if (program_ == Program::kDaemon) {
                    const std::string prefix = line.section.empty() ? "" : line.section + ".";
                    warnings_.push_back("Ignoring unknown configuration value " + prefix + line.name);
                }
                continue;
            }
            sources_.file[line.section][name].push_back(TRY(interpret(*option, negated, &line.value)));
        }
        return {};
    }
    [[nodiscard]] const std::vector<SectionSeen>& sections() const { return seen_; }

private:
    Program program_;
    Sources& sources_;
    std::vector<std::string>& warnings_;
    std::vector<SectionSeen> seen_;
};

// Core's single value: nullopt if nowhere given, else the text ("0" for a negation).
std::optional<std::string> single_value(const Sources& sources, std::string_view section, std::string_view name,
                                        bool ignore_default) {
    const auto in = [&](const Values* values) -> const std::vector<Value>* {
        if (values == nullptr) return nullptr;
        const auto found = values->find(name);
        return found == values->end() ? nullptr : &found->second;
    };
    if (const auto* given = in(&sources.command_line)) {
        const Slice slice(*given);
        return slice.values.empty() ? "0" : slice.values.back().text;
    }
    for (const bool in_section : {true, false}) {
        if (in_section && section.empty()) continue;
        const auto* given = in(sources.section(in_section ? section : std::string_view()));
        if (given == nullptr) continue;
        const Slice slice(*given);
        if (!in_section && ignore_default && !slice.last_negated) continue;
        return slice.values.empty() ? "0" : slice.values.front().text;
    }
    return std::nullopt;
}

std::vector<std::string> list_value(const Sources& sources, std::string_view section, std::string_view name,
                                    bool ignore_default) {
    std::vector<std::string> out;
    bool done = false;
    bool empty_negation = false;
    const auto merge = [&](const Values* values, bool from_file) {
        if (values == nullptr) return;
        const auto found = values->find(name);
        if (found == values->end()) return;
        const Slice slice(found->second);
        // A negation that is followed by a value on the command line lets the file's values back in.
        if (!done || (from_file && !empty_negation)) {
            for (const Value& value : slice.values) out.push_back(value.text);
        }
        done = done || slice.negated;
        empty_negation = empty_negation || (slice.last_negated && out.empty());
    };
    merge(&sources.command_line, false);
    if (!section.empty()) merge(sources.section(section), true);
    if (!ignore_default) merge(sources.section(""), true);
    return out;
}

Result<std::string> choose_chain(const Sources& sources) {
    const std::optional<std::string> chain = single_value(sources, "", "chain", false);
    for (const char* shortcut : {"regtest", "signet", "testnet"}) {
        const std::optional<std::string> given = single_value(sources, "", shortcut, false);
        if (!given || !truthy(*given)) continue;
        if (chain) return fail("Invalid combination of -regtest, -signet, -testnet and -chain. Can use at most one.");
        return fail("-" + std::string(shortcut) +
                    " is a Bitcoin network; this program serves Elements chains (-chain=NAME)");
    }
    const std::string name = chain.value_or(std::string(kDefaultChain));
    if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos || name.find('\0') != name.npos) {
        return fail("\"" + name + "\" is no name for a chain");
    }
    return name;
}

std::filesystem::path normal(const std::filesystem::path& path) {
    std::filesystem::path out = std::filesystem::absolute(path).lexically_normal();
    return out.has_filename() ? out : out.parent_path();
}

Status read_files(Program program, Sources& sources, Config& config) {
    const std::optional<std::string> given = single_value(sources, "", "conf", false);
    const Slice conf(sources.command_line["conf"]);
    if (conf.last_negated) return {};
    const std::filesystem::path name =
        given && !given->empty() ? std::filesystem::path(*given) : std::filesystem::path(kFileName);
    config.config_file = name.is_absolute() ? name : config.data_dir / name;
    const std::string shown = config.config_file.string();
    if (std::filesystem::is_directory(config.config_file)) return fail("Config file \"" + shown + "\" is a directory.");
    const Result<std::string> text = read_file(config.config_file);
    if (!text) {
        if (given) return fail("specified config file \"" + shown + "\" could not be opened.");
        return {};  // without the default file everything has its default
    }
    FileReader reader(program, sources, config.warnings);
    TRY_VOID(reader.add(*text, shown));

    const Slice include_switch(sources.command_line["includeconf"]);
    if (!include_switch.last_negated) {
        const std::string chain = TRY(choose_chain(sources));
        const auto includes = [&] {
            std::vector<std::string> names;
            for (const std::string& section : {chain, std::string()}) {
                const Values* values = sources.section(section);
                if (values == nullptr) continue;
                if (const auto found = values->find("includeconf"); found != values->end()) {
                    for (const Value& value : Slice(found->second).values) names.push_back(value.text);
                }
            }
            return names;
        };
        const std::vector<std::string> names = includes();
        for (const std::string& file : names) {
            const std::filesystem::path path =
                file.starts_with('/') ? std::filesystem::path(file) : config.data_dir / file;
            if (std::filesystem::is_directory(path))
                return fail("Included config file \"" + path.string() + "\" is a directory.");
            const Result<std::string> included = read_file(path);
            if (!included) return fail("Failed to include configuration file " + file);
            TRY_VOID(reader.add(*included, file));
        }
        if (includes().size() > names.size()) {
            config.warnings.push_back("-includeconf cannot be used from included files; it is ignored there");
        }
    }
    const std::string chain = TRY(choose_chain(sources));
    static const std::set<std::string, std::less<>> kKnown = {"main",    "test",     "testnet4",     "signet",
                                                              "regtest", "liquidv1", "liquidv1test", "liquidtestnet"};
    for (const SectionSeen& section : reader.sections()) {
        if (section.name == chain || kKnown.contains(section.name)) continue;
        config.warnings.push_back(section.file + ":" + std::to_string(section.line) + " Section [" + section.name +
                                  "] is not recognized.");
    }
    return {};
}

}  // namespace

Result<ConfigText> parse_config_text(std::string_view text) {
    const auto trim = [](std::string_view part) {
        constexpr std::string_view kBlank = " \t\r\n";
        const size_t first = part.find_first_not_of(kBlank);
        if (first == part.npos) return std::string_view();
        return part.substr(first, part.find_last_not_of(kBlank) - first + 1);
    };
    ConfigText out;
    std::string section;
    for (int number = 1; !text.empty(); ++number) {
        const size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == text.npos ? std::string_view() : text.substr(end + 1);
        const size_t hash = line.find('#');
        line = trim(line.substr(0, hash));
        if (line.empty()) continue;
        const std::string where = "parse error on line " + std::to_string(number);
        const size_t equals = line.find('=');
        if (line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            out.sections.emplace_back(section, number);
        } else if (line.front() == '-') {
            return fail(where + ": " + std::string(line) +
                        ", options in configuration file must be specified without leading -");
        } else if (equals != line.npos) {
            std::string name(trim(line.substr(0, equals)));
            if (hash != line.npos && hash != std::string_view::npos && name.find("rpcpassword") != name.npos) {
                return fail(where + ", using # in rpcpassword can be ambiguous and should be avoided");
            }
            std::string in_section = section;
            // "regtest.port=1" names a section of its own.
            if (const size_t dot = section.empty() ? name.find('.') : name.npos; dot != name.npos) {
                in_section = name.substr(0, dot);
                name.erase(0, dot + 1);
                out.sections.emplace_back(in_section, number);
            }
            out.lines.push_back({in_section, name, std::string(trim(line.substr(equals + 1)))});
        } else {
            std::string hint;
            if (line.starts_with("no"))
                hint = ", if you intended to specify a negated option, use " + std::string(line) + "=1 instead";
            return fail(where + ": " + std::string(line) + hint);
        }
    }
    return out;
}

std::filesystem::path default_data_dir() {
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home == nullptr || *home == '\0' ? "/" : home) / ".sluice";
}

Result<Config> load_config(Program program, const std::vector<std::string>& args,
                           const std::filesystem::path& default_dir) {
    Config config;
    Sources sources;
    TRY_VOID(parse_command_line(program, args, sources.command_line, config.positional));
    for (const char* name : {"help", "help-debug", "h", "?"})
        config.show_help = config.show_help || sources.command_line.contains(name);
    if (const auto version = single_value(sources, "", "version", false)) config.show_version = truthy(*version);
    if (config.show_help || config.show_version) return config;

    const auto set_data_dir = [&]() -> Status {
        const std::string given = single_value(sources, "", "datadir", false).value_or("");
        config.data_dir = normal(given.empty() ? default_dir : std::filesystem::path(given));
        if (!given.empty() && !std::filesystem::is_directory(config.data_dir)) {
            return fail("Specified data directory \"" + given + "\" does not exist.");
        }
        return {};
    };
    TRY_VOID(set_data_dir());
    if (Status read = read_files(program, sources, config); !read) {
        return fail("Error reading configuration file: " + read.error().message);
    }
    TRY_VOID(set_data_dir());  // the file may name another
    config.chain = TRY(choose_chain(sources));
    config.chain_dir = config.data_dir / config.chain;

    std::set<std::string, std::less<>> names;
    for (const auto& [name, values] : sources.command_line) {
        if (!values.empty()) names.insert(name);
    }
    for (const std::string& section : {config.chain, std::string()}) {
        if (const Values* values = sources.section(section)) {
            for (const auto& [name, given] : *values) names.insert(name);
        }
    }
    std::string misplaced;
    for (const std::string& name : names) {
        const bool own_section =
            (find_option(program, name)->flags & kNetworkOnly) != 0 && config.chain != kDefaultChain;
        const std::optional<std::string> value = single_value(sources, config.chain, name, own_section);
        if (!value) {
            misplaced += "Config setting for -" + name + " only applied on " + config.chain + " network when in [" +
                         config.chain + "] section.\n";
            continue;
        }
        config.options.set(name, *value, list_value(sources, config.chain, name, own_section));
        const uint8_t flags = find_option(program, name)->flags;
        const bool off = *value == "0";
        if ((off ? flags & kRefusedOff : flags & kRefused) != 0) {
            return fail("-" + name + (value->empty() ? "" : "=" + *value) + " is not supported by this program");
        }
        if ((flags & kUnused) != 0 && find_option(program, name)->group != OptionGroup::kHidden) {
            config.warnings.push_back("-" + name + " has no effect in this program");
        }
    }
    if (!misplaced.empty() && program == Program::kDaemon) return fail(misplaced.substr(0, misplaced.size() - 1));
    return config;
}

}  // namespace sluice::node
