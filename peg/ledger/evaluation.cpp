#include "peg/ledger/evaluation.h"

#include <set>

#include "peg/parent/script.h"

namespace sluice::ledger {

namespace {

constexpr uint32_t kCoinbaseMaturity = 100;

// Everything that evaluate() looks up, built once from the two inputs.
class Evaluator {
public:
    Evaluator(const Ledger& ledger, const BitcoinView& view)
        : ledger_(ledger), view_(view), params_(ledger.params().planner) {
        for (const Batch& batch : ledger.batches()) {
            for (const Version& version : batch.versions) versions_[version.txid] = &version;
        }
        for (uint32_t i = 0; i < ledger.params().sets.size(); ++i) {
            set_by_script_.emplace(parent::p2wsh(ledger.params().sets[i].witness_script), i);
        }
        for (const Claim& claim : ledger.claims()) {
            claims_[claim.outpoint] = &claim;
            values_[claim.outpoint] = claim.value;
        }
        for (const Received& received : view.received()) values_[received.outpoint] = received.value;
        // Inputs may be outputs of versions that chain(c) does not hold.
        for (const auto& [txid, version] : versions_) {
            for (uint32_t i = 0; i < version->tx.outputs.size(); ++i) {
                values_[{txid, i}] = version->tx.outputs[i].value;
            }
        }
    }

    Evaluation run() {
        out_.height = view_.height();
        judge_batches();
        judge_requests();
        collect_coins();
        fill_reserves();
        return std::move(out_);
    }

private:
    [[nodiscard]] uint32_t depth(uint32_t height) const { return height > out_.height ? 0 : out_.height - height + 1; }
    [[nodiscard]] bool is_final(uint32_t height) const { return depth(height) >= params_.final_depth; }

    // The transaction with these inputs can never confirm: an input is finally spent by another, or was made by a dead
    // one.
    bool is_dead(const ParentTxid& txid, const std::vector<ParentOutPoint>& inputs) {
        if (const auto known = dead_.find(txid); known != dead_.end()) return known->second;
        dead_[txid] = false;  // no cycles exist; this only ends the recursion on impossible data
        bool dead = false;
        for (const ParentOutPoint& input : inputs) {
            if (const std::optional<Spend> spend = view_.spend_of(input)) {
                if (spend->by == txid) {  // it is in the chain: anything but dead
                    dead = false;
                    break;
                }
                dead = dead || is_final(spend->height);
            } else if (const auto version = versions_.find(input.txid); version != versions_.end()) {
                dead = dead || is_dead(input.txid, inputs_of(*version->second));
            } else if (const auto claim = claims_.find(input); claim != claims_.end()) {
                if (!view_.find(claim->second->block))
                    dead = dead || is_dead(input.txid, claim->second->funding_inputs);
            }
        }
        dead_[txid] = dead;
        return dead;
    }

    static std::vector<ParentOutPoint> inputs_of(const Version& version) {
        std::vector<ParentOutPoint> out;
        for (const parent::ParentTxIn& input : version.tx.inputs) out.push_back(input.prevout);
        return out;
    }

    [[nodiscard]] Amount fee_of(const Version& version) const {
        int64_t fee = 0;
        for (const parent::ParentTxIn& input : version.tx.inputs) {
            const auto value = values_.find(input.prevout);
            if (value != values_.end()) fee += value->second.sat;
        }
        for (const parent::ParentTxOut& output : version.tx.outputs) fee -= output.value.sat;
        return {fee};
    }

    void judge_batches() {
        for (const Batch& batch : ledger_.batches()) {
            BatchState state;
            for (const Version& version : batch.versions) {
                state.fees.push_back(fee_of(version));
                state.largest_fee = std::max(state.largest_fee, state.fees.back());
            }
            const std::optional<Spend> spend = view_.spend_of(batch.pivot);
            for (uint32_t i = 0; spend && i < batch.versions.size(); ++i) {
                if (batch.versions[i].txid != spend->by) continue;
                state.confirmed = i;
                state.confirmed_height = spend->height;
            }
            if (batch.released_at) {
                state.open = false;
            } else if (state.confirmed && is_final(*state.confirmed_height)) {
                const bool pays = batch.versions[*state.confirmed].kind != PlanKind::kCancel;
                state.closed = pays;
                state.open = !pays;
                state.releasable = !pays;
            } else {
                state.releasable = true;
                for (const Version& version : batch.versions) {
                    if (!is_dead(version.txid, inputs_of(version))) state.releasable = false;
                }
            }
            if (state.open) {
                for (const Version& version : batch.versions) {
                    for (const parent::ParentTxIn& input : version.tx.inputs) reserved_.insert(input.prevout);
                }
            }
            out_.batches.push_back(std::move(state));
        }
    }

