// Evaluation: a ledger seen at one chain(c): which coins the federation holds, where each batch and request stands, and
// the reserves identity (federation-design sections 4.1, 4.2, 6). A value, computed whole each time from its two
// inputs, so that equal inputs give equal results whatever came before. Amounts in satoshi.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "peg/ledger/ledger.h"

namespace sluice::ledger {

enum class CoinKind { kDeposit, kChange, kDonation };
const char* to_string(CoinKind kind);

// An unspent, recognised coin of the federation in chain(c).
struct Coin {
    ParentOutPoint outpoint;
    Amount value;
    CoinKind kind = CoinKind::kDeposit;
    std::optional<uint32_t> set;         // nullopt: nobody knows the keys; held, never spent
    std::optional<Script> claim_script;  // deposits: the tweak of the set's keys
    Script redeem_script;                // see Claim
    uint32_t height = 0;                 // on Bitcoin
    bool reserved = false;               // input of a version of an open batch
    bool spendable = false;              // deep enough, of a known set, and not reserved
    bool operator==(const Coin&) const = default;
};

struct BatchState {
    bool open = true;                          // neither closed nor released
    bool closed = false;                       // a paying version is final on Bitcoin
    bool releasable = false;                   // open, and every version is dead or a CANCEL is final
    std::optional<uint32_t> confirmed;         // version in chain(c)
    std::optional<uint32_t> confirmed_height;  // of it
    Amount largest_fee;                        // of all versions
    std::vector<Amount> fees;                  // of each version
    bool operator==(const BatchState&) const = default;
};

enum class RequestState { kQueued, kPlanned, kConfirming, kPaid };
const char* to_string(RequestState state);

struct RequestStatus {
    RequestState state = RequestState::kQueued;
    std::optional<ParentTxid> batch;
    std::optional<ParentTxid> payment;  // the version in chain(c)
    std::optional<uint32_t> payment_height;
    bool operator==(const RequestStatus&) const = default;
};

// Section 6. held = circulating - unbacked + pending + pool - deficit.
struct Reserves {
    Amount held;
    Amount circulating;
    Amount unbacked;
    Amount pending;
    Amount pool;
    Amount deficit;  // D: what is missing; 0 when all is well
    bool operator==(const Reserves&) const = default;
};

struct Evaluation {
    uint32_t height = 0;                  // of c
    std::vector<Coin> coins;              // by outpoint
    std::vector<BatchState> batches;      // as Ledger::batches
    std::vector<RequestStatus> requests;  // as Ledger::requests
    Reserves reserves;
    Amount pool_free;                    // the pool less the largest fee of each open batch
    std::vector<ParentOutPoint> lost;    // claimed deposits not in chain(c) (reorganised away)
    std::vector<ParentOutPoint> stolen;  // our coins that a transaction of nobody's plan spent
    std::map<uint32_t, Amount> by_set;   // held coins per set
    bool operator==(const Evaluation&) const = default;
};

Evaluation evaluate(const Ledger& ledger, const BitcoinView& view);

}  // namespace sluice::ledger
