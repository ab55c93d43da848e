// ParentSnapshot: the parent chain up to one tip, unchanging. The best one is published (ParentChain::snapshot); at(c)
// gives the chain that ends at an earlier block. Any thread.
#pragma once

#include <memory>

#include "peg/chain/header_index.h"
#include "peg/proof/parent_view.h"

namespace sluice::parent_chain {

// Blocks whose transaction count somebody asked for in vain; the parent thread fetches them. Bounded; any thread.
class CountWishes {
public:
    void add(const ParentBlockHash& hash);
    std::vector<ParentBlockHash> take();

private:
    Mutex mutex_;
    std::vector<ParentBlockHash> wishes_ GUARDED_BY(mutex_);
};

class ParentSnapshot final : public peg::ParentView {
public:
    ParentSnapshot(std::shared_ptr<const HeaderIndex> index, const HeaderEntry* tip, bool ready, uint64_t sequence,
                   std::shared_ptr<CountWishes> wishes)
        : index_(std::move(index)), tip_(tip), ready_(ready), sequence_(sequence), wishes_(std::move(wishes)) {}

    [[nodiscard]] std::optional<peg::ParentBlockStatus> find(const ParentBlockHash& block) const override;

    // Enough work and a fresh tip (federation-design section 5); until then find() knows nothing.
    [[nodiscard]] bool ready() const { return ready_; }
    // Grows with each newer snapshot: deferred things are tried once for each.
    [[nodiscard]] uint64_t sequence() const { return sequence_; }
    [[nodiscard]] const ParentBlockHash& tip() const { return tip_->hash; }
    [[nodiscard]] uint32_t height() const { return tip_->height; }
    [[nodiscard]] uint32_t tip_time() const { return tip_->time; }
    // Height of a block of this chain.
    [[nodiscard]] std::optional<uint32_t> height_of(const ParentBlockHash& block) const;
    [[nodiscard]] bool contains(const ParentBlockHash& block) const { return height_of(block).has_value(); }
    [[nodiscard]] std::optional<ParentBlockHash> hash_at(uint32_t height) const;
    // Work of the chain up to a known header of any branch.
    [[nodiscard]] std::optional<parent::U256> work_of(const ParentBlockHash& block) const;
    // The block `lag` below the tip (or the genesis): what a proposer commits to.
    [[nodiscard]] const ParentBlockHash& below_tip(uint32_t lag) const;
    // Section 3's rule for a new commitment: it repeats `previous`, or is in this chain with more work than `previous`,
    // which counts nothing if its header is unknown.
    [[nodiscard]] bool accepts_commitment(const ParentBlockHash& committed, const ParentBlockHash& previous) const;
    // The same chain ending at one of its blocks; null if `block` is not in it.
    [[nodiscard]] std::shared_ptr<const ParentSnapshot> at(const ParentBlockHash& block) const;

private:
    std::shared_ptr<const HeaderIndex> index_;
    const HeaderEntry* tip_;
    bool ready_;
    uint64_t sequence_;
    std::shared_ptr<CountWishes> wishes_;
};

}  // namespace sluice::parent_chain
