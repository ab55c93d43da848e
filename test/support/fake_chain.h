// A chain for tests of sync, with rules that a test can break on purpose (sync_world.h says which), and the blocks and
// transactions that it is fed with. Answers come as tasks.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "consensus/primitives/merkle.h"
#include "p2p/sync/ports.h"
#include "util/clock.h"

namespace sluice::test {

inline constexpr int64_t kStart = 1'700'000'000;

class TestClock final : public Clock {
public:
    [[nodiscard]] int64_t unix_time() const override { return kStart + elapsed.count() / 1000; }
    [[nodiscard]] SteadyTime steady() const override { return SteadyTime{} + std::chrono::hours(1) + elapsed; }
    std::chrono::milliseconds elapsed{0};
};

using Tasks = std::deque<std::function<void()>>;

inline Transaction spend(const Txid& of, uint32_t salt) {
    Transaction tx;
    TxIn in;
    in.prevout = {of, 0};
    tx.inputs.push_back(in);
    TxOut out;
    out.asset = AssetId{};
    out.value = Amount{1};
    out.script.bytes = {0x51, static_cast<uint8_t>(salt), static_cast<uint8_t>(salt >> 8),
                        static_cast<uint8_t>(salt >> 16)};
    tx.outputs.push_back(out);
    return tx;
}
inline Txid coin(uint8_t n) {
    Txid id;
    id.bytes[0] = 0xcc;
    id.bytes[1] = n;
    return id;
}

inline constexpr uint8_t kValid = 1;
inline constexpr uint8_t kInvalid = 0xff;         // at once
inline constexpr uint8_t kInvalidInPlace = 0xfe;  // when it is to be connected
inline std::shared_ptr<const Block> make_block(const BlockHash& prev, uint32_t height, uint32_t time, uint32_t salt,
                                               std::vector<TxRef> transactions = {}, uint8_t body = kValid) {
    auto block = std::make_shared<Block>();
    Transaction coinbase = spend(Txid{}, salt + height * 1000);
    coinbase.inputs[0].prevout = OutPoint{};
    coinbase.inputs[0].script_sig.bytes = {body};
    block->transactions.push_back(make_tx(std::move(coinbase)));
    for (const TxRef& tx : transactions) block->transactions.push_back(tx);
    block->header.prev = prev;
    block->header.height = height;
    block->header.time = time;
    block->header.merkle_root = tx_merkle_root(block->transactions).root;
    block->header.seal = BlockProof{Script{{0x51}}, Script{{1}}};
    return block;
}

class FakeChain final : public sync::ChainPort {
public:
    FakeChain(Tasks& queue, const Clock& wall) : tasks(queue), clock(wall) {
        const auto genesis = make_block(BlockHash{}, 0, kStart - 365 * 24 * 3600, 0);
        tip_hash = genesis_hash = best_header = compute_hash(genesis->header);
        nodes[tip_hash] = {genesis->header, genesis, false, true};
        active = branch = {genesis_hash};
    }
    struct Node {
        BlockHeader header;
        std::shared_ptr<const Block> block;
        bool failed = false;
        bool complete = false;  // it and all its ancestors have their blocks
        bool checked = false;   // it was connected once
    };

