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

    [[nodiscard]] Amount modified_fee() const { return {fee.sat + fee_delta.sat}; }
    [[nodiscard]] FeeRate rate() const { return FeeRate::of(modified_fee(), discount_vsize); }
};

enum class RefusalKind {
    kInvalid,        // breaks consensus: the sender is to blame
    kWitness,        // another witness may make it good: remember only its wtxid
    kPolicy,         // this node does not want it
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
    // The reason as testmempoolaccept gives it.
    [[nodiscard]] std::string test_accept_reason() const {
        return kind == RefusalKind::kMissingInputs ? "missing-inputs" : reason;
    }
};

struct Acceptance {
    Txid txid;
    Amount fee;             // in the policy asset
    int64_t vsize = 0;      // virtual bytes
    int64_t fee_vsize = 0;  // what its fee rate is counted on
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
