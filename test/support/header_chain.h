// A HeaderView over headers kept in memory.
#pragma once

#include <algorithm>
#include <vector>

#include "consensus/primitives/header_view.h"
#include "federation/rules/dynafed.h"

namespace sluice::test {

class HeaderChain final : public HeaderView {
public:
    void add(const BlockHeader& header) { headers_.push_back(std::make_shared<const BlockHeader>(header)); }
    // The first `count` headers.
    [[nodiscard]] HeaderChain prefix(size_t count) const {
        HeaderChain out;
        out.headers_.assign(headers_.begin(), headers_.begin() + static_cast<std::ptrdiff_t>(count));
        return out;
    }
    [[nodiscard]] size_t size() const { return headers_.size(); }

    [[nodiscard]] uint32_t height() const override { return static_cast<uint32_t>(headers_.size() - 1); }
    [[nodiscard]] BlockHash hash_at(uint32_t height) const override { return compute_hash(*headers_.at(height)); }
    [[nodiscard]] int32_t version_at(uint32_t height) const override { return headers_.at(height)->version; }
    [[nodiscard]] uint32_t time_at(uint32_t height) const override { return headers_.at(height)->time; }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t height) const override {
        std::vector<uint32_t> times;
        for (uint32_t h = height > 10 ? height - 10 : 0; h <= height; ++h) times.push_back(time_at(h));
        std::ranges::sort(times);
        return times[times.size() / 2];
    }
    [[nodiscard]] bool is_dynafed_at(uint32_t height) const override { return headers_.at(height)->is_dynafed(); }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t height) const override {
        const BlockHeader& header = *headers_.at(height);
        return header.is_dynafed() ? fed_rules::entry_root(header.dynafed().proposed) : Hash256{};
    }
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t height) const override {
        return headers_.at(height);
    }

private:
    std::vector<std::shared_ptr<const BlockHeader>> headers_;
};

}  // namespace sluice::test
