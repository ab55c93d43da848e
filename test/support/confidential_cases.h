// The full-block generator's cases of hidden amounts: what of them a block may hold, and each way in which it may not.
#pragma once

#include "support/block_cases.h"
#include "support/confidential_tx.h"

namespace sluice::test {

class ConfidentialCases {
public:
    // `coin` is spendable now and worth more than 10,000.
    ConfidentialCases(const ChainParams& params, const BlockHeader& tip, const OpenCoin& coin)
        : params_(params), tip_(tip), coin_(coin) {}

    std::vector<BlockCase> all() {
        valid();
        range_proofs();
        surjection_proofs();
        balances();
        issuances();
        return std::move(cases_);
    }

private:
    using Rule = rules::Rule;
    static constexpr int64_t kIssued = 1000;
    static constexpr int64_t kTokens = 5;

    void add(std::string name, std::optional<Rule> breaks, std::vector<TxRef> txs) {
        Block block = *make_block(params_, tip_, std::move(txs));
        commit(block);
        cases_.push_back({std::move(name), std::make_shared<const Block>(std::move(block)), breaks});
    }
    // A block whose last transaction is a good one, changed.
    template <class F>
    void bad(std::string name, std::vector<TxRef> before, const Transaction& good, F change) {
        Transaction tx = good;
        change(tx);
        before.push_back(make_tx(std::move(tx)));
        add(std::move(name), Rule::kTxInNotOut, std::move(before));
    }

    [[nodiscard]] KnownCoin coin() const { return known_open_coin(coin_.outpoint, params_.pegged_asset, coin_.value); }
    [[nodiscard]] ConfidentialTx start(uint32_t seed) const {
        ConfidentialTx tx(seed);
        tx.spend(coin());
        return tx;
    }
    // What is left of the coin, hidden, and the fee.
    void rest(ConfidentialTx& tx, int64_t paid) const {
        tx.pay({.asset = params_.pegged_asset, .value = coin_.value - paid - kTestFee});
        tx.pay_fee(params_.pegged_asset, kTestFee);
    }
    [[nodiscard]] ConfidentialTx two_payments(uint32_t seed) const {
        ConfidentialTx tx = start(seed);
        tx.pay({.asset = params_.pegged_asset, .value = 7000});
        rest(tx, 7000);
        return tx;
    }

    void valid() {
        ConfidentialTx first = two_payments(1);
        const TxRef hidden = make_tx(first.finish());
        add("two hidden payments", std::nullopt, {hidden});
        for (const int64_t more : {0, 1}) {
            ConfidentialTx second(2);
            second.spend(first.coin(0));
            second.spend(first.coin(1));
            second.pay({.asset = params_.pegged_asset, .value = 5000 + more, .hide_value = false, .hide_asset = false});
            rest(second, kTestFee + 5000);
            add(more == 0 ? "hidden coins spent" : "hidden coins spent, and a satoshi",
                more == 0 ? std::nullopt : std::optional(Rule::kTxInNotOut), {hidden, make_tx(second.finish())});
        }
        for (const bool hide_value : {true, false}) {
            ConfidentialTx half = start(4);
            half.pay(
                {.asset = params_.pegged_asset, .value = 7000, .hide_value = hide_value, .hide_asset = !hide_value});
            rest(half, 7000);
            add(hide_value ? "a hidden amount of an open asset" : "an open amount of a hidden asset", std::nullopt,
                {make_tx(half.finish())});
        }
        ConfidentialTx nothing = start(5);
        nothing.pay({.asset = params_.pegged_asset, .value = 0, .script = {{0x6a}}});
        rest(nothing, 0);
        add("a hidden nothing that nobody can spend", std::nullopt, {make_tx(nothing.finish())});
    }

    void range_proofs() {
        const Transaction good = two_payments(10).finish();
        const auto proof = [&](const char* name, auto change) {
            bad(name, {}, good, [&](Transaction& t) { change(t.outputs[0].witness.rangeproof); });
        };
        proof("a range proof with a bit changed", [](Bytes& p) { p[p.size() / 2] ^= 1; });
        proof("a range proof with another header", [](Bytes& p) { p[1] ^= 1; });
        proof("a range proof cut short", [](Bytes& p) { p.pop_back(); });
        proof("a range proof with a byte more", [](Bytes& p) { p.push_back(0); });
        proof("no range proof", [](Bytes& p) { p.clear(); });
        bad("each other's range proofs", {}, good,
            [](Transaction& t) { std::swap(t.outputs[0].witness.rangeproof, t.outputs[1].witness.rangeproof); });
        bad("a range proof for another script", {}, good, [](Transaction& t) { t.outputs[0].script.bytes = {0x52}; });
        bad("a value commitment that is no point", {}, good, [](Transaction& t) {
            ValueCommitment value;
            value.bytes[0] = 8;
            t.outputs[0].value = value;
        });
        bad("a range proof on an open amount", {}, good,
            [](Transaction& t) { t.outputs[2].witness.rangeproof = t.outputs[0].witness.rangeproof; });
        ConfidentialTx zero = start(11);
        zero.pay({.asset = params_.pegged_asset, .value = 7000, .prove_from_zero = true});
        rest(zero, 7000);
        add("a spendable output that may hold nothing", Rule::kTxInNotOut, {make_tx(zero.finish())});
    }

