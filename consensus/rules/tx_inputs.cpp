#include "consensus/rules/tx_inputs.h"

#include <algorithm>

#include "codec/hex.h"
#include "consensus/rules/limits.h"
#include "federation/rules/block_proof.h"

namespace sluice::rules {
namespace {

// The coins of all inputs that need one; nullopt if one is missing.
std::optional<std::vector<Coin>> find_coins(const Transaction& tx, const CoinView& view) {
    std::vector<Coin> coins;
    coins.reserve(tx.inputs.size());
    for (const TxIn& in : tx.inputs) {
        if (in.is_pegin) continue;
        std::optional<Coin> coin = view.get(in.prevout);
        if (!coin) return std::nullopt;
        coins.push_back(std::move(*coin));
    }
    return coins;
}

std::string name_of(const OutPoint& outpoint) {
    return to_display(outpoint.txid) + ":" + std::to_string(outpoint.index);
}

Judged<void> take_pegin(TxInputs& out, const TxIn& in, const CoinView& coins, const SpendContext& context) {
    Result<peg::PeginProof> proof = check_claim(in, context.fedpegs, context.params);
    if (!proof) return broken(Rule::kTxPeginWitness, std::move(proof).error().message);
    const PeginId id = pegin_id(*proof);
    if (coins.pegin_spent(id)) return broken(Rule::kTxDoublePegin, "Double-pegin of " + name_of(id.deposit));
    const bool twice =
        std::ranges::any_of(out.pegins, [&](const peg::PeginProof& other) { return pegin_id(other) == id; });
    if (twice)
        return broken(Rule::kTxDoublePeginInObject, "Double-pegin of " + name_of(id.deposit) + " in single tx/block");
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
    std::optional<std::vector<Coin>> coins = find_coins(tx, view);
    if (!coins) return broken(Rule::kTxInputsMissing, "CheckTxInputs: inputs missing/spent");
    TxInputs out;
    out.coins = std::move(*coins);
    out.spent.reserve(tx.inputs.size());
    size_t next_coin = 0;
    for (const TxIn& in : tx.inputs) {
        if (in.is_pegin) {
            TRY_VOID(take_pegin(out, in, view, context));
            continue;
        }
        const Coin& coin = out.coins[next_coin++];
        const int64_t depth = int64_t{context.height} - coin.height;
        if (coin.coinbase && depth < kCoinbaseMaturity) {
            return broken(Rule::kTxPrematureCoinbase, "tried to spend coinbase at depth " + std::to_string(depth));
        }
        out.spent.push_back(coin.out);
        out.heights.push_back(coin.height);
    }
    out.fees = TRY(transaction_fees(tx));
    if (context.check_amounts) out.amounts = TRY(check_amounts(tx, out.spent, context.params));
    return out;
}

}  // namespace sluice::rules
