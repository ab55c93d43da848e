// BranchView: the headers from genesis to one node as rules look back on them. A short-lived value; any thread that got
// the node under the tree's lock. Ask fault() before trusting what rules said.
#pragma once

#include <optional>

#include "chain/block_store.h"
#include "chain/block_tree.h"
#include "consensus/primitives/header_view.h"

namespace sluice::chain {

class BranchView final : public HeaderView {
public:
    BranchView(const BlockNode& last, const HeaderStore& headers) : last_(last), headers_(headers), near_(&last) {}

    [[nodiscard]] uint32_t height() const override { return last_.height; }
    [[nodiscard]] BlockHash hash_at(uint32_t height) const override { return at(height).hash; }
    [[nodiscard]] int32_t version_at(uint32_t height) const override { return at(height).version; }
    [[nodiscard]] uint32_t time_at(uint32_t height) const override { return at(height).time; }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t height) const override { return at(height).median_time_past; }
    [[nodiscard]] bool is_dynafed_at(uint32_t height) const override { return at(height).dynafed; }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t height) const override;
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t height) const override;
    [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }

private:
    [[nodiscard]] const BlockNode& at(uint32_t height) const;

    const BlockNode& last_;
    const HeaderStore& headers_;
    mutable const BlockNode* near_;  // the last answer: rules walk downwards one by one
    mutable std::optional<Error> fault_;
};

}  // namespace sluice::chain
