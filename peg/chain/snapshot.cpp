#include "peg/chain/snapshot.h"

#include <algorithm>

namespace sluice::parent_chain {

namespace {
constexpr size_t kMaxWishes = 64;
}

void CountWishes::add(const ParentBlockHash& hash) {
    const MutexLock lock(mutex_);
    if (wishes_.size() < kMaxWishes && std::ranges::find(wishes_, hash) == wishes_.end()) wishes_.push_back(hash);
}

std::vector<ParentBlockHash> CountWishes::take() {
    const MutexLock lock(mutex_);
    return std::exchange(wishes_, {});
}

std::optional<peg::ParentBlockStatus> ParentSnapshot::find(const ParentBlockHash& block) const {
    const HeaderEntry* entry = ready_ ? index_->find(block) : nullptr;
    if (entry == nullptr || !is_in_chain(entry, tip_)) return std::nullopt;
    peg::ParentBlockStatus out;
    out.depth = tip_->height - entry->height + 1;
    if (const uint32_t count = entry->tx_count.load(); count != 0) {
        out.tx_count = count;
    } else {
        wishes_->add(block);
    }
    return out;
}

std::optional<uint32_t> ParentSnapshot::height_of(const ParentBlockHash& block) const {
    const HeaderEntry* entry = index_->find(block);
    if (entry == nullptr || !is_in_chain(entry, tip_)) return std::nullopt;
    return entry->height;
}

std::optional<ParentBlockHash> ParentSnapshot::hash_at(uint32_t height) const {
    const HeaderEntry* entry = ancestor(tip_, height);
    return entry == nullptr ? std::nullopt : std::optional(entry->hash);
}

std::optional<parent::U256> ParentSnapshot::work_of(const ParentBlockHash& block) const {
    const HeaderEntry* entry = index_->find(block);
    return entry == nullptr ? std::nullopt : std::optional(entry->work);
}

const ParentBlockHash& ParentSnapshot::below_tip(uint32_t lag) const {
    return ancestor(tip_, tip_->height > lag ? tip_->height - lag : 0)->hash;
}

bool ParentSnapshot::accepts_commitment(const ParentBlockHash& committed, const ParentBlockHash& previous) const {
    if (committed == previous) return true;
    const HeaderEntry* now = index_->find(committed);
    if (now == nullptr || !is_in_chain(now, tip_)) return false;
    const HeaderEntry* before = index_->find(previous);
    return before == nullptr || now->work > before->work;
}

std::shared_ptr<const ParentSnapshot> ParentSnapshot::at(const ParentBlockHash& block) const {
    const HeaderEntry* entry = index_->find(block);
    if (entry == nullptr || !is_in_chain(entry, tip_)) return nullptr;
    return std::make_shared<ParentSnapshot>(index_, entry, ready_, sequence_, wishes_);
}

}  // namespace sluice::parent_chain
