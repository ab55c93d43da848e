// Methods about PSETs.
#include "rpc/method_tables.h"

namespace sluice::rpc {

using enum ArgType;

std::vector<Method> pset_methods() {
    return {
        {"analyzepsbt", "rawtransactions", "What a PSET still lacks, and whose turn it is.", {{"psbt", kText, true}}},
        {"combinepsbt",
         "rawtransactions",
         "One PSET that holds what several PSETs of a transaction hold.",
         {{"txs", kArray, true}}},
        {"converttopsbt",
         "rawtransactions",
         "A PSET of a raw transaction. Marked outputs are for the owner of the first input to blind.",
         {{"hexstring", kHex, true},
          {"permitsigdata", kBool, false, "Drop signatures instead of refusing them"},
          {"iswitness", kBool}}},
        {"createpsbt",
         "rawtransactions",
         "An unsigned transaction as a PSET.",
         {{"inputs", kArray, true},
          {"outputs", kAny, true,
           "[{\"address\": amount, \"asset\": id, \"blinder_index\": input}, {\"data\": hex}, {\"fee\": amount}]"},
          {"locktime", kNumber},
          {"replaceable", kBool},
          {"psbt_version", kNumber, false, "2"}}},
        {"decodepsbt", "rawtransactions", "A PSET as an object.", {{"psbt", kText, true}}},
        {"finalizepsbt",
         "rawtransactions",
         "Makes final scripts of the signatures in a PSET, and the transaction when all are there.",
         {{"psbt", kText, true}, {"extract", kBool, false, "false: always a PSET"}}},
        {"parsepsbt",
         "rawtransactions",
         "A PSET as this node writes it, and whether it was written so.",
         {{"psbt", kText, true}}},
        {"updatepsbtpegin",
         "rawtransactions",
         "Fills in what a peg-in input claims.",
         {{"psbt", kText, true},
          {"input", kNumber, true},
          {"value", kAmount},
          {"bitcoin_tx", kHex},
          {"txout_proof", kHex},
          {"claim_script", kHex},
          {"genesis_hash", kHex}}},
        {"utxoupdatepsbt",
         "rawtransactions",
         "Adds what inputs spend, from the index, the pool or the coins, and what descriptors tell of keys and "
         "scripts.",
         {{"psbt", kText, true},
          {"descriptors", kArray, false, "Descriptors, or objects with \"desc\" and \"range\""}}},
        {"walletcreatefundedpsbt",
         "wallet",
         "A PSET that pays, with coins of the wallet, change and a fee; it is still to be blinded and signed.",
         {{"inputs", kArray},
          {"outputs", kAny, true},
          {"locktime", kNumber},
          {"options", kObject, false, "As fundrawtransaction's"},
          {"bip32derivs", kBool, false, "Not used: derivation paths are not told"},
          {"psbt_version", kNumber, false, "2"}}},
        {"walletprocesspsbt",
         "wallet",
         "Fills in what the wallet knows of a PSET, blinds the outputs that its inputs are to blind, and, once all are "
         "blinded, signs.",
         {{"psbt", kText, true},
          {"sign", kBool},
          {"sighashtype", kText, false, "ALL"},
          {"bip32derivs", kBool, false, "Not used: derivation paths are not told"},
          {"finalize", kBool}}},
    };
}

}  // namespace sluice::rpc
