// Methods about coins: federation and wallet.
#include "rpc/method_tables.h"

namespace sluice::rpc {

using enum ArgType;

std::vector<Method> federation_methods() {
    return {
        {"approvecancel", "federation", "Lets this member agree to cancel a payout batch.", {{"batch", kHex, true}}},
        {"clearfreeze", "federation", "Ends this member's freeze of claims and payouts, and forgets its alarms."},
        {"getfederationinfo", "federation", "The federation, this member and its peers."},
        {"getpegoutstatus",
         "federation",
         "State of each peg-out request.",
         {{"txid", kHex, false, "Transaction of the request (default: all that are not yet final)"}, {"vout", kNumber}}},
        {"getreserves", "federation", "Coins held on the parent chain against coins in circulation."},
        {"loadmanifest",
         "federation",
         "Takes up a signed successor of the manifest: this member votes for its set from the start height on.",
         {{"file", kText, true, "On this member's machine"}}},
        {"resolveconflict", "federation", "Lets a halted signer go on with this block.", {{"hash", kHex, true}}},
        {"resumenow", "federation", "Lets an observing signer sign at once: it counts as a liar until one block more is final."},
    };
}

std::vector<Method> wallet_methods() {
    return {
        {"claimpegin",
         "wallet",
         "Claims a deposit on the parent chain; returns the transaction id.",
         {{"bitcoin_tx", kHex, true, "Deposit transaction"},
          {"txoutproof", kHex, true, "Merkle proof of it"},
          {"claim_script", kHex, false, "Witness program of the address it was made for"},
          {"fee_rate", kAmount}}},
        {"dumpassetlabels", "wallet", "Labels of assets."},
        {"encryptwallet", "wallet", "Encrypts the wallet's secrets with a passphrase.", {{"passphrase", kText, true}}},
        {"getaddressinfo", "wallet", "What the wallet knows about an address.", {{"address", kText, true}}},
        {"getbalance",
         "wallet",
         "Spendable balance of each asset, or of one.",
         {{"dummy", kText}, {"minconf", kNumber}, {"include_watchonly", kBool}, {"avoid_reuse", kBool}, {"assetlabel", kText}}},
        {"getbalances", "wallet", "Balances by state."},
        {"getnewaddress", "wallet", "A fresh address.", {{"label", kText}, {"address_type", kText}}},
        {"getpeginaddress", "wallet", "A fresh address on the parent chain for a deposit.", {}},
        {"gettransaction", "wallet", "A transaction of the wallet.", {{"txid", kHex, true}, {"include_watchonly", kBool}, {"verbose", kBool}, {"assetlabel", kText}}},
        {"getwalletinfo", "wallet", "State of the wallet."},
        {"getwalletpakinfo", "wallet", "How the wallet authorises peg-outs."},
        {"initpegoutwallet",
         "wallet",
         "Sets how the wallet authorises peg-outs, and makes its entry for the PAK list.",
         {{"bitcoin_descriptor", kText, true, "pkh, wpkh or sh(wpkh) of one extended public key, e.g. wpkh(<xpub>/0/*); or that key"},
          {"bip32_counter", kNumber, false, "The next address of the descriptor (default: 0)"},
          {"liquid_pak", kHex, false, "Online key, of the wallet (default: a fresh one)"}}},
        {"listtransactions", "wallet", "Recent transactions of the wallet.", {{"label", kText}, {"count", kNumber}, {"skip", kNumber}, {"include_watchonly", kBool}}},
        {"listunspent",
         "wallet",
         "Unspent outputs of the wallet.",
         {{"minconf", kNumber}, {"maxconf", kNumber}, {"addresses", kArray}, {"include_unsafe", kBool}, {"query_options", kObject}}},
        {"listwallets", "wallet", "Names of the loaded wallets."},
        {"sendtoaddress",
         "wallet",
         "Sends an amount to an address; returns the transaction id.",
         {{"address", kText, true},
          {"amount", kAmount, true},
          {"comment", kText},
          {"comment_to", kText},
          {"subtractfeefromamount", kBool},
          {"replaceable", kBool},
          {"conf_target", kNumber},
          {"estimate_mode", kText},
          {"avoid_reuse", kBool},
          {"assetlabel", kText},
          {"ignoreblindfail", kBool},
          {"fee_rate", kAmount},
          {"verbose", kBool}}},
        {"sendtomainchain",
         "wallet",
         "Sends an amount to an address on the parent chain: where the chain enforces a PAK list the address is \"\" and the next of initpegoutwallet's is taken.",
         {{"address", kText, true}, {"amount", kAmount, true}, {"subtractfeefromamount", kBool}, {"verbose", kBool}}},
        {"walletlock", "wallet", "Forgets the passphrase."},
        {"walletpassphrase", "wallet", "Unlocks the wallet for some seconds.", {{"passphrase", kText, true}, {"timeout", kNumber, true}}},
        {"walletpassphrasechange", "wallet", "Changes the passphrase.", {{"oldpassphrase", kText, true}, {"newpassphrase", kText, true}}},
    };
}

}  // namespace sluice::rpc