    void judge_requests() {
        out_.requests.resize(ledger_.requests().size());
        for (size_t i = 0; i < ledger_.batches().size(); ++i) {
            const Batch& batch = ledger_.batches()[i];
            const BatchState& state = out_.batches[i];
            // A released batch can still hold requests' payment only if a CANCEL or a foreign spend took its place.
            if (batch.released_at) continue;
            for (const uint64_t number : batch.requests) {
                RequestStatus& request = out_.requests[number];
                request.batch = batch.id;
                request.state = RequestState::kPlanned;
                if (state.confirmed && batch.versions[*state.confirmed].kind != PlanKind::kCancel) {
                    request.state = state.closed ? RequestState::kPaid : RequestState::kConfirming;
                    request.payment = batch.versions[*state.confirmed].txid;
                    request.payment_height = state.confirmed_height;
                }
            }
        }
    }

    void add_coin(Coin coin, uint32_t needed_depth) {
        if (const std::optional<Spend> spend = view_.spend_of(coin.outpoint)) {
            if (!versions_.contains(spend->by)) out_.stolen.push_back(coin.outpoint);
            return;
        }
        coin.reserved = reserved_.contains(coin.outpoint);
        coin.spendable = !coin.reserved && coin.set && depth(coin.height) >= needed_depth;
        out_.reserves.held.sat += coin.value.sat;
        if (coin.set) out_.by_set[*coin.set].sat += coin.value.sat;
        out_.coins.push_back(std::move(coin));
    }

    void collect_coins() {
        for (const Claim& claim : ledger_.claims()) {
            const std::optional<uint32_t> height = view_.find(claim.block);
            if (!height) {
                out_.lost.push_back(claim.outpoint);
                continue;
            }
            add_coin({claim.outpoint, claim.value, CoinKind::kDeposit, claim.set, claim.claim_script,
                      claim.redeem_script, *height},
                     1);
        }
        for (const Received& received : view_.received()) {
            const auto set = set_by_script_.find(received.script);
            if (set == set_by_script_.end() || claims_.contains(received.outpoint)) continue;
            const auto version = versions_.find(received.outpoint.txid);
            const bool change =
                version != versions_.end() &&
                std::ranges::find(version->second->change, received.outpoint.index) != version->second->change.end();
            if (!change) {
                // Anything else that pays us is a gift, once it is final.
                if (!is_final(received.height)) continue;
                donations_ += received.value.sat;
            }
            const uint32_t needed = received.coinbase ? kCoinbaseMaturity
                                    : change          ? params_.coin_depth
                                                      : params_.final_depth;
            add_coin({received.outpoint,
                      received.value,
                      change ? CoinKind::kChange : CoinKind::kDonation,
                      set->second,
                      std::nullopt,
                      {},
                      received.height},
                     needed);
        }
        std::ranges::sort(out_.coins, {}, &Coin::outpoint);
    }

    void fill_reserves() {
        Reserves& r = out_.reserves;
        int64_t claims = 0;
        for (const Claim& claim : ledger_.claims()) claims += claim.value.sat;
        int64_t requested = 0;
        for (size_t i = 0; i < ledger_.requests().size(); ++i) {
            const int64_t amount = ledger_.requests()[i].amount.sat;
            requested += amount;
            if (!out_.requests[i].payment) r.pending.sat += amount;
        }
        int64_t fees_paid = 0;
        int64_t fees_reserved = 0;
        for (size_t i = 0; i < out_.batches.size(); ++i) {
            const BatchState& state = out_.batches[i];
            if (state.confirmed) fees_paid += state.fees[*state.confirmed].sat;
            if (state.open) fees_reserved += state.largest_fee.sat;
        }
        r.unbacked = ledger_.issued();
        r.circulating.sat =
            claims + ledger_.issued().sat - ledger_.burns().sat - ledger_.unclaimed_fees().sat - requested;
        r.pool.sat = ledger_.burns().sat + ledger_.unclaimed_fees().sat + donations_ - fees_paid;
        r.deficit.sat = r.circulating.sat - r.unbacked.sat + r.pending.sat + r.pool.sat - r.held.sat;
        out_.pool_free.sat = r.pool.sat - fees_reserved;
    }

    const Ledger& ledger_;
    const BitcoinView& view_;
    const PlannerParams& params_;
    Evaluation out_;
    std::map<ParentTxid, const Version*> versions_;
    std::map<Script, uint32_t> set_by_script_;
    std::map<ParentOutPoint, const Claim*> claims_;
    std::map<ParentOutPoint, Amount> values_;
    std::map<ParentTxid, bool> dead_;
    std::set<ParentOutPoint> reserved_;
    int64_t donations_ = 0;
};

}  // namespace

const char* to_string(CoinKind kind) {
    switch (kind) {
        case CoinKind::kDeposit: return "deposit";
        case CoinKind::kChange: return "change";
        case CoinKind::kDonation: return "donation";
    }
    return "unknown";
}

const char* to_string(RequestState state) {
    switch (state) {
        case RequestState::kQueued: return "queued";
        case RequestState::kPlanned: return "planned";
        case RequestState::kConfirming: return "confirming";
        case RequestState::kPaid: return "paid";
    }
    return "unknown";
}

Evaluation evaluate(const Ledger& ledger, const BitcoinView& view) { return Evaluator(ledger, view).run(); }

}  // namespace sluice::ledger
