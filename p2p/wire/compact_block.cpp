#include "p2p/wire/compact_block.h"

#include <algorithm>

#include "crypto/hash_writer.h"
#include "util/check.h"

namespace sluice::wire {
namespace {

constexpr uint64_t kShortIdMask = (uint64_t{1} << 48) - 1;
constexpr size_t kMaxTransactions = 4'000'000 / 40;  // a block's weight limit over the least weight of a transaction

}  // namespace

ShortId ShortIdKey::id(const Wtxid& wtxid) const { return siphash24(k0, k1, wtxid.view()) & kShortIdMask; }

ShortIdKey short_id_key(const BlockHeader& header, uint64_t nonce) {
    HashWriter writer;
    describe(writer, header, HeaderForm::kFull);
    writer.u64(nonce);
    const Hash256 digest = writer.sha256();
    Reader reader(digest.view());
    ShortIdKey key;
    key.k0 = reader.u64();
    key.k1 = reader.u64();
    return key;
}

CmpctBlock make_compact(const Block& block, uint64_t nonce) {
    CHECK(!block.transactions.empty());
    CmpctBlock out;
    out.header = block.header;
    out.nonce = nonce;
    const ShortIdKey key = short_id_key(block.header, nonce);
    out.prefilled.push_back({0, block.transactions[0]});
    for (size_t i = 1; i < block.transactions.size(); ++i)
        out.short_ids.push_back(key.id(block.transactions[i]->wtxid));
    return out;
}

Result<PartialBlock, CompactError> PartialBlock::begin(CmpctBlock message) {
    const size_t count = message.short_ids.size() + message.prefilled.size();
    if (count == 0 || count > kMaxTransactions) return unexpected(CompactError::kInvalid);
    PartialBlock out;
    out.header_ = std::move(message.header);
    out.key_ = short_id_key(out.header_, message.nonce);
    out.transactions_.resize(count);
    for (PrefilledTx& prefilled : message.prefilled) {
        if (prefilled.index >= count || out.transactions_[prefilled.index] != nullptr)
            return unexpected(CompactError::kInvalid);
        out.transactions_[prefilled.index] = std::move(prefilled.tx);
    }
    size_t position = 0;
    for (const ShortId id : message.short_ids) {
        while (out.transactions_[position] != nullptr) ++position;
        out.slots_.push_back({id, static_cast<uint32_t>(position), false});
        ++position;
    }
    std::ranges::sort(out.slots_, {}, &Slot::id);
    const auto twin = std::ranges::adjacent_find(out.slots_, {}, &Slot::id);
    if (twin != out.slots_.end()) return unexpected(CompactError::kCollision);
    return out;
}

std::vector<ShortId> PartialBlock::wanted() const {
    std::vector<ShortId> out;
    for (const Slot& slot : slots_) {
        if (transactions_[slot.position] == nullptr && !slot.ambiguous) out.push_back(slot.id);
    }
    return out;
}

void PartialBlock::offer(const TxRef& tx) {
    const auto slot = std::ranges::lower_bound(slots_, key_.id(tx->wtxid), {}, &Slot::id);
    if (slot == slots_.end() || slot->id != key_.id(tx->wtxid) || slot->ambiguous) return;
    TxRef& place = transactions_[slot->position];
    if (place == nullptr) {
        place = tx;
    } else if (place->wtxid != tx->wtxid) {
        place = nullptr;
        slot->ambiguous = true;
    }
}

std::vector<uint32_t> PartialBlock::missing() const {
    std::vector<uint32_t> out;
    for (size_t i = 0; i < transactions_.size(); ++i) {
        if (transactions_[i] == nullptr) out.push_back(static_cast<uint32_t>(i));
    }
    return out;
}

Result<Block, CompactError> PartialBlock::complete(const std::vector<TxRef>& transactions) const {
    Block out{header_, transactions_};
    size_t used = 0;
    for (TxRef& place : out.transactions) {
        if (place != nullptr) continue;
        if (used == transactions.size()) return unexpected(CompactError::kWrong);
        place = transactions[used++];
    }
    if (used != transactions.size()) return unexpected(CompactError::kWrong);
    return out;
}

}  // namespace sluice::wire
