// What the mempool knows of a transaction, and why it refuses or drops one. Values.
#pragma once

#include <set>
#include <string>

#include "consensus/primitives/verdict.h"
#include "consensus/rules/coin.h"
#include "consensus/script/flags.h"
#include "mempool/fee_rate.h"
#include "peg/proof/pegin.h"

namespace sluice::mempool {

// Sums over a transaction and those above or below it in the pool.
struct Family {
    size_t count = 0;
    int64_t vsize = 0;
    int64_t discount_vsize = 0;
    int64_t modified_fees = 0;  // satoshi

    Family& operator+=(const Family& other);
    Family& operator-=(const Family& other);
};

struct Entry {
    TxRef tx;
    Amount fee;                  // in the policy asset
    Amount fee_delta;            // what prioritise added for mining
    int64_t vsize = 0;           // virtual bytes, signature operations counted in
    int64_t discount_vsize = 0;  // the same for fee rates where confidential outputs are discounted; else vsize
    int64_t sigop_cost = 0;
    int64_t time = 0;                           // Unix seconds of entry
    uint32_t height = 0;                        // of the tip at entry
    uint64_t sequence = 0;                      // of entry; a parent's is lower than its child's
    std::vector<peg::PeginProof> pegins;        // its claims
    script::Flags flags = script::kVerifyNone;  // under which its scripts passed
    std::set<Txid> parents;                     // in the pool
    std::set<Txid> children;
    Family above;  // with its ancestors, itself included; kept by the pool, as the next
    Family below;  // with its descendants, itself included

    [[nodiscard]] Amount modified_fee() const { return {fee.sat + fee_delta.sat}; }
    [[nodiscard]] FeeRate rate() const { return FeeRate::of(modified_fee(), discount_vsize); }
    // Alone.
    [[nodiscard]] Family alone() const { return {1, vsize, discount_vsize, modified_fee().sat}; }
};

enum class RefusalKind {
    kInvalid,        // breaks consensus: the sender is to blame
    kWitness,        // another witness may make it good: remember only its wtxid
    kPolicy,         // this node does not want it
    kFee,            // pays too little by itself: a child may pay for it
    kMissingInputs,  // of a parent that is not here, or spent
    kConflict,       // already here, or contradicts what is
    kPremature,      // may be good later
    kFault,          // this node could not tell
};

struct Refusal {
    RefusalKind kind = RefusalKind::kInvalid;
    std::string reason;  // Elements' reject reason
    std::string detail;
    Breach breach{};  // the place and values; the rule if it is one of consensus
    [[nodiscard]] std::string text() const { return detail.empty() ? reason : reason + ", " + detail; }
    // The reason as testmempoolaccept gives it.
    [[nodiscard]] std::string test_accept_reason() const {
        return kind == RefusalKind::kMissingInputs ? "missing-inputs" : reason;
    }
};

struct Acceptance {
    Txid txid;
    Amount fee;         // in the policy asset
    int64_t vsize = 0;  // virtual bytes
    FeeRate effective;  // with priorities, over all that `effective_with` names
    std::vector<Wtxid> effective_with;
    std::vector<Txid> replaced;
};

enum class RemovalReason { kBlock, kConflict, kReplaced, kExpired, kSizeLimit, kReorg };
std::string_view to_string(RemovalReason reason);

struct PoolEvent {
    bool added = true;
    RemovalReason reason = RemovalReason::kBlock;  // if removed
    TxRef tx;
    uint64_t sequence = 0;  // counts additions and removals
};

}  // namespace sluice::mempool
