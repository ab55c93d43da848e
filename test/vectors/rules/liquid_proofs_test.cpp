// Real Liquid and Elements transactions (vectors/liquid): how many range proofs hold for their own outputs (some
// fixtures of hardware signers were changed after they were blinded, so that theirs do not); where the outputs that a
// transaction with hidden amounts spends are in the set as well, it balances and all of its proofs hold.
#include <map>

#include "codec/hex.h"
#include "confidential/range_proof.h"
#include "consensus/primitives/block.h"
#include "consensus/rules/amounts.h"
#include "consensus/rules/hidden_amounts.h"
#include "support/vectors.h"

namespace sluice {
namespace {

std::map<Txid, TxRef> all_transactions() {
    std::map<Txid, TxRef> out;
    const auto keep = [&](const TxRef& tx) {
        // One with its witness is kept rather than the same without.
        if (tx != nullptr && (!out.contains(tx->txid) || tx->tx.has_witness())) out[tx->txid] = tx;
    };
    if (const auto file = test::load_vectors("liquid/transactions.json")) {
        for (const auto& c : file->at("cases")) keep(parse_tx(from_hex(c["hex"].get<std::string>()).value()));
    }
    if (const auto file = test::load_vectors("liquid/blocks.json")) {
        for (const auto& c : file->at("cases")) {
            const auto block = parse_block(from_hex(c["hex"].get<std::string>()).value());
            if (!block) continue;
            for (const TxRef& tx : block->transactions) keep(tx);
        }
    }
    return out;
}

struct RangeCounts {
    size_t good = 0;
    size_t bad = 0;
};

RangeCounts check_ranges(const Transaction& tx) {
    RangeCounts counts;
    for (const TxOut& out : tx.outputs) {
        if (!out.value.is_commitment() || out.witness.rangeproof.empty()) continue;
        const auto commitment = confidential::Commitment::parse(out.value.commitment().view());
        const auto generator = out.asset.is_commitment()
                                   ? confidential::Generator::parse(out.asset.commitment().view())
                                   : confidential::asset_generator(out.asset.explicit_value().view());
        const auto range =
            commitment && generator
                ? confidential::verify_range_proof({*commitment, *generator, out.witness.rangeproof, out.script.view()})
                : std::nullopt;
        range && range->min > 0 ? ++counts.good : ++counts.bad;
    }
    return counts;
}

// nullopt unless every spent output is at hand.
std::optional<std::vector<TxOut>> spent_by(const Transaction& tx, const std::map<Txid, TxRef>& all) {
    std::vector<TxOut> out;
    for (const TxIn& in : tx.inputs) {
        const auto from = all.find(in.prevout.txid);
        if (in.is_pegin || from == all.end() || in.prevout.index >= from->second->tx.outputs.size())
            return std::nullopt;
        out.push_back(from->second->tx.outputs[in.prevout.index]);
    }
    return out;
}

BOOST_AUTO_TEST_CASE(proofs_of_real_transactions) {
    const ChainParams params = make_chain_params("liquidv1", {}).value();
    const std::map<Txid, TxRef> all = all_transactions();
    RangeCounts ranges;
    size_t whole = 0;
    size_t unbalanced = 0;
    size_t sources_missing = 0;
    for (const auto& [txid, tx] : all) {
        BOOST_TEST_CONTEXT("txid " << to_display(txid)) {
            const RangeCounts counts = check_ranges(tx->tx);
            ranges.good += counts.good;
            ranges.bad += counts.bad;
            if (tx->tx.is_coinbase()) continue;
            const auto spent = spent_by(tx->tx, all);
            if (!spent) {
                ++sources_missing;
                continue;
            }
            const auto left = rules::check_amounts(tx->tx, *spent, params);
            if (!left) {  // fixtures of signing alone need not balance
                ++unbalanced;
                continue;
            }
            ++whole;
            if (*left == rules::AmountsLeft::kNothing) continue;
            const auto checked =
                rules::check_hidden_amounts(rules::make_spending(tx, *spent, params.genesis_hash), nullptr);
            BOOST_TEST(checked.has_value(), (checked ? "" : checked.error().detail));
        }
    }
    BOOST_TEST_MESSAGE("liquid: " << all.size() << " transactions, " << ranges.good << " range proofs hold, "
                                  << ranges.bad << " do not, " << whole << " transactions are right as a whole, "
                                  << unbalanced << " are not, of " << sources_missing
                                  << " the spent outputs are not in the set");
}

}  // namespace
}  // namespace sluice
