// Transactions as JSON, key for key as getrawtransaction and getblock print them. Pure.
#pragma once

#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/transaction.h"
#include "consensus/rules/coin.h"
#include "rpc/json.h"

namespace sluice::rpc {

// `spent`: one coin for each input that spends a coin of this chain , in order (peg-ins have none), shown as "prevout".
Json tx_json(const ParsedTx& tx, const ChainParams& params, const std::vector<rules::Coin>* spent = nullptr);

}  // namespace sluice::rpc
