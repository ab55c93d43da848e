// A transaction and what it spends: coins exist and are mature, peg-ins hold, amounts balance (transactions.md section
// 8). Scripts are verified apart (script_check.h). Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "consensus/rules/amounts.h"
#include "consensus/rules/coin_view.h"
#include "peg/proof/pegin.h"

namespace sluice::rules {

struct SpendContext {
    const ChainParams& params;
    uint32_t height = 0;  // of the block that the transaction is in or may be in next
    std::span<const FedpegScript> fedpegs;
    bool check_amounts = true;  // false for blocks that are assumed valid
};

struct TxInputs {
    std::vector<TxOut> spent;             // by input: the coin's output, or what a peg-in stands for
    std::vector<uint32_t> heights;        // by input: of the coin; 0 for a peg-in
    std::vector<Coin> coins;              // of the inputs that are no peg-ins, in order
    std::vector<peg::PeginProof> pegins;  // of the others, in order; their depth is not judged here
    AmountMap fees;
    AmountsLeft amounts = AmountsLeft::kNothing;  // kPoints: hidden_amounts.h must still be asked
};
// Preconditions: not a coinbase; check_transaction passed.
Judged<TxInputs> check_tx_inputs(const Transaction& tx, const CoinView& coins, const SpendContext& context);

// Whether the input claims a deposit (peg::check_pegin), the signatures of a signed parent's block included.
Result<peg::PeginProof> check_claim(const TxIn& in, std::span<const FedpegScript> fedpegs, const ChainParams& params);

PeginId pegin_id(const peg::PeginProof& proof);

}  // namespace sluice::rules
