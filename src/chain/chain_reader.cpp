#include "chain/chain_reader.h"

#include "chain/coin_scan.h"

#include <algorithm>
#include <unordered_set>

#include "chain/branch_view.h"
#include "chain/detail/chain_data.h"
#include "codec/hex.h"

namespace sluice::chain {
namespace {

tl::unexpected<Error> unknown_block(const BlockHash& hash) {
    return fail("Block " + to_display(hash) + " is not known");
}

}  // namespace

BlockInfo ChainData::info_of(const BlockNode& node) const {
    BlockInfo info;
    info.hash = node.hash;
    if (node.prev != nullptr) info.prev = node.prev->hash;
    info.active = is_active(node);
    if (info.active && node.height + 1 < active.size()) info.next = active[node.height + 1]->hash;
    info.height = node.height;
    info.time = node.time;
    info.median_time_past = node.median_time_past;
    info.version = node.version;
    info.tx_count = node.tx_count;
    info.chain_tx_count = node.chain_tx_count;
    info.has_block = node.has(kHasBlock);
    info.has_undo = node.has(kHasUndo);
    info.failed = node.failed();
    info.checked = node.has(kChecked);
    return info;
}

ChainTip ChainReader::tip() const {
    const std::shared_ptr<const ChainTip> tip = data_.tip.load();
    return tip ? *tip : ChainTip();
}

std::optional<BlockInfo> ChainReader::find(const BlockHash& hash) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* const node = data_.tree.find(hash);
    return node != nullptr ? std::optional(data_.info_of(*node)) : std::nullopt;
}

std::optional<BlockInfo> ChainReader::at_height(uint32_t height) const {
    const MutexLock lock(data_.mutex);
    return height < data_.active.size() ? std::optional(data_.info_of(*data_.active[height])) : std::nullopt;
}

std::optional<BlockInfo> ChainReader::ancestor(const BlockHash& of, uint32_t height) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* const node = data_.tree.find(of);
    if (node == nullptr || height > node->height) return std::nullopt;
    return data_.info_of(*node->ancestor(height));
}

std::optional<BlockInfo> ChainReader::fork_of(const BlockHash& a, const BlockHash& b) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* const left = data_.tree.find(a);
    const BlockNode* const right = data_.tree.find(b);
    if (left == nullptr || right == nullptr) return std::nullopt;
    return data_.info_of(*find_fork(left, right));
}

std::optional<BlockInfo> ChainReader::active_fork(const BlockHash& hash) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* const node = data_.tree.find(hash);
    if (node == nullptr) return std::nullopt;
    return data_.info_of(*find_fork(node, data_.active.back()));
}

Result<std::shared_ptr<const BlockHeader>> ChainReader::header(const BlockHash& hash) const {
    if (!find(hash)) return unknown_block(hash);
    return data_.headers.get(hash);
}

Result<std::shared_ptr<const Block>> ChainReader::block(const BlockHash& hash) const {
    std::optional<Block> block = parse_block(TRY(block_bytes(hash)));
    if (!block || compute_hash(block->header) != hash) return fail("Block " + to_display(hash) + " is damaged on disk");
    return std::make_shared<const Block>(std::move(*block));
}

Result<Bytes> ChainReader::block_bytes(const BlockHash& hash) const {
    storage::FlatPosition at;
    {
        const MutexLock lock(data_.mutex);
        const BlockNode* const node = data_.tree.find(hash);
        if (node == nullptr) return unknown_block(hash);
        if (!node->has(kHasBlock)) return fail("Block " + to_display(hash) + " is not on disk");
        at = node->block;
    }
    return data_.store.read_block_bytes(at);
}

Result<rules::BlockDelta> ChainReader::delta(const BlockHash& hash) const {
    storage::FlatPosition at;
    BlockHash prev;
    uint32_t height = 0;
    {
        const MutexLock lock(data_.mutex);
        const BlockNode* const node = data_.tree.find(hash);
        if (node == nullptr) return unknown_block(hash);
        if (!node->has(kHasUndo)) return fail("Undo data of block " + to_display(hash) + " is not on disk");
        at = node->undo;
        prev = node->prev->hash;  // genesis has no undo
        height = node->height;
    }
    const std::shared_ptr<const Block> whole = TRY(block(hash));
    std::optional<rules::BlockDelta> delta = rebuild_delta(*whole, height, TRY(data_.store.read_undo(at, prev)));
    if (!delta) return fail("Undo data of block " + to_display(hash) + " is damaged");
    return std::move(*delta);
}

std::vector<BlockHash> ChainReader::locator(const BlockHash& from) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* at = data_.tree.find(from);
    if (at == nullptr) at = data_.active.back();
    std::vector<BlockHash> out;
    uint32_t step = 1;
    while (at->height > 0) {
        out.push_back(at->hash);
        if (out.size() > 10) step *= 2;
        at = at->ancestor(at->height > step ? at->height - step : 0);
    }
    out.push_back(at->hash);
    return out;
}

