// A chain in memory, judged by the rules alone: for tests of rules and of what is above them. No reorganisation by
// itself; connect and disconnect at the tip.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/rules/block_check.h"
#include "consensus/rules/connect.h"
#include "consensus/rules/header_check.h"
#include "consensus/rules/proof_cache.h"
#include "consensus/rules/verify.h"
#include "federation/rules/dynafed.h"
#include "support/rule_log.h"

namespace sluice::test {

class MemoryHeaders final : public HeaderView {
public:
    void push(const BlockHeader& header) {
        headers_.push_back(std::make_shared<BlockHeader>(header));
        hashes_.push_back(compute_hash(header));
    }
    void pop() {
        headers_.pop_back();
        hashes_.pop_back();
    }
    [[nodiscard]] uint32_t height() const override { return static_cast<uint32_t>(headers_.size() - 1); }
    [[nodiscard]] BlockHash hash_at(uint32_t at) const override { return hashes_.at(at); }
    [[nodiscard]] int32_t version_at(uint32_t at) const override { return headers_.at(at)->version; }
    [[nodiscard]] uint32_t time_at(uint32_t at) const override { return headers_.at(at)->time; }
    [[nodiscard]] uint32_t median_time_past_at(uint32_t at) const override {
        std::vector<uint32_t> times;
        for (uint32_t i = at < 10 ? 0 : at - 10; i <= at; ++i) times.push_back(time_at(i));
        std::ranges::sort(times);
        return times[times.size() / 2];
    }
    [[nodiscard]] bool is_dynafed_at(uint32_t at) const override { return headers_.at(at)->is_dynafed(); }
    [[nodiscard]] Hash256 proposed_root_at(uint32_t at) const override {
        return is_dynafed_at(at) ? fed_rules::entry_root(headers_.at(at)->dynafed().proposed) : Hash256{};
    }
    [[nodiscard]] std::shared_ptr<const BlockHeader> header_at(uint32_t at) const override { return headers_.at(at); }

private:
    std::vector<std::shared_ptr<const BlockHeader>> headers_;
    std::vector<BlockHash> hashes_;
};

class MemoryCoins final : public rules::CoinView {
public:
    [[nodiscard]] std::optional<rules::Coin> get(const OutPoint& outpoint) const override {
        const auto found = coins.find(outpoint);
        return found == coins.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] bool pegin_spent(const rules::PeginId& pegin) const override { return pegins.contains(pegin); }

    void apply(const rules::BlockDelta& delta) {
        for (const rules::CoinChange& change : delta.created) coins[change.outpoint] = change.coin;
        for (const rules::CoinChange& change : delta.spent) coins.erase(change.outpoint);
        pegins.insert(delta.pegins.begin(), delta.pegins.end());
    }
    void undo(const rules::BlockDelta& delta) {
        for (const rules::CoinChange& change : delta.spent) coins[change.outpoint] = change.coin;
        for (const rules::CoinChange& change : delta.created) coins.erase(change.outpoint);
        for (const rules::PeginId& pegin : delta.pegins) pegins.erase(pegin);
    }
    bool operator==(const MemoryCoins& other) const { return coins == other.coins && pegins == other.pegins; }

    std::map<OutPoint, rules::Coin> coins;
    std::set<rules::PeginId> pegins;
};

class MemoryChain {
public:
    explicit MemoryChain(ChainParams chain_params) : params(std::move(chain_params)), version_bits(params) {
        headers.push(params.genesis.header);
        deltas.push_back(rules::connect_genesis(params));
        coins.apply(deltas.back());
    }
    MemoryChain(const MemoryChain&) = delete;
    MemoryChain& operator=(const MemoryChain&) = delete;

    // What the block would change; nothing is kept.
    Judged<rules::BlockDelta> judge(const Block& block, rules::ProofCheck proof = rules::ProofCheck::kRequired) {
        TRY_VOID(rules::check_block(block, params, proof));
        if (block.header.prev != headers.hash_at(headers.height()))
            return rules::broken(rules::Rule::kHeaderPrevUnknown, at_header(),
                                 {{"previous", to_display(block.header.prev)}});
        TRY_VOID(rules::check_header_in_place(block.header, headers, params, version_bits, now));
        TRY_VOID(rules::check_block_in_place(block, headers, params));
        rules::ConnectContext context{params, headers, coins, version_bits};
        context.parent_view = parent_view;
        context.pegin_depth = pegin_depth;
        context.trust = trust;
        rules::Connected connected = TRY(rules::connect_block(block, context));
        TRY_VOID(rules::verify(connected, rules::run_in_order, &proofs));
        return std::move(connected.delta);
    }
    Judged<void> connect(const Block& block, rules::ProofCheck proof = rules::ProofCheck::kRequired) {
        deltas.push_back(TRY(judge(block, proof)));
        coins.apply(deltas.back());
        headers.push(block.header);
        return {};
    }
    void disconnect() {
        coins.undo(deltas.back());
        deltas.pop_back();
        headers.pop();
    }
    // "" if the block is valid on the tip.
    std::string why_not(const Block& block, rules::ProofCheck proof = rules::ProofCheck::kRequired) {
        const auto delta = judge(block, proof);
        return delta ? "" : produced(delta.error(), test::Subject::kBlock);
    }

    ChainParams params;
    rules::VersionBits version_bits;
    rules::ProofCache proofs;
    MemoryHeaders headers;
    MemoryCoins coins;
    std::vector<rules::BlockDelta> deltas;
    int64_t now = 2'000'000'000;
    const peg::ParentView* parent_view = nullptr;
    rules::PeginDepth pegin_depth = rules::PeginDepth::kNotJudged;
    rules::Trust trust = rules::Trust::kNone;
};

}  // namespace sluice::test
