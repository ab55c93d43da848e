// A small Bitcoin for the ledger's tests: blocks of transactions on one branch, reorganisations, and the BitcoinView of
// its tip. It keeps the one rule that matters here: an output is spent once, by a transaction whose inputs exist.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "consensus/script/templates.h"
#include "crypto/keys.h"
#include "peg/ledger/planner.h"
#include "peg/parent/script.h"

namespace sluice::ledger::test {

using parent::ParentTxOut;

struct FakeBlock {
    ParentBlockHash hash;
    std::vector<ParentTransaction> transactions;
};

class FakeBitcoin final : public BitcoinView {
public:
    FakeBitcoin() { mine({}); }

    ParentBlockHash mine(std::vector<ParentTransaction> transactions) {
        FakeBlock block;
        ++salt_;
        block.hash = ParentBlockHash::from(sha256(as_bytes("block " + std::to_string(salt_))));
        headers_[block.hash] = static_cast<uint32_t>(blocks_.size());
        for (ParentTransaction& tx : transactions) {
            if (can_confirm(tx)) {
                confirm(tx, static_cast<uint32_t>(blocks_.size()));
                block.transactions.push_back(std::move(tx));
            }
        }
        blocks_.push_back(std::move(block));
        return blocks_.back().hash;
    }
    // Drops the last `count` blocks; their transactions are gone until mined again.
    std::vector<ParentTransaction> drop(size_t count) {
        std::vector<ParentTransaction> out;
        for (; count > 0 && blocks_.size() > 1; --count) {
            const std::vector<ParentTransaction>& gone = blocks_.back().transactions;
            out.insert(out.begin(), gone.begin(), gone.end());
            blocks_.pop_back();
        }
        const std::vector<FakeBlock> kept = std::move(blocks_);
        blocks_.clear();
        unspent_.clear();
        spends_.clear();
        received_.clear();
        confirmed_.clear();
        for (const FakeBlock& block : kept) {
            for (const ParentTransaction& tx : block.transactions) confirm(tx, static_cast<uint32_t>(blocks_.size()));
            blocks_.push_back(block);
        }
        return out;
    }
    // A transaction with an input out of nowhere.
    ParentTransaction payment_to(const Script& script, int64_t value) {
        ParentTransaction tx;
        tx.inputs.emplace_back();
        tx.inputs[0].prevout = {ParentTxid::from(sha256(as_bytes("foreign " + std::to_string(++salt_)))), 0};
        unspent_[tx.inputs[0].prevout] = value;
        foreign_.insert(tx.inputs[0].prevout);
        tx.outputs.push_back({{value}, script});
        return tx;
    }
    void watch(const Script& script) { watched_.insert(script); }
    [[nodiscard]] bool can_confirm(const ParentTransaction& tx) const {
        return std::ranges::all_of(tx.inputs, [&](const parent::ParentTxIn& in) {
            return unspent_.contains(in.prevout) || (foreign_.contains(in.prevout) && !spends_.contains(in.prevout));
        });
    }
    [[nodiscard]] std::optional<int64_t> unspent(const ParentOutPoint& outpoint) const {
        const auto at = unspent_.find(outpoint);
        return at == unspent_.end() ? std::nullopt : std::optional(at->second);
    }
    [[nodiscard]] bool is_confirmed(const ParentTxid& txid) const { return confirmed_.contains(txid); }
    [[nodiscard]] const std::map<ParentTxid, ParentTransaction>& confirmed() const { return confirmed_; }
    [[nodiscard]] const ParentBlockHash& tip() const { return blocks_.back().hash; }

    [[nodiscard]] uint32_t height() const override { return static_cast<uint32_t>(blocks_.size() - 1); }
    [[nodiscard]] std::optional<uint32_t> find(const ParentBlockHash& hash) const override {
        const auto known = header_height(hash);
        if (!known || *known >= blocks_.size() || blocks_[*known].hash != hash) return std::nullopt;
        return known;
    }
    [[nodiscard]] std::optional<uint32_t> header_height(const ParentBlockHash& hash) const override {
        const auto at = headers_.find(hash);
        return at == headers_.end() ? std::nullopt : std::optional(at->second);
    }
    [[nodiscard]] std::vector<Received> received() const override { return received_; }
    [[nodiscard]] Bytes transaction_of(const ParentOutPoint& outpoint) const override {
        const auto made = confirmed_.find(outpoint.txid);
        if (made == confirmed_.end()) return {};
        return parent::encode_parent_tx(made->second, parent::ParentWitness::kWithout);
    }
    [[nodiscard]] std::optional<Spend> spend_of(const ParentOutPoint& outpoint) const override {
        const auto at = spends_.find(outpoint);
        return at == spends_.end() ? std::nullopt : std::optional(at->second);
    }

private:
    void confirm(const ParentTransaction& tx, uint32_t at_height) {
        const ParentTxid txid = compute_txid(tx);
        confirmed_[txid] = tx;
        for (const parent::ParentTxIn& in : tx.inputs) {
            unspent_.erase(in.prevout);
            spends_[in.prevout] = {txid, at_height};
        }
        for (uint32_t i = 0; i < tx.outputs.size(); ++i) {
            unspent_[{txid, i}] = tx.outputs[i].value.sat;
            if (watched_.contains(tx.outputs[i].script)) {
                received_.push_back({{txid, i}, tx.outputs[i].value, tx.outputs[i].script, at_height});
            }
        }
    }

