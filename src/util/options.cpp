#include "util/options.h"

#include <charconv>

namespace sluice {

bool Options::is_set(std::string_view name) const { return values_.contains(name); }

std::optional<std::string> Options::get(std::string_view name) const {
    if (const auto set = single_.find(name); set != single_.end()) return set->second;
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second.front();
}

std::string Options::get_or(std::string_view name, std::string_view otherwise) const {
    return get(name).value_or(std::string(otherwise));
}

std::vector<std::string> Options::get_all(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
}

bool Options::get_bool(std::string_view name, bool otherwise) const {
    const std::optional<std::string> value = get(name);
    if (!value) return otherwise;
    if (value->empty()) return true;
    int64_t number = 0;
    std::from_chars(value->data(), value->data() + value->size(), number);
    return number != 0;
}

Result<int64_t> Options::get_int(std::string_view name, int64_t otherwise) const {
    const std::optional<std::string> value = get(name);
    if (!value) return otherwise;
    int64_t number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (error != std::errc() || end != value->data() + value->size()) {
        return fail("-" + std::string(name) + " takes a whole number, not \"" + *value + "\"");
    }
    return number;
}

}  // namespace sluice
