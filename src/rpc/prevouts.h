// What a caller says of the outputs that a transaction spends ("prevtxs"), with the scripts behind their hashes. Pure.
#pragma once

#include <map>

#include "consensus/primitives/transaction.h"
#include "rpc/error.h"
#include "signing/key_ring.h"

namespace sluice::rpc {

struct GivenPrevouts {
    std::map<OutPoint, TxOut> outputs;  // one without an amount has kMaxMoney
    std::vector<Script> scripts;        // redeem and witness scripts
};

// [{"txid", "vout", "scriptPubKey", "redeemScript", "witnessScript", "amount" or "amountcommitment"}]; null: none.
// `scripts_needed`: an output that pays to a script hash must come with its script.
Result<GivenPrevouts, RpcError> read_prevouts(const Json& list, bool scripts_needed);

// "ALL|ANYONECANPAY" and so on; nullopt for null: DEFAULT or ALL, as the input has it. -8 for another text.
Result<std::optional<uint8_t>, RpcError> sighash_type(const Json& value);

}  // namespace sluice::rpc