    std::vector<FakeBlock> blocks_;
    std::map<ParentBlockHash, uint32_t> headers_;
    std::map<ParentOutPoint, int64_t> unspent_;
    std::set<ParentOutPoint> foreign_;
    std::map<ParentOutPoint, Spend> spends_;
    std::map<ParentTxid, ParentTransaction> confirmed_;
    std::vector<Received> received_;
    std::set<Script> watched_;
    uint64_t salt_ = 0;
};

inline SecretKey test_key(uint8_t number) {
    Bytes bytes(32, 0x11);
    bytes[31] = number;
    return std::move(*SecretKey::from_bytes(bytes));
}

inline PayoutSet test_set(uint8_t first_key, int threshold = 2, uint8_t count = 3) {
    std::vector<Bytes> keys;
    for (uint8_t i = 0; i < count; ++i)
        keys.push_back(to_bytes(test_key(static_cast<uint8_t>(first_key + i)).pubkey().view()));
    PayoutSet set;
    set.witness_script = script::make_multisig(threshold, keys);
    set.threshold = static_cast<uint32_t>(threshold);
    return set;
}

inline LedgerParams test_params() {
    LedgerParams params;
    params.planner = PlannerParams::regtest();
    params.sets = {test_set(1), test_set(4)};
    return params;
}

inline Script p2wpkh(uint32_t number) {
    return script::make_p2wpkh(hash160(as_bytes("payee " + std::to_string(number))));
}

// A sidechain over that Bitcoin: facts go in, blocks come out, plans are made the way a proposer makes them.
struct World {
    FakeBitcoin bitcoin;
    LedgerParams params = test_params();
    Ledger ledger{params};
    std::vector<BlockFacts> history;
    BlockFacts next;
    Plan last_plan;
    uint32_t salt = 0;

    World() {
        for (const PayoutSet& set : params.sets) bitcoin.watch(parent::p2wsh(set.witness_script));
    }
    Script donation_script(uint32_t set = 0) const { return parent::p2wsh(params.sets[set].witness_script); }

    void mine(size_t count, std::vector<ParentTransaction> transactions = {}) {
        bitcoin.mine(std::move(transactions));
        for (; count > 1; --count) bitcoin.mine({});
    }
    void donate(int64_t value) { mine(params.planner.final_depth, {bitcoin.payment_to(donation_script(), value)}); }
    // A deposit, deep on Bitcoin, claimed in the next block.
    void claim(int64_t value, uint32_t set = 0, const Script& redeem = {}) {
        const Script script = p2wpkh(1'000'000 + ++salt);  // stands for the tweaked script
        const ParentTransaction tx = bitcoin.payment_to(script, value);
        const ParentBlockHash block = bitcoin.mine({tx});
        mine(params.planner.final_depth);
        next.claims.push_back(
            {{compute_txid(tx), 0}, {value}, Script{{0x51}}, set, redeem, block, {tx.inputs[0].prevout}});
    }
    void request(int64_t amount, Script script) {
        Request request;
        request.script = std::move(script);
        request.amount = {amount};
        next.requests.push_back(std::move(request));
    }
    Plan make_plan(uint32_t rate) const {
        PlanInput input;
        input.rate = rate;
        return plan(ledger, evaluate(ledger, bitcoin), bitcoin, input);
    }
    // One final block; with a plan unless `rate` is 0.
    void block(uint32_t rate = 2000) {
        next.height = ledger.next_height();
        next.committed = bitcoin.tip();
        next.payout_set = ledger.current_set();
        if (active_set) next.payout_set = *active_set;
        if (rate != 0) {
            last_plan = make_plan(rate);
            if (!last_plan.empty()) next.plan = encode_plan(last_plan.record);
        }
        ledger.apply(next);
        history.push_back(next);
        next = {};
    }
    std::optional<uint32_t> active_set;
};

}  // namespace sluice::ledger::test
