#include "assembly/block_policy.h"

#include <cstdlib>

#include "consensus/rules/limits.h"

namespace sluice::assembly {
namespace {

constexpr int64_t kLeastReserved = 2000;

}  // namespace

Result<BlockPolicy> make_block_policy(const Options& options, const ChainParams& params) {
    BlockPolicy out;
    constexpr auto kMost = static_cast<int64_t>(rules::kMaxBlockWeight);
    const int64_t max_weight = TRY(options.get_int("blockmaxweight", kMost));
    const int64_t reserved = TRY(options.get_int("blockreservedweight", static_cast<int64_t>(out.reserved_weight)));
    const auto wrong = [](const char* name, int64_t value, const std::string& why) {
        return fail("Specified -" + std::string(name) + " (" + std::to_string(value) + ") " + why);
    };
    const std::string too_much = "exceeds consensus maximum block weight (" + std::to_string(kMost) + ")";
    if (max_weight > kMost) return wrong("blockmaxweight", max_weight, too_much);
    if (max_weight < 0) return wrong("blockmaxweight", max_weight, "is negative");
    if (reserved > kMost) return wrong("blockreservedweight", reserved, too_much);
    if (reserved < kLeastReserved) {
        return wrong("blockreservedweight", reserved,
                     "is lower than minimum safety value of (" + std::to_string(kLeastReserved) + ")");
    }
    out.reserved_weight = static_cast<size_t>(reserved);
    out.max_weight = static_cast<size_t>(std::max(max_weight, reserved));
    if (const std::optional<std::string> text = options.get("blockmintxfee")) {
        char* end = nullptr;
        const double coins = std::strtod(text->c_str(), &end);
        if (text->empty() || *end != 0 || !(coins >= 0 && coins <= 1))
            return fail("Invalid amount for -blockmintxfee=<amount>: '" + *text + "'");
        out.min_rate.sat_per_kvb = static_cast<int64_t>(coins * static_cast<double>(kCoin) + 0.5);
    }
    if (options.is_set("blockversion") && params.is_test_chain())
        out.version = static_cast<int32_t>(TRY(options.get_int("blockversion", 0)));
    return out;
}

}  // namespace sluice::assembly
