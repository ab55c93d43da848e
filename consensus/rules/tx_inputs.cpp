#include "consensus/rules/tx_inputs.h"

#include <algorithm>

#include "codec/hex.h"
#include "consensus/rules/limits.h"
#include "federation/rules/block_proof.h"

namespace sluice::rules {
namespace {

// The coins of all inputs that need one.
Judged<std::vector<Coin>> find_coins(const Transaction& tx, const CoinView& view) {
    std::vector<Coin> coins;
    coins.reserve(tx.inputs.size());
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (in.is_pegin) continue;
        std::optional<Coin> coin = view.get(in.prevout);
        if (!coin) {
            return broken(Rule::kTxInputsMissing, at_input(i), {{"outpoint", to_display(in.prevout)}},
                          "CheckTxInputs: inputs missing/spent");
        }
        coins.push_back(std::move(*coin));
    }
    return coins;
}

Judged<void> take_pegin(TxInputs& out, const Transaction& tx, size_t n, const CoinView& coins,
                        const SpendContext& context) {
    const TxIn& in = tx.inputs[n];
    Result<peg::PeginProof> proof = check_claim(in, context.fedpegs, context.params);
    if (!proof) {
        return broken(Rule::kTxPeginWitness, at_input(n), {{"deposit", to_display(in.prevout)}},
                      std::move(proof).error().message);
    }
    const PeginId id = pegin_id(*proof);
    const std::string deposit = to_display(id.deposit);
    if (coins.pegin_spent(id))
        return broken(Rule::kTxDoublePegin, at_input(n), {{"deposit", deposit}}, "Double-pegin of " + deposit);
    const auto twice = [&](const TxIn& other) { return other.is_pegin && other.prevout == in.prevout; };
    const bool claimed =
        std::ranges::any_of(out.pegins, [&](const peg::PeginProof& other) { return pegin_id(other) == id; });
    if (claimed) {
        const auto first = std::ranges::find_if(tx.inputs, twice);
        return broken(Rule::kTxDoublePeginInObject, at_input(n),
                      {{"deposit", deposit}, {"first_input", first - tx.inputs.begin()}},
                      "Double-pegin of " + deposit + " in single tx/block");
    }
    out.spent.push_back(peg::claimed_output(proof->claim));
    out.heights.push_back(0);
    out.pegins.push_back(std::move(*proof));
    return {};
}

}  // namespace

Result<peg::PeginProof> check_claim(const TxIn& in, std::span<const FedpegScript> fedpegs, const ChainParams& params) {
    Result<peg::PeginProof> proof = peg::check_pegin(in, fedpegs, params);
    // Fact: the parent's signatures are bounded by this chain's own limit.
    if (proof && proof->signed_parent != nullptr &&
        !fed_rules::check_signed_parent_proof(*proof->signed_parent, params.parent.signblockscript,
                                              params.max_block_signature_size)) {
        return fail("Parent signed block is invalid.");
    }
    return proof;
}

PeginId pegin_id(const peg::PeginProof& proof) {
    return {proof.claim.genesis, {Txid::from(proof.deposit.txid), proof.deposit.index}};
}

Judged<TxInputs> check_tx_inputs(const Transaction& tx, const CoinView& view, const SpendContext& context) {
    TxInputs out;
    out.coins = TRY(find_coins(tx, view));
    out.spent.reserve(tx.inputs.size());
    size_t next_coin = 0;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (tx.inputs[i].is_pegin) {
            TRY_VOID(take_pegin(out, tx, i, view, context));
            continue;
        }
        const Coin& coin = out.coins[next_coin++];
        const int64_t depth = int64_t{context.height} - coin.height;
        if (coin.coinbase && depth < kCoinbaseMaturity) {
            return broken(
                Rule::kTxPrematureCoinbase, at_input(i),
                {{"outpoint", to_display(tx.inputs[i].prevout)}, {"depth", depth}, {"minimum", kCoinbaseMaturity}},
                "tried to spend coinbase at depth " + std::to_string(depth));
        }
        out.spent.push_back(coin.out);
        out.heights.push_back(coin.height);
    }
    out.fees = TRY(transaction_fees(tx));
    if (context.check_amounts) out.amounts = TRY(check_amounts(tx, out.spent, context.params));
    return out;
}

}  // namespace sluice::rules
