// When a signer signs a payout (federation-design section 7, SignPayout): only what a followed final block planned, for
// requests that it has seen in followed final blocks, with one pivot per request for ever, and only when it has seen
// the Bitcoin transactions that made the coins: amounts come from those, never from the host. Which batch a request is
// bound to is known twice: from the journal, and from the final chain, so that a lost journal frees none. Pure checks;
// MemberSigner journals and signs.
#pragma once

#include <functional>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/block.h"
#include "federation/agreement/journal.h"
#include "federation/signer/known_set.h"
#include "peg/ledger/plan_record.h"
#include "peg/ledger/signing.h"

namespace sluice::signer {

// Everything comes from the host and is believed only as far as it hangs off followed headers or an input's txid.
struct PayoutRequest {
    std::shared_ptr<const Block> plan_block;  // final; its coinbase holds the PLAN
    size_t entry = 0;                         // position in the PLAN
    // The final blocks that hold the requests, one for each request of the entry, in its order, with the output meant.
    struct Paid {
        std::shared_ptr<const Block> block;
        size_t transaction = 0;
        uint32_t output = 0;
    };
    std::vector<Paid> paid;
    // The coins that the entry's transaction spends, in the order of its inputs.
    struct Coin {
        uint32_t set = 0;                    // whose keys hold it, by index
        std::optional<Script> claim_script;  // the tweak of those keys, if it was a deposit
        Bytes funding;                       // the Bitcoin transaction that made it, serialized
    };
    std::vector<Coin> coins;
    // A release of the batch that an earlier pivot of a request belonged to: the final block that holds it.
    std::vector<std::shared_ptr<const Block>> releases;
};

struct PayoutContext {
    const ChainParams& params;
    const std::vector<KnownSet>& sets;
    const agreement::JournalState& journal;
    const ledger::Ledger& planned;  // requests and batches of all followed blocks
    int64_t max_fee = 0;            // satoshi
    // Hash of the followed header at a height; nullopt if none.
    std::function<std::optional<BlockHash>(uint32_t)> followed;
};

struct PayoutClearance {
    parent::ParentTransaction tx;
    std::vector<ledger::InputToSign> inputs;
    agreement::PayoutRecord record;                  // without signatures
    std::vector<agreement::RequestRecord> requests;  // to journal with it
};
// The error is the reason for refusal, for people.
Result<PayoutClearance> clear_payout(const PayoutRequest& request, const PayoutContext& context);

}  // namespace sluice::signer