std::vector<BlockInfo> ChainReader::headers_after(const std::vector<BlockHash>& locator, const BlockHash& stop,
                                                  size_t max) const {
    std::vector<BlockInfo> out;
    const MutexLock lock(data_.mutex);
    if (locator.empty()) {
        if (const BlockNode* const node = data_.tree.find(stop); node != nullptr) out.push_back(data_.info_of(*node));
        return out;
    }
    uint32_t start = 0;
    for (const BlockHash& hash : locator) {
        const BlockNode* const node = data_.tree.find(hash);
        if (node == nullptr) continue;
        if (data_.is_active(*node)) {
            start = node->height;
            break;
        }
        // A branch that ends above our tip: what follows the tip is nothing.
        if (node->height >= data_.active.size() && node->ancestor(data_.active.back()->height) == data_.active.back()) {
            start = data_.active.back()->height;
            break;
        }
    }
    for (size_t height = size_t{start} + 1; height < data_.active.size() && out.size() < max; ++height) {
        out.push_back(data_.info_of(*data_.active[height]));
        if (out.back().hash == stop) break;
    }
    return out;
}

std::vector<BlockInfo> ChainReader::missing_blocks(const BlockHash& toward, size_t max, uint32_t max_height) const {
    std::vector<BlockInfo> out;
    const MutexLock lock(data_.mutex);
    const BlockNode* const end = data_.tree.find(toward);
    if (end == nullptr || end->failed()) return out;
    const BlockNode* const fork = find_fork(end, data_.active.back());
    const uint32_t last = std::min(end->height, max_height);
    // The walk goes down from a bounded height, so that a long branch costs no more than its first part.
    constexpr uint32_t kStretch = 2048;
    for (uint32_t from = fork->height + 1; from <= last && out.size() < max; from += kStretch) {
        std::vector<const BlockNode*> stretch;
        const BlockNode* at = end->ancestor(std::min(last, from + kStretch - 1));
        for (; at->height >= from; at = at->prev) stretch.push_back(at);
        for (auto it = stretch.rbegin(); it != stretch.rend() && out.size() < max; ++it) {
            if (!(*it)->has(kHasBlock)) out.push_back(data_.info_of(**it));
        }
    }
    return out;
}

std::vector<BlockInfo> ChainReader::branch_ends() const {
    std::vector<BlockInfo> out;
    {
        const MutexLock lock(data_.mutex);
        std::unordered_set<const BlockNode*> inner;
        for (const BlockNode& node : data_.tree.nodes()) inner.insert(node.prev);
        for (const BlockNode& node : data_.tree.nodes()) {
            if (!inner.contains(&node) || &node == data_.active.back()) out.push_back(data_.info_of(node));
        }
    }
    std::ranges::sort(out, [](const BlockInfo& a, const BlockInfo& b) {
        return a.height != b.height ? a.height > b.height : a.hash < b.hash;
    });
    return out;
}

HeaderViewPtr ChainReader::branch(const BlockHash& last) const {
    const MutexLock lock(data_.mutex);
    const BlockNode* const node = data_.tree.find(last);
    if (node == nullptr) return nullptr;
    return std::make_unique<const BranchView>(*node, data_.headers);
}

Result<std::optional<rules::Coin>> ChainReader::coin(const OutPoint& outpoint) const {
    const std::optional<Bytes> bytes = TRY(data_.db->get(coin_key(outpoint)));
    if (!bytes) return std::optional<rules::Coin>();
    std::optional<rules::Coin> coin = decode_coin(*bytes);
    if (!coin) return fail("The chainstate database holds a damaged coin");
    return coin;
}

Result<bool> ChainReader::pegin_spent(const rules::PeginId& pegin) const {
    return TRY(data_.db->get(pegin_key(pegin))).has_value();
}

Result<std::vector<OutPoint>> ChainReader::accepted_pegins() const {
    std::vector<OutPoint> out;
    bool damaged = false;
    TRY_VOID(storage::for_each_prefix(*data_.db, single_key(kAcceptedPrefix), [&](ByteView key, ByteView) {
        const auto deposit = parse_accepted_pegin_key(key);
        damaged = !deposit;
        if (deposit) out.push_back(*deposit);
        return !damaged;
    }));
    if (damaged) return fail("The chainstate database is damaged: an accepted deposit cannot be read");
    return out;
}

std::string ChainReader::waiting() const {
    const auto text = data_.waiting.load();
    return text ? *text : std::string();
}

Result<UtxoStats> ChainReader::utxo_stats(UtxoHashKind kind, const std::atomic<bool>* stop) const {
    return compute_utxo_stats(*data_.db->snapshot(), kind, stop);
}

Result<CoinScan> ChainReader::find_coins(const std::set<Script>& scripts, ScanControl& control) const {
    return scan_coins(*data_.db->snapshot(), scripts, control);
}

uint64_t ChainReader::disk_size() const { return data_.store.disk_size(); }

}  // namespace sluice::chain
