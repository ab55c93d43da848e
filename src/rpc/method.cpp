#include "rpc/method.h"

#include <algorithm>
#include <map>

#include "rpc/method_tables.h"

namespace sluice::rpc {
namespace {

std::string_view first_name(std::string_view names) { return names.substr(0, names.find('|')); }

std::string_view type_words(ArgType type) {
    switch (type) {
        case ArgType::kText: return "string";
        case ArgType::kHex: return "string, hex";
        case ArgType::kNumber: return "numeric";
        case ArgType::kBool: return "boolean";
        case ArgType::kAmount: return "numeric or string";
        case ArgType::kArray: return "json array";
        case ArgType::kObject: return "json object";
        case ArgType::kAny:
        case ArgType::kAnyText:
        case ArgType::kWord: return "any";
    }
    return "";
}

}  // namespace

std::span<const Method> all_methods() {
    static const std::vector<Method> methods = [] {
        std::vector<Method> out;
        for (const auto& table :
             {chain_methods(), control_methods(), federation_methods(), mining_methods(), network_methods(),
              pset_methods(), rawtx_methods(), signing_methods(), wallet_methods(), zmq_methods()}) {
            out.insert(out.end(), table.begin(), table.end());
        }
        return out;
    }();
    return methods;
}

const Method* find_method(std::string_view name) {
    static const std::map<std::string_view, const Method*> index = [] {
        std::map<std::string_view, const Method*> out;
        for (const Method& method : all_methods()) out.emplace(method.name, &method);
        return out;
    }();
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

std::string usage(const Method& method) {
    std::string out(method.name);
    bool optional = false;
    for (const Argument& argument : method.arguments) {
        out += ' ';
        if (!argument.required && !optional) {
            out += "( ";
            optional = true;
        }
        const bool quoted = argument.type == ArgType::kText || argument.type == ArgType::kHex;
        const std::string name(first_name(argument.names));
        if (!argument.shown.empty()) {
            out += argument.shown;
        } else if (argument.type == ArgType::kArray) {
            out += "[\"" + name + "\",...]";
        } else if (argument.type == ArgType::kObject) {
            out += "{\"" + name + "\":...}";
        } else {
            out += quoted ? "\"" + name + "\"" : name;
        }
    }
    if (optional) out += " )";
    return out;
}

std::string help_text(const Method& method) {
    std::string out = usage(method) + "\n\n" + std::string(method.help) + "\n";
    if (method.arguments.empty()) return out;
    out += "\nArguments:\n";
    for (size_t i = 0; i < method.arguments.size(); ++i) {
        const Argument& argument = method.arguments[i];
        out += std::to_string(i + 1) + ". " + std::string(first_name(argument.names)) + "    (" +
               std::string(type_words(argument.type)) + (argument.required ? ", required)" : ", optional)");
        if (!argument.help.empty()) out += " " + std::string(argument.help);
        out += "\n";
    }
    return out;
}

std::string help_overview(const std::set<std::string_view>& hidden) {
    std::vector<const Method*> shown;
    for (const Method& method : all_methods()) {
        if (method.category != "hidden" && !hidden.contains(method.category)) shown.push_back(&method);
    }
    std::ranges::sort(shown, [](const Method* a, const Method* b) {
        return std::pair(a->category, a->name) < std::pair(b->category, b->name);
    });
    std::string out;
    std::string_view category;
    for (const Method* method : shown) {
        if (method->category != category) {
            if (!category.empty()) out += "\n";
            category = method->category;
            std::string title(category);
            title[0] = static_cast<char>(title[0] - 'a' + 'A');
            out += "== " + title + " ==\n";
        }
        out += usage(*method) + "\n";
    }
    out.pop_back();
    return out;
}

}  // namespace sluice::rpc
