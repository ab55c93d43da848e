// Options: what the command line and the configuration file said, by Elements' option names without the dash. Immutable
// after start-up. Parsing argv and files is in node/config; this type lets pure modules (chain parameters) read
// options.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace sluice {

class Options {
public:
    // Appends one value; the first value of a name is the one that `get` gives.
    void add(std::string name, std::string value) { values_[std::move(name)].push_back(std::move(value)); }
    // Sets the value that `get` gives and the list that `get_all` gives, which may be in another order or empty
    // (-noname).
    void set(std::string name, std::string value, std::vector<std::string> list) {
        single_[name] = std::move(value);
        values_[std::move(name)] = std::move(list);
    }

    [[nodiscard]] bool is_set(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    [[nodiscard]] std::string get_or(std::string_view name, std::string_view otherwise) const;
    [[nodiscard]] std::vector<std::string> get_all(std::string_view name) const;
    // As Core reads booleans: "" and every non-zero number are true, "0" is false; -noname is stored as name=0.
    [[nodiscard]] bool get_bool(std::string_view name, bool otherwise) const;
    // An error names the option when its value is not a whole decimal number.
    [[nodiscard]] Result<int64_t> get_int(std::string_view name, int64_t otherwise) const;
    [[nodiscard]] const std::map<std::string, std::vector<std::string>, std::less<>>& all() const { return values_; }

private:
    std::map<std::string, std::string, std::less<>> single_;  // where it differs from the first of the list
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace sluice
