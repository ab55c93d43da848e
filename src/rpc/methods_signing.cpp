// Methods that need keys but no wallet.
#include "rpc/method_tables.h"

namespace sluice::rpc {

using enum ArgType;

std::vector<Method> signing_methods() {
    return {
        {"combinerawtransaction",
         "rawtransactions",
         "One transaction with the signatures of several copies of it.",
         {{"txs", kArray, true, "The copies, in hex"}}},
        {"signrawtransactionwithkey",
         "rawtransactions",
         "Signs with these keys and no others; what is signed already stays.",
         {{"hexstring", kText, true},
          {"privkeys", kArray, true, "Private keys as text (WIF)"},
          {"prevtxs", kArray, false,
           "What it spends where the chain does not say: objects with txid, vout, scriptPubKey, redeemScript, "
           "witnessScript, amount or amountcommitment"},
          {"sighashtype", kText, false,
           "ALL, NONE or SINGLE, each with |ANYONECANPAY and |RANGEPROOF if wanted (default: ALL; DEFAULT for "
           "taproot)"}}},
        {"createmultisig",
         "util",
         "The address and redeem script of m of n keys, with their descriptor.",
         {{"nrequired", kNumber, true},
          {"keys", kArray, true, "Public keys in hex"},
          {"address_type", kText, false, "legacy (default), p2sh-segwit or bech32"}}},
        {"deriveaddresses",
         "util",
         "The addresses of a descriptor, which must carry its checksum.",
         {{"descriptor", kText, true}, {"range", kAny, false, "Last index, or [first, last], of a ranged descriptor"}}},
        {"getdescriptorinfo",
         "util",
         "A descriptor read and written again, with its checksum and without private keys.",
         {{"descriptor", kText, true}}},
        {"signmessagewithprivkey",
         "util",
         "Signs a text with a private key; base64.",
         {{"privkey", kText, true}, {"message", kText, true}}},
        {"verifymessage",
         "util",
         "Whether the holder of an address signed a text.",
         {{"address", kText, true}, {"signature", kText, true}, {"message", kText, true}}},
    };
}

}  // namespace sluice::rpc
