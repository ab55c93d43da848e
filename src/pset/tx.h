// Between a PSET and the transaction that it will be. Pure; any thread.
#pragma once

#include "consensus/params/chain_params.h"
#include "pset/pset.h"

namespace sluice::pset {

// A PSET of the transaction without its signatures. Blinding keys ride in the nonces of outputs in the open, as raw
// transactions carry them. What a peg-in claims is taken from its witness.
Pset from_tx(const Transaction& tx);

// What outputs look like in the transaction: as they will be on the chain, or in the open wherever they can be shown
// to hold what they say (which is the same before and after blinding).
enum class Form { kFinal, kOpen };

// The transaction without signatures and peg-in witnesses, with every proof. Errors: inputs that demand both a height
// and a time; nothing else can go wrong with what decode() gave.
Result<Transaction> unsigned_tx(const Pset& pset, Form form = Form::kFinal);
// The same transaction under the same number whoever has blinded or signed what of it. Errors as unsigned_tx.
Result<Txid> unique_id(const Pset& pset);

// The output that an input spends, as far as the PSET says: of a peg-in, what it claims. nullopt: not said, or the
// previous transaction has no such output.
std::optional<TxOut> spent_output(const Input& in, const AssetId& pegged_asset);

// The transaction as a PSET carries it: the proofs of its outputs are left out.
TxRef without_witness(const ParsedTx& tx);

}  // namespace sluice::pset
