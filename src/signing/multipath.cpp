#include <set>

#include "signing/detail/descriptor_node.h"

namespace sluice::signing {

Result<std::vector<std::string>> split_multipath(std::string_view text) {
    std::vector<std::string> out(1);
    bool in_key = false;
    while (true) {
        const size_t open = text.find('<');
        const std::string_view before = text.substr(0, open);
        for (std::string& each : out) each += before;
        if (open == text.npos) return out;
        if (before.find_first_of(",(){}]") != before.npos) in_key = false;
        if (in_key) return fail("Multiple multipath key path specifiers found");
        in_key = true;
        const size_t close = text.find('>', open);
        if (close == text.npos)
            return fail("Key path value '" + std::string(text.substr(open)) + "' is not a valid uint32");
        std::string_view list = text.substr(open + 1, close - open - 1);
        text.remove_prefix(close + 1);
        // An origin is one path.
        const size_t bracket = text.find_first_of("],(){}");
        if (bracket != text.npos && text[bracket] == ']') {
            return fail("Key path value '<" + std::string(list) +
                        ">' specifies multipath in a section where multipath is not allowed");
        }
        std::vector<std::string> numbers;
        std::set<std::string> seen;
        while (true) {
            const size_t end = list.find(';');
            numbers.emplace_back(list.substr(0, end));
            if (!seen.insert(numbers.back()).second)
                return fail("Duplicated key path value " + numbers.back() + " in multipath specifier");
            if (end == list.npos) break;
            list.remove_prefix(end + 1);
        }
        if (numbers.size() < 2) return fail("Multipath key path specifiers must have at least two items");
        if (out.size() == 1) out.resize(numbers.size(), out[0]);
        if (out.size() != numbers.size()) return fail("multi(): Multipath derivation paths have mismatched lengths");
        for (size_t i = 0; i < out.size(); ++i) out[i] += numbers[i];
    }
}

}  // namespace sluice::signing
