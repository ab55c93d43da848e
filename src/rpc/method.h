// What each RPC method is called and takes: one table for the server (argument checks, named arguments, help) and for
// sluice-cli (which words of a command line are JSON). It names no handler, so the client links nothing of the node.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::rpc {

enum class ArgType {
    kText,
    kHex,  // text; the handler says what is wrong with it
    kNumber,
    kBool,
    kAmount,  // number or text
    kArray,
    kObject,
    kAny,      // a number or a bool, or several forms; the handler checks
    kAnyText,  // like kAny, but sluice-cli passes plain words on as text
    kWord,     // any form; sluice-cli passes each word on as text
};

struct Argument {
    std::string_view names;  // the first is shown; further ones, after '|', are accepted as well
    ArgType type = ArgType::kText;
    bool required = false;
    std::string_view help = {};
    std::string_view shown = {};  // in the usage line, where the name alone does not say it
};

struct Method {
    std::string_view name;
    std::string_view category;  // "hidden": left out of the list that help prints
    std::string_view help;
    std::vector<Argument> arguments = {};
};

// By category, then as written there.
std::span<const Method> all_methods();
// nullptr: unknown.
const Method* find_method(std::string_view name);

// "getblock "blockhash" ( verbosity )", as the first line of help.
std::string usage(const Method& method);
std::string help_text(const Method& method);
// "getblock ..." of every method, by category and name; without the categories in `hidden`.
std::string help_overview(const std::set<std::string_view>& hidden = {});

}  // namespace sluice::rpc
