// Options as the vector files write them: "-name=value", "-name", "-noname".
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "util/options.h"

namespace sluice::test {

inline Options options_of(const nlohmann::json& list) {
    Options out;
    for (const auto& item : list) {
        std::string text = item.get<std::string>();
        text.erase(0, text.find_first_not_of('-'));
        const size_t equals = text.find('=');
        if (equals != std::string::npos) {
            out.add(text.substr(0, equals), text.substr(equals + 1));
        } else if (text.starts_with("no")) {
            out.add(text.substr(2), "0");
        } else {
            out.add(text, "1");
        }
    }
    return out;
}

}  // namespace sluice::test