    [[nodiscard]] sync::Tip tip() const override {
        const Node& node = nodes.at(tip_hash);
        const Node& best = nodes.at(best_header);
        sync::Tip out{tip_hash, node.header.height, node.header.time, best_header, best.header.height, best.header.time,
                      false};
        out.initial_download = int64_t{node.header.time} < clock.unix_time() - 24 * 3600;
        return out;
    }
    [[nodiscard]] std::optional<sync::KnownBlock> find(const BlockHash& hash) const override {
        const auto at = nodes.find(hash);
        if (at == nodes.end()) return std::nullopt;
        const Node& node = at->second;
        return sync::KnownBlock{hash,
                                node.header.prev,
                                node.header.height,
                                node.header.time,
                                is_active(hash, node.header.height),
                                node.block != nullptr,
                                node.failed,
                                node.checked};
    }
    [[nodiscard]] std::optional<sync::KnownBlock> ancestor(const BlockHash& of, uint32_t height) const override {
        auto at = find(of);
        if (!at || at->height < height) return std::nullopt;
        if (at->height < branch.size() && branch[at->height] == of) return find(branch[height]);
        while (at->height > height) at = at->active ? find(active[height]) : find(at->prev);
        return at;
    }
    [[nodiscard]] std::optional<sync::KnownBlock> at_height(uint32_t height) const override {
        return ancestor(tip_hash, height);
    }
    [[nodiscard]] std::vector<BlockHash> locator(const BlockHash& from) const override {
        std::vector<BlockHash> out;
        uint32_t step = 1;
        for (auto at = find(from); at;) {
            out.push_back(at->hash);
            if (at->height == 0) break;
            if (out.size() > 10) step *= 2;
            at = ancestor(at->hash, at->height > step ? at->height - step : 0);
        }
        return out;
    }
    [[nodiscard]] std::vector<sync::KnownBlock> after(const std::vector<BlockHash>& locator, const BlockHash& stop,
                                                      size_t most) const override {
        uint32_t height = 0;
        for (const BlockHash& hash : locator) {
            const auto known = find(hash);
            if (!known || !known->active) continue;
            height = known->height;
            break;
        }
        std::vector<sync::KnownBlock> out;
        while (out.size() < most) {
            const auto next = at_height(++height);
            if (!next) break;
            out.push_back(*next);
            if (next->hash == stop) break;
        }
        return out;
    }
    [[nodiscard]] std::vector<sync::KnownBlock> missing(const BlockHash& toward, size_t most,
                                                        uint32_t max_height) const override {
        std::vector<sync::KnownBlock> out;
        const auto end = find(toward);
        if (!end || end->failed) return {};
        // Up from the last block that is on the active chain.
        uint32_t height = std::min<uint32_t>(end->height, static_cast<uint32_t>(active.size()) - 1);
        while (!ancestor(toward, height)->active) --height;
        while (++height <= std::min(end->height, max_height) && out.size() < most) {
            const auto at = ancestor(toward, height);
            if (!at->has_block) out.push_back(*at);
        }
        return out;
    }

    void accept_headers(std::vector<BlockHeader> headers, std::function<void(sync::HeadersResult)> done) override {
        tasks.push_back([this, headers = std::move(headers), done] {
            sync::HeadersResult result;
            for (const BlockHeader& header : headers) {
                result.failure = add_header(header);
                if (result.failure) break;
                ++result.accepted;
            }
            done(result);
        });
    }
    void accept_block(std::shared_ptr<const Block> block, bool, std::function<void(sync::BlockResult)> done) override {
        tasks.push_back([this, block, done] { done(add_block(block)); });
    }
    void read_headers(std::vector<BlockHash> hashes,
                      std::function<void(std::vector<std::shared_ptr<const BlockHeader>>)> done) override {
        std::vector<std::shared_ptr<const BlockHeader>> out;
        for (const BlockHash& hash : hashes) out.push_back(std::make_shared<const BlockHeader>(nodes.at(hash).header));
        tasks.push_back([done, out] { done(out); });
    }
    void read_block(const BlockHash& hash, std::function<void(std::shared_ptr<const Block>)> done) override {
        ++reads;
        const auto at = nodes.find(hash);
        tasks.push_back([done, block = at == nodes.end() ? nullptr : at->second.block] { done(block); });
    }

    sync::BlockResult add_block(const std::shared_ptr<const Block>& block) {
        sync::BlockResult result;
        if (tx_merkle_root(block->transactions).root != block->header.merkle_root) {
            result.failure = Failure{Failure::Kind::kInvalid, "bad-txnmrklroot", {}, true};
            return result;
        }
        if (block->transactions[0]->tx.has_witness()) {
            result.failure = Failure{Failure::Kind::kInvalid, "bad-witness-merkle-match", {}, true};
            return result;
        }
        if (const auto failure = add_header(block->header)) {
            result.failure = failure;
            return result;
        }
        const BlockHash hash = compute_hash(block->header);
        Node& node = nodes.at(hash);
        if (block->transactions[0]->tx.inputs[0].script_sig.bytes[0] == kInvalid) {
            node.failed = true;
            if (best_header == hash) {
                best_header = tip_hash;
                branch = active;
            }
            result.failure = Failure{Failure::Kind::kInvalid, "bad-block", {}, false};
            return result;
        }
        result.is_new = node.block == nullptr;
        node.block = block;
        activate(hash);
        result.active = is_active(hash, node.header.height);
        result.refused = std::exchange(refused, {});
        return result;
    }
    // Extends the active chain with `count` blocks, the last at `time`.
    void mine(size_t count, int64_t time, uint32_t salt = 0, std::vector<TxRef> transactions = {}) {
        for (size_t i = 0; i < count; ++i) {
            const uint32_t height = nodes.at(tip_hash).header.height + 1;
            add_block(make_block(tip_hash, height,
                                 static_cast<uint32_t>(time - static_cast<int64_t>(60 * (count - 1 - i))), salt,
                                 i + 1 == count ? transactions : std::vector<TxRef>{}));
        }
    }

