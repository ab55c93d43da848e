#include "mempool/money_text.h"

namespace sluice::mempool {

std::string coins_text(Amount amount) {
    const bool negative = amount.sat < 0;
    const uint64_t sat = negative ? uint64_t{0} - static_cast<uint64_t>(amount.sat) : static_cast<uint64_t>(amount.sat);
    const std::string part = std::to_string(sat % kCoin);
    return (negative ? "-" : "") + std::to_string(sat / kCoin) + "." + std::string(8 - part.size(), '0') + part;
}

std::string short_coins_text(Amount amount) {
    std::string text = coins_text(amount);
    const size_t least = text.find('.') + 3;
    while (text.size() > least && text.back() == '0') text.pop_back();
    return text;
}

}  // namespace sluice::mempool
