// The blinder: hides the outputs that its inputs' owner is to hide, and leaves what the next blinder needs to balance
// (doc: protocol page "confidential", sections 10 and 11). Draws randomness; otherwise pure. Any thread; slow: tens of
// milliseconds an output.
#pragma once

#include <map>
#include <string_view>

#include "confidential/secret/output.h"
#include "consensus/params/chain_params.h"
#include "pset/pset.h"

namespace sluice::pset {

// What an input of ours spends; blinds are zero for what is in the open.
struct OwnInput {
    AssetId asset;
    confidential::Opening opening;
};

// The error of blind() for which the remedy is to ask the owners of the other inputs first.
inline constexpr std::string_view kNeedsUtxos = "Inputs are missing UTXOs (or peg-in data for peg-in inputs)";

// Hides every output whose blinder_index is one of `ours` and that is not hidden yet. Whoever hides the last output
// balances the transaction; the others leave a scalar. All outputs of one owner are hidden in one call: what its inputs
// weigh enters the balance once. Nothing to do is no error. Issuances stay as they are: their
// amounts cannot be hidden here, as in Elements.
//
// Errors (Elements' texts where it has them), and then the PSET is as it was: an input that says not what it spends or
// is not what we take it for; an asset that no input has; more than 256 surjection targets; hidden inputs of ours and
// no output to hide; and an amount that would not be hidden by hiding it.
Status blind(Pset& pset, const std::map<uint32_t, OwnInput>& ours, const ChainParams& params,
             const confidential::RangeOptions& options);

}  // namespace sluice::pset