    Tasks& tasks;
    const Clock& clock;
    std::map<BlockHash, Node> nodes;
    BlockHash genesis_hash;
    BlockHash tip_hash;
    BlockHash best_header;
    std::vector<BlockHash> active;  // by height
    std::vector<BlockHash> branch;  // of the best header, by height
    std::multimap<BlockHash, BlockHash> children;
    size_t reads = 0;
    std::function<void(std::vector<std::shared_ptr<const Block>>)> on_connected;
    std::vector<sync::RefusedBlock> refused;  // since the last answer

private:
    [[nodiscard]] bool is_active(const BlockHash& hash, uint32_t height) const {
        return height < active.size() && active[height] == hash;
    }
    std::optional<Failure> add_header(const BlockHeader& header) {
        const BlockHash hash = compute_hash(header);
        if (const auto at = nodes.find(hash); at != nodes.end()) {
            if (at->second.failed) return Failure{Failure::Kind::kInvalid, "duplicate-invalid", {}, false};
            return std::nullopt;
        }
        const auto prev = nodes.find(header.prev);
        if (prev == nodes.end()) return Failure{Failure::Kind::kInvalid, "prev-blk-not-found", {}, false};
        if (header.is_dynafed() || header.proof().solution.bytes != Bytes{1}) {
            return Failure{Failure::Kind::kInvalid, "block-proof-invalid", {}, true};
        }
        nodes[hash] = {header, nullptr, prev->second.failed, false};
        children.emplace(header.prev, hash);
        if (!prev->second.failed && header.height > nodes.at(best_header).header.height) {
            best_header = hash;
            branch.resize(header.height + 1);
            uint32_t height = header.height;
            for (BlockHash at = hash; branch[height] != at; at = nodes.at(at).header.prev) {
                branch[height] = at;
                if (height-- == 0) break;
            }
        }
        return std::nullopt;
    }
    // The branch up to here holds; the first block of it that does not is told of.
    bool connects(const BlockHash& end) {
        std::vector<BlockHash> path;
        for (BlockHash at = end; !is_active(at, nodes.at(at).header.height); at = nodes.at(at).header.prev)
            path.push_back(at);
        std::ranges::reverse(path);
        for (const BlockHash& hash : path) {
            Node& node = nodes.at(hash);
            node.failed |= nodes.at(node.header.prev).failed;
            if (node.failed || node.block->transactions[0]->tx.inputs[0].script_sig.bytes[0] != kInvalidInPlace)
                continue;
            node.failed = true;
            refused.push_back({hash, {Failure::Kind::kInvalid, "bad-in-place", {}, false}});
        }
        return !nodes.at(end).failed;
    }
    // The block has come: it and those that waited for it may be the best chain now.
    void activate(const BlockHash& arrived) {
        const BlockHash before = tip_hash;
        std::vector<BlockHash> ready{arrived};
        while (!ready.empty()) {
            const BlockHash hash = ready.back();
            ready.pop_back();
            Node& node = nodes.at(hash);
            if (node.complete || node.failed || node.block == nullptr || !nodes.at(node.header.prev).complete) continue;
            node.complete = true;
            if (node.header.height > nodes.at(tip_hash).header.height && connects(hash)) tip_hash = hash;
            const auto [first, last] = children.equal_range(hash);
            for (auto at = first; at != last; ++at) ready.push_back(at->second);
        }
        if (tip_hash == before) return;
        std::vector<std::shared_ptr<const Block>> joined;
        std::vector<BlockHash> hashes;
        for (BlockHash at = tip_hash; !is_active(at, nodes.at(at).header.height); at = nodes.at(at).header.prev) {
            joined.push_back(nodes.at(at).block);
            nodes.at(at).checked = true;
            hashes.push_back(at);
        }
        active.resize(nodes.at(tip_hash).header.height + 1 - hashes.size());
        active.insert(active.end(), hashes.rbegin(), hashes.rend());
        std::ranges::reverse(joined);
        if (on_connected) tasks.push_back([this, joined] { on_connected(joined); });
    }
};

}  // namespace sluice::test
