// Methods of the federation.
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
         {{"txid", kHex, false, "Transaction of the request (default: all that are not yet final)"},
          {"vout", kNumber}}},
        {"getreserves", "federation", "Coins held on the parent chain against coins in circulation."},
        {"loadmanifest",
         "federation",
         "Takes up a signed successor of the manifest: this member votes for its set from the start height on.",
         {{"file", kText, true, "On this member's machine"}}},
        {"resolveconflict", "federation", "Lets a halted signer go on with this block.", {{"hash", kHex, true}}},
        {"resumenow", "federation",
         "Lets an observing signer sign at once: it counts as a liar until one block more is final."},
    };
}

}  // namespace sluice::rpc
