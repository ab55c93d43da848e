// A chain of blocks in memory for wallet tests: mines what was broadcast, reorganises on demand, refuses on demand.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "ports/chain_client.h"

namespace sluice::wallet::test {

class FakeChain final : public ports::ChainClient {
public:
    explicit FakeChain(const Block& genesis) { push(genesis); }

    Result<ports::BlockPoint> tip() override {
        return ports::BlockPoint{hashes_.back(), static_cast<uint32_t>(hashes_.size() - 1)};
    }
    Result<std::optional<BlockHash>> active_hash(uint32_t height) override {
        return height < hashes_.size() ? std::optional(hashes_[height]) : std::nullopt;
    }
    Result<std::optional<Block>> block(const BlockHash& hash) override {
        const auto found = blocks_.find(hash);
        return found == blocks_.end() ? std::nullopt : std::optional(found->second);
    }
    Result<int64_t> median_time() override { return 0; }
    Result<std::vector<FedpegScript>> fedpeg_scripts() override { return fedpegs; }
    Result<std::vector<ports::PakEntry>> pak_list() override { return paks; }
    Status broadcast(const TxRef& tx) override {
        if (!refusal.empty()) return fail(refusal);
        if (std::ranges::none_of(pool, [&](const TxRef& t) { return t->txid == tx->txid; })) pool.push_back(tx);
        return {};
    }
    Result<bool> in_mempool(const Txid& txid) override {
        return std::ranges::any_of(pool, [&](const TxRef& t) { return t->txid == txid; });
    }

    Result<std::vector<TxRef>> mempool() override { return pool; }

    // A block of the given transactions on top of the tip.
    Block mine(std::vector<TxRef> transactions) {
        Transaction coinbase;
        TxIn in;
        const auto height = static_cast<uint32_t>(hashes_.size());
        in.script_sig.bytes = {4, static_cast<uint8_t>(height), static_cast<uint8_t>(height >> 8), salt_++, 0};
        coinbase.inputs.push_back(in);
        Block block;
        block.header.prev = hashes_.back();
        block.header.height = height;
        block.header.time = 1'700'000'000 + height + salt_;
        block.header.seal = BlockProof{{{0x51}}, {}};
        block.transactions = {make_tx(coinbase)};
        for (TxRef& tx : transactions) block.transactions.push_back(std::move(tx));
        push(block);
        return block;
    }
    Block mine_pool() { return mine(std::exchange(pool, {})); }
    void pop(size_t count) { hashes_.resize(hashes_.size() - count); }

    std::vector<TxRef> pool;
    std::string refusal;
    std::vector<FedpegScript> fedpegs;
    std::vector<ports::PakEntry> paks;

private:
    void push(const Block& block) {
        const BlockHash hash = compute_hash(block.header);
        hashes_.push_back(hash);
        blocks_.emplace(hash, block);
    }
    std::vector<BlockHash> hashes_;
    std::map<BlockHash, Block> blocks_;
    uint8_t salt_ = 0;
};

}  // namespace sluice::wallet::test
