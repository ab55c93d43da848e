// ParentView: what the node knows of the parent chain, as the rules for peg-ins look it up. A port: peg/chain
// implements it over its validated headers and publishes immutable snapshots; one block is judged against one of them.
// Thread-safe by being const.
#pragma once

#include <optional>

#include "peg/parent/ids.h"

namespace sluice::peg {

struct ParentBlockStatus {
    uint32_t depth = 0;                // height(tip) - height(block) + 1
    std::optional<uint32_t> tx_count;  // known once the block itself was seen
};

class ParentView {
public:
    virtual ~ParentView() = default;
    // nullopt: not in the best chain that this view has, or the view is not ready to answer (federation-design.md
    // section 5).
    [[nodiscard]] virtual std::optional<ParentBlockStatus> find(const parent::ParentBlockHash& block) const = 0;
};

}  // namespace sluice::peg
