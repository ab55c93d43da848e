#include "peg/ledger/ledger.h"

#include <algorithm>

#include "peg/parent/script.h"
#include "util/check.h"

namespace sluice::ledger {

PlannerParams PlannerParams::production() {
    PlannerParams p;
    p.coin_depth = 6;
    p.final_depth = 100;
    p.bump_after = 6;
    p.bump_step = 2000;
    p.fair_after = 144;
    p.batch_interval = 15;
    p.batch_full = 100;
    p.max_requests = 500;
    p.max_fee = 5'000'000;
    p.max_rate = 500'000;
    p.fallback_rate = 10'000;
    p.rate_window = 4;
    p.min_change = 1'000'000;
    p.target_coins = 16;
    p.expiry_margin = 1440;
    p.consolidate_rate = 3'000;
    p.pool_alarm = 10'000'000;
    return p;
}

const Batch* Ledger::find_batch(const ParentTxid& id) const {
    const auto at = batch_by_id_.find(id);
    return at == batch_by_id_.end() ? nullptr : &batches_[at->second];
}

const Batch* Ledger::batch_of(uint64_t request) const {
    const auto at = batch_by_request_.find(request);
    return at == batch_by_request_.end() ? nullptr : &batches_[at->second];
}

WatchList Ledger::watch_list() const {
    WatchList out;
    for (const PayoutSet& set : params_.sets) out.scripts.push_back(parent::p2wsh(set.witness_script));
    for (const Claim& claim : claims_) {
        out.outpoints.push_back({claim.outpoint, claim.block});
        for (const ParentOutPoint& input : claim.funding_inputs) out.outpoints.push_back({input, std::nullopt});
    }
    return out;
}

void Ledger::note_fault(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
}

void Ledger::apply(const BlockFacts& facts) {
    CHECK(facts.height == next_height_);
    ++next_height_;
    if (!facts.fault.empty()) note_fault("block " + std::to_string(facts.height) + ": " + facts.fault);
    if (facts.payout_set < params_.sets.size()) {
        current_set_ = facts.payout_set;
    } else {
        note_fault("block " + std::to_string(facts.height) + ": active payout set is not in the manifest");
    }
    claims_.insert(claims_.end(), facts.claims.begin(), facts.claims.end());
    for (Request request : facts.requests) {
        request.number = requests_.size();
        request.height = facts.height;
        request.committed = facts.committed;
        requests_.push_back(std::move(request));
    }
    // Each is bounded by the money that exists on the chain, whose sums the rules have checked.
    burns_.sat += facts.burns.sat;
    unclaimed_fees_.sat += facts.unclaimed_fees.sat;
    issued_.sat += facts.issued.sat;
    if (facts.plan) apply_plan(facts, *facts.plan);
}

void Ledger::apply_plan(const BlockFacts& facts, ByteView bytes) {
    const std::string where = "plan of block " + std::to_string(facts.height) + ": ";
    const std::optional<PlanRecord> record = decode_plan(bytes);
    if (!record) return note_fault(where + "not a plan record");
    for (const PlanEntry& entry : record->entries) {
        if (const std::optional<std::string> problem = apply_entry(facts, entry)) {
            note_fault(where + to_string(entry.kind) + " entry: " + *problem);
        }
    }
}

std::optional<std::string> Ledger::apply_entry(const BlockFacts& facts, const PlanEntry& entry) {
    if (entry.kind == PlanKind::kRelease) return release(facts, entry);
    if (entry.tx.inputs.empty()) return "transaction without inputs";
    const bool is_new = entry.batch.is_zero() && entry.kind != PlanKind::kCancel;
    return is_new ? open_batch(facts, entry) : add_version(facts, entry);
}

std::optional<std::string> Ledger::check_outputs(const PlanEntry& entry, const std::vector<uint64_t>& requests) const {
    const auto& outputs = entry.tx.outputs;
    if (outputs.size() != requests.size() + entry.change.size()) return "outputs do not add up";
    for (size_t i = 0; i < requests.size(); ++i) {
        if (requests[i] >= requests_.size()) return "unknown request";
        const Request& request = requests_[requests[i]];
        if (outputs[i].script != request.script || outputs[i].value != request.amount) {
            return "request " + std::to_string(request.number) + " is not paid as asked";
        }
    }
    for (size_t i = 0; i < entry.change.size(); ++i) {
        if (entry.change[i] != requests.size() + i) return "change positions are wrong";
    }
    return std::nullopt;
}

std::optional<std::string> Ledger::open_batch(const BlockFacts& facts, const PlanEntry& entry) {
    if (entry.version != 0) return "a batch begins with version 0";
    if ((entry.kind == PlanKind::kPay) == entry.requests.empty()) return "requests do not fit the kind";
    if (std::ranges::adjacent_find(entry.requests, std::ranges::greater_equal{}) != entry.requests.end()) {
        return "requests are not in order";
    }
    for (const uint64_t request : entry.requests) {
        if (batch_by_request_.contains(request)) return "request " + std::to_string(request) + " is in an open batch";
    }
    if (auto problem = check_outputs(entry, entry.requests)) return problem;

    Batch batch;
    batch.id = parent::compute_txid(entry.tx);
    if (batch_by_id_.contains(batch.id)) return "the batch exists";
    batch.kind = entry.kind;
    batch.pivot = entry.tx.inputs[0].prevout;
    batch.requests = entry.requests;
    batch.versions.push_back(
        {entry.kind, entry.tx, batch.id, entry.change, facts.height, facts.committed, current_set_});
    const size_t index = batches_.size();
    for (const uint64_t request : batch.requests) batch_by_request_[request] = index;
    batch_by_id_[batch.id] = index;
    if (batch.kind == PlanKind::kPay) last_pay_height_ = facts.height;
    batches_.push_back(std::move(batch));
    return std::nullopt;
}

std::optional<std::string> Ledger::add_version(const BlockFacts& facts, const PlanEntry& entry) {
    const auto at = batch_by_id_.find(entry.batch);
    if (at == batch_by_id_.end()) return "unknown batch";
    Batch& batch = batches_[at->second];
    if (batch.released_at) return "the batch was released";
    if (entry.version != batch.versions.size()) return "wrong version number";
    if (entry.tx.inputs[0].prevout != batch.pivot) return "the pivot is not the first input";
    const bool cancels = entry.kind == PlanKind::kCancel;
    if (!cancels && entry.kind != batch.kind) return "kind differs from the batch";
    if (cancels ? !entry.requests.empty() || entry.tx.inputs.size() != 1 : entry.requests != batch.requests) {
        return "requests or inputs do not fit";
    }
    if (!cancels) {
        // Inputs only grow, against every earlier paying version.
        for (const Version& earlier : batch.versions) {
            for (const parent::ParentTxIn& old : earlier.tx.inputs) {
                const bool kept = std::ranges::any_of(
                    entry.tx.inputs, [&](const parent::ParentTxIn& now) { return now.prevout == old.prevout; });
                if (!kept) return "an input of an earlier version is missing";
            }
        }
    }
    if (auto problem = check_outputs(entry, entry.requests)) return problem;
    batch.versions.push_back({entry.kind, entry.tx, parent::compute_txid(entry.tx), entry.change, facts.height,
                              facts.committed, current_set_});
    return std::nullopt;
}

std::optional<std::string> Ledger::release(const BlockFacts& facts, const PlanEntry& entry) {
    const auto at = batch_by_id_.find(entry.batch);
    if (at == batch_by_id_.end()) return "unknown batch";
    Batch& batch = batches_[at->second];
    if (batch.released_at) return "released twice";
    batch.released_at = facts.height;
    for (const uint64_t request : batch.requests) batch_by_request_.erase(request);
    return std::nullopt;
}

}  // namespace sluice::ledger
