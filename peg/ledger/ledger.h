// Ledger: the fold of final sidechain blocks into claims, payout requests, batches and flows of the pegged asset
// (federation-design section 4.1). It knows nothing about the state of Bitcoin: see evaluation.h for the ledger at
// chain(c). Pure; owned by one thread. Only final blocks are applied, so there is no undo.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consensus/primitives/ids.h"
#include "consensus/primitives/transaction.h"
#include "peg/ledger/bitcoin_view.h"
#include "peg/ledger/params.h"
#include "peg/ledger/plan_record.h"

namespace sluice::ledger {

using parent::ParentBlockHash;

// A deposit on Bitcoin that was claimed on the sidechain.
struct Claim {
    ParentOutPoint outpoint;
    Amount value;
    Script claim_script;
    std::optional<uint32_t> set;  // whose tweaked script holds the coin; nullopt: of no set that we know
    Script redeem_script;   // the witness program, if the deposit pays its P2SH (a chain's first epoch); else empty
    ParentBlockHash block;  // that holds the deposit
    std::vector<ParentOutPoint> funding_inputs;
    uint32_t height = 0;  // of the sidechain block that claims it
    bool operator==(const Claim&) const = default;
};

// A peg-out output of a final block.
struct Request {
    uint64_t number = 0;  // in chain order, from 0
    OutPoint outpoint;    // on the sidechain
    Script script;        // to pay on Bitcoin
    Amount amount;
    uint32_t height = 0;
    ParentBlockHash committed;  // the Bitcoin block that the same sidechain block commits to
    bool operator==(const Request&) const = default;
};

// What one final block means to the ledger. Made by facts.h from the block itself.
struct BlockFacts {
    uint32_t height = 0;
    BlockHash hash;
    ParentBlockHash committed;  // zeros if the coinbase commits to none
    uint32_t payout_set = 0;    // index of the active set
    std::vector<Claim> claims;
    std::vector<Request> requests;  // number, height and committed are filled in by the ledger
    Amount burns;
    Amount unclaimed_fees;
    Amount issued;              // pegged asset made without a claim
    std::optional<Bytes> plan;  // the PLAN's bytes after their tag
    std::string fault;          // not empty: the block holds something that the ledger cannot account for
};

struct Version {
    PlanKind kind = PlanKind::kPay;
    ParentTransaction tx;
    ParentTxid txid;
    std::vector<uint32_t> change;
    uint32_t height = 0;        // of the sidechain block that planned it
    ParentBlockHash committed;  // c of that block
    uint32_t change_set = 0;    // the set that was active then
};

// A fixed list of requests and a pivot. Every version spends the pivot, so at most one ever confirms.
struct Batch {
    ParentTxid id;
    PlanKind kind = PlanKind::kPay;  // kPay or kSweep
    ParentOutPoint pivot;
    std::vector<uint64_t> requests;
    std::vector<Version> versions;  // not empty; index is the version number
    std::optional<uint32_t> released_at;
    [[nodiscard]] uint32_t height() const { return versions.front().height; }
};

class Ledger {
public:
    explicit Ledger(LedgerParams params) : params_(std::move(params)) {}

    // The next final block. Precondition: facts.height == next_height(). A PLAN that breaks the rules of section 4.2
    // was signed by k members nevertheless: the entry is ignored and fault() says so, after which nobody should plan.
    void apply(const BlockFacts& facts);

    [[nodiscard]] uint32_t next_height() const { return next_height_; }
    [[nodiscard]] const LedgerParams& params() const { return params_; }
    // Parameters may change at a height that the manifest lists; sets only ever grow.
    void set_params(LedgerParams params) { params_ = std::move(params); }
    [[nodiscard]] uint32_t current_set() const { return current_set_; }
    [[nodiscard]] const std::vector<Claim>& claims() const { return claims_; }
    [[nodiscard]] const std::vector<Request>& requests() const { return requests_; }
    [[nodiscard]] const std::vector<Batch>& batches() const { return batches_; }  // in order of creation
    [[nodiscard]] const Batch* find_batch(const ParentTxid& id) const;
    // The unreleased batch that holds a request, if any.
    [[nodiscard]] const Batch* batch_of(uint64_t request) const;
    [[nodiscard]] std::optional<uint32_t> last_pay_height() const { return last_pay_height_; }

    [[nodiscard]] Amount burns() const { return burns_; }
    [[nodiscard]] Amount unclaimed_fees() const { return unclaimed_fees_; }
    [[nodiscard]] Amount issued() const { return issued_; }
    // The first thing that should not have happened; empty if all is well.
    [[nodiscard]] const std::string& fault() const { return fault_; }

    // What a BitcoinView of this ledger must have scanned for.
    [[nodiscard]] WatchList watch_list() const;

private:
    void apply_plan(const BlockFacts& facts, ByteView bytes);
    std::optional<std::string> apply_entry(const BlockFacts& facts, const PlanEntry& entry);
    std::optional<std::string> open_batch(const BlockFacts& facts, const PlanEntry& entry);
    std::optional<std::string> add_version(const BlockFacts& facts, const PlanEntry& entry);
    std::optional<std::string> release(const BlockFacts& facts, const PlanEntry& entry);
    [[nodiscard]] std::optional<std::string> check_outputs(const PlanEntry& entry,
                                                           const std::vector<uint64_t>& requests) const;
    void note_fault(std::string what);

    LedgerParams params_;
    uint32_t next_height_ = 0;
    uint32_t current_set_ = 0;
    std::vector<Claim> claims_;
    std::vector<Request> requests_;
    std::vector<Batch> batches_;
    std::map<ParentTxid, size_t> batch_by_id_;
    std::map<uint64_t, size_t> batch_by_request_;  // unreleased batches only
    std::optional<uint32_t> last_pay_height_;
    Amount burns_;
    Amount unclaimed_fees_;
    Amount issued_;
    std::string fault_;
};

}  // namespace sluice::ledger
