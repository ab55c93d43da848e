// ParentView: port to one unchanging picture of the parent chain, as peg-in checks ask it (federation-design section
// 5). A block is judged against one view from start to end. Implemented by peg/chain's published snapshot; readable
// from any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "peg/parent/ids.h"

namespace sluice::peg_proof {

struct ParentBlockPlace {
    uint32_t height = 0;
    // Blocks from this one to the view's tip, both counted; 0 if it is not in the best chain.
    uint32_t depth = 0;
    // How many transactions the block holds; nullopt as long as it was not fetched.
    std::optional<uint32_t> transactions;
};

class ParentView {
public:
    virtual ~ParentView() = default;
    // False until the header chain is plausible (enough work, a fresh tip): every question of depth is then Deferred.
    [[nodiscard]] virtual bool ready() const = 0;
    // nullopt: the header is not known.
    [[nodiscard]] virtual std::optional<ParentBlockPlace> find(const parent::ParentBlockHash& hash) const = 0;
    // Grows with each newer view: a deferred block is tried once for each.
    [[nodiscard]] virtual uint64_t sequence() const = 0;
};

}  // namespace sluice::peg_proof