    void surjection_proofs() {
        const Transaction good = two_payments(20).finish();
        const auto proof = [&](const char* name, auto change) {
            bad(name, {}, good, [&](Transaction& t) { change(t.outputs[0].witness.surjection_proof); });
        };
        proof("a surjection proof with a bit changed", [](Bytes& p) { p[p.size() / 2] ^= 1; });
        proof("a surjection proof with a byte more", [](Bytes& p) { p.push_back(0); });
        proof("no surjection proof", [](Bytes& p) { p.clear(); });
        bad("each other's surjection proofs", {}, good, [](Transaction& t) {
            std::swap(t.outputs[0].witness.surjection_proof, t.outputs[1].witness.surjection_proof);
        });
        bad("an asset commitment that is no point", {}, good, [](Transaction& t) {
            AssetCommitment asset;
            asset.bytes[0] = 0x0a;
            t.outputs[0].asset = asset;
        });
        bad("a surjection proof on an open asset", {}, good,
            [](Transaction& t) { t.outputs[2].witness.surjection_proof = t.outputs[0].witness.surjection_proof; });
    }

    void balances() {
        const Transaction good = two_payments(30).finish();
        for (const int64_t more : {1, -1}) {
            bad(more > 0 ? "hidden amounts and a satoshi more of fee" : "hidden amounts and a satoshi less of fee", {},
                good, [&](Transaction& t) { t.outputs.back().value = Amount{kTestFee + more}; });
        }
        bad("hidden amounts and an output of nothing", {}, good, [&](Transaction& t) {
            t.outputs.push_back(t.outputs.back());
            t.outputs.back().script.bytes = {0x51};
            t.outputs.back().value = Amount{0};
        });
        bad("hidden amounts and an asset from nowhere", {}, good, [&](Transaction& t) {
            t.outputs.push_back(t.outputs.back());
            t.outputs.back().script.bytes = {0x51};
            t.outputs.back().asset = AssetId{};
        });
    }

    void issuances() {
        ConfidentialTx first = start(40);
        const IssuanceIds ids = first.issue({.amount = kIssued, .tokens = kTokens, .hidden = true});
        first.pay({.asset = ids.asset, .value = kIssued});
        first.pay({.asset = ids.token, .value = kTokens});
        rest(first, 0);
        const Transaction good = first.finish();
        const TxRef issued = make_tx(good);
        add("a hidden issuance with tokens", std::nullopt, {issued});
        bad("a hidden issuance whose proof has a bit changed", {}, good,
            [](Transaction& t) { t.inputs[0].witness.issuance_amount_rangeproof[99] ^= 1; });
        bad("hidden tokens without a proof", {}, good,
            [](Transaction& t) { t.inputs[0].witness.inflation_keys_rangeproof.clear(); });
        bad("another contract than the outputs' asset", {}, good,
            [](Transaction& t) { t.inputs[0].issuance.entropy.bytes[0] ^= 1; });
        bad("an issued commitment that is no point", {}, good, [](Transaction& t) {
            ValueCommitment value;
            value.bytes[0] = 9;
            t.inputs[0].issuance.amount = value;
        });

        const KnownCoin token = first.coin(1);
        const auto reissue = [&](uint32_t seed, bool hidden) {
            ConfidentialTx tx(seed);
            tx.spend(token);
            tx.issue({.amount = 300, .hidden = hidden, .token = &token, .entropy = ids.entropy});
            tx.spend(first.coin(2));
            tx.pay({.asset = ids.asset, .value = 300});
            tx.pay({.asset = ids.token, .value = kTokens});
            rest(tx, kTestFee);
            return Transaction(tx.finish());
        };
        const Transaction again = reissue(41, true);
        add("a reissuance by the hidden token", std::nullopt, {issued, make_tx(again)});
        bad("a reissuance by another blinding nonce", {issued}, again,
            [](Transaction& t) { t.inputs[0].issuance.blinding_nonce.bytes[5] ^= 1; });
        bad("a reissuance by a nonce that is no number", {issued}, again,
            [](Transaction& t) { t.inputs[0].issuance.blinding_nonce.bytes.fill(0xff); });
        bad("a reissuance that makes tokens", {issued}, again,
            [](Transaction& t) { t.inputs[0].issuance.inflation_keys = Amount{1}; });
        bad("a reissuance of another asset", {issued}, again,
            [](Transaction& t) { t.inputs[0].issuance.entropy.bytes[0] ^= 1; });
        add("an open reissuance of what was issued hidden", Rule::kTxInNotOut, {issued, make_tx(reissue(42, false))});
    }

    const ChainParams& params_;
    const BlockHeader& tip_;
    OpenCoin coin_;
    std::vector<BlockCase> cases_;
};

}  // namespace sluice::test
