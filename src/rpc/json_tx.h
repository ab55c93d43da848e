// Transactions as JSON, key for key as getrawtransaction and getblock print them. Pure.
#pragma once

#include <optional>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "consensus/rules/coin.h"
#include "rpc/json.h"

namespace sluice::rpc {

// `spent`: one coin for each input that spends a coin of this chain (peg-ins have none), shown as "prevout".
Json tx_json(const ParsedTx& tx, const ChainParams& params, const std::vector<rules::Coin>* spent = nullptr);

// What the header of a range proof says in the open; nullopt if it is no range proof.
struct RangeProofInfo {
    int exponent = 0;  // -1: the value itself is public
    int mantissa = 0;  // bits
    uint64_t minimum = 0;
    uint64_t maximum = 0;
};
std::optional<RangeProofInfo> range_proof_info(ByteView proof);

// Weight with the discount for confidential outputs (policy only).
uint32_t discount_weight(const ParsedTx& tx);

}  // namespace sluice::rpc
