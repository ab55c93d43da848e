// Methods about raw transactions, and utilities.
#include "rpc/method_tables.h"

namespace sluice::rpc {

using enum ArgType;

std::vector<Method> rawtx_methods() {
    return {
        {"calculateasset",
         "util",
         "Ids of the asset that an input would issue.",
         {{"txid", kHex, true}, {"vout", kNumber, true}, {"asset_entropy", kHex, false, "Contract hash"}, {"blind_reissuance", kBool}}},
        {"createblindedaddress", "util", "A confidential address from a plain one.", {{"address", kText, true}, {"blinding_key", kHex, true}}},
        {"createrawtransaction",
         "rawtransactions",
         "An unsigned transaction in hex. Blinding keys of confidential addresses ride in the nonces until it is blinded.",
         {{"inputs", kArray, true},
          {"outputs", kAny, true, "[{\"address\": amount, \"asset\": id}, {\"data\": hex}, {\"burn\": amount}, {\"fee\": amount}]"},
          {"locktime", kNumber},
          {"replaceable", kBool}}},
        {"rawblindrawtransaction",
         "rawtransactions",
         "Blinds the marked outputs, with the blinding factors of the inputs given.",
         {{"hexstring", kHex, true},
          {"inputamountblinders", kArray, true},
          {"inputamounts", kArray, true},
          {"inputassets", kArray, true},
          {"inputassetblinders", kArray, true},
          {"totalblinder", kText, false, "Not used"},
          {"ignoreblindfail", kBool}}},
        {"rawissueasset", "rawtransactions", "Attaches issuances to inputs of a transaction.", {{"transaction", kHex, true}, {"issuances", kArray, true}}},
        {"rawreissueasset", "rawtransactions", "Attaches reissuances to inputs of a transaction.", {{"transaction", kHex, true}, {"reissuances", kArray, true}}},
        {"unblind",
         "rawtransactions",
         "What outputs and issuances of transactions hold, opened with the keys given; no wallet takes part.",
         {{"transactions", kAnyText, true, "Hex, or an array of hex or {\"hex\", \"keys\"}"},
          {"keys", kArray, false, "Private blinding keys: hex, {\"key\", \"vout\" or \"vin\"}, or {\"master\"}"}}},
        {"decoderawtransaction", "rawtransactions", "A transaction as an object.", {{"hexstring", kHex, true}, {"iswitness", kBool}}},
        {"decodescript", "rawtransactions", "A script as an object.", {{"hexstring", kHex, true}}},
        {"explaintransaction",
         "rawtransactions",
         "What this node thinks of a transaction: each input's scripts up to where they fail, amounts by asset, the rule it breaks.",
         {{"hexstring", kHex, true},
          {"prevouts", kArray, false, "What its inputs spend where the chain does not say: objects with txid, vout, scriptPubKey, "
                                      "amount or amountcommitment, asset or assetcommitment"}}},
        {"getrawtransaction",
         "rawtransactions",
         "A transaction of the pool, or of a block when that is given or an index is kept.",
         {{"txid", kHex, true}, {"verbosity|verbose", kAny, false, "0 (default): hex; 1: object; 2: with spent outputs"}, {"blockhash", kHex}}},
        {"sendrawtransaction",
         "rawtransactions",
         "Takes a transaction into the pool and announces it; returns its id.",
         {{"hexstring", kHex, true},
          {"maxfeerate", kAmount, false, "Refuse a higher fee rate per kvB; 0: any (default: 0.10)"},
          {"maxburnamount", kAmount, false, "Refuse outputs that burn more than this (default: 0)"},
          {"ignore_blinding_failure", kBool}}},
        {"testmempoolaccept",
         "rawtransactions",
         "Whether transactions would be taken into the pool.",
         {{"rawtxs", kArray, true}, {"maxfeerate", kAmount, false, "Refuse a higher fee rate per kvB; 0: any (default: 0.10)"}}},
        {"calcfastmerkleroot", "hidden", "Merkle root of hashes as Elements' fast trees have it.", {{"leaves", kArray, true}}},
        {"estimatesmartfee",
         "util",
         "Fee rate per kvB for a transaction to confirm within a number of blocks.",
         {{"conf_target", kNumber, true}, {"estimate_mode", kText}}},
        {"getindexinfo", "util", "State of the indexes.", {{"index_name", kText}}},
        {"tweakfedpegscript", "util", "The federation's script for one claim script.", {{"claim_script", kHex, true}, {"fedpegscript", kHex}}},
        {"validateaddress", "util", "What an address stands for.", {{"address", kText, true}}},
    };
}

}  // namespace sluice::rpc
