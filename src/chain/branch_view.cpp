#include "chain/branch_view.h"

namespace sluice::chain {

const BlockNode& BranchView::at(uint32_t height) const {
    near_ = (near_->height >= height ? near_ : &last_)->ancestor(height);
    return *near_;
}

Hash256 BranchView::proposed_root_at(uint32_t height) const {
    const BlockNode& node = at(height);
    return node.proposal != nullptr ? *node.proposal : Hash256();
}

std::shared_ptr<const BlockHeader> BranchView::header_at(uint32_t height) const {
    auto header = headers_.get(at(height).hash);
    if (header) return std::move(*header);
    fault_ = header.error();
    return std::make_shared<const BlockHeader>();
}

}  // namespace sluice::chain
