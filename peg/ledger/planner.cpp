#include "peg/ledger/planner.h"

#include <algorithm>

#include "codec/hex.h"
#include "consensus/script/script.h"
#include "peg/ledger/size.h"
#include "peg/parent/script.h"

namespace sluice::ledger {

namespace {

constexpr uint32_t kSequence = 0xfffffffd;  // BIP125: may be replaced
constexpr size_t kMaxSweeps = 2;
constexpr size_t kRecordHead = 1 + 1 + 4 + 3;  // format, planner version, rate, count of entries

using Inputs = std::vector<parent::ParentTxIn>;

struct Funding {
    std::vector<const Coin*> coins;
    std::vector<int64_t> change;
    int64_t fee = 0;
    size_t weight = 0;
};

class Planner {
public:
    Planner(const Ledger& ledger, const Evaluation& evaluation, const BitcoinView& view, const PlanInput& input)
        : ledger_(ledger), now_(evaluation), view_(view), input_(input), params_(ledger.params().planner) {}

    Plan run() {
        out_.record.rate = input_.rate;
        for (size_t i = 0; i < now_.requests.size(); ++i) {
            if (now_.requests[i].state == RequestState::kQueued) out_.waiting[i] = HoldReason::kLater;
        }
        mark_unpayable();
        if (input_.frozen || !ledger_.fault().empty() || now_.reserves.deficit.sat != params_.acknowledged_deficit ||
            ledger_.params().sets.empty()) {
            return std::move(out_);
        }
        pool_ = now_.pool_free.sat;
        for (const Coin& coin : now_.coins) {
            if (coin.spendable) free_.push_back(&coin);
        }
        std::ranges::sort(free_, [&](const Coin* a, const Coin* b) { return before(*a, *b); });
        releases();
        bumps();
        new_pay();
        new_sweep();
        if (now_.reserves.pool.sat < params_.pool_alarm) out_.alarms.push_back("the fee pool is low");
        return std::move(out_);
    }

private:
    // ---- orders and lookups

    [[nodiscard]] bool expiring(const Coin& coin) const {
        const uint32_t csv = coin.set ? set(*coin.set).csv : 0;
        return csv != 0 && uint64_t{coin.height} + csv <= uint64_t{now_.height} + params_.expiry_margin;
    }
    [[nodiscard]] bool before(const Coin& a, const Coin& b) const {
        if (expiring(a) != expiring(b)) return expiring(a);
        if (a.value != b.value) return a.value > b.value;
        return a.outpoint < b.outpoint;
    }
    [[nodiscard]] const PayoutSet& set(uint32_t index) const { return ledger_.params().sets[index]; }
    [[nodiscard]] uint32_t current_set() const { return input_.set.value_or(ledger_.current_set()); }
    [[nodiscard]] Script change_script() const { return parent::p2wsh(set(current_set()).witness_script); }
    // Bitcoin blocks since the block that a sidechain block committed to; nullopt if that one is not known.
    [[nodiscard]] std::optional<uint32_t> age(const ParentBlockHash& committed) const {
        const std::optional<uint32_t> height = view_.header_height(committed);
        if (!height) return std::nullopt;
        return now_.height > *height ? now_.height - *height : 0;
    }
    [[nodiscard]] std::vector<const Coin*> free_of(uint32_t set_index) const {
        std::vector<const Coin*> out;
        for (const Coin* coin : free_) {
            if (coin->set == set_index) out.push_back(coin);
        }
        return out;
    }
    void take(const std::vector<const Coin*>& coins) {
        std::erase_if(free_, [&](const Coin* coin) { return std::ranges::find(coins, coin) != coins.end(); });
    }
    // The entry's place in the block; false if the PLAN would grow too large.
    bool add(PlanEntry entry) {
        SizeWriter size;
        describe(static_cast<Writer&>(size), entry);
        if (kRecordHead + bytes_ + size.size() > params_.max_plan_bytes) return false;
        bytes_ += size.size();
        out_.record.entries.push_back(std::move(entry));
        return true;
    }

    // ---- building transactions

    [[nodiscard]] static ParentTransaction transaction(Inputs inputs, std::vector<parent::ParentTxOut> outputs) {
        ParentTransaction tx;
        tx.inputs = std::move(inputs);
        std::sort(tx.inputs.begin() + 1, tx.inputs.end());  // by outpoint; the pivot stays first
        tx.outputs = std::move(outputs);
        return tx;
    }
    static parent::ParentTxIn input_of(const Coin& coin) {
        parent::ParentTxIn out{coin.outpoint, {}, kSequence, {}};
        if (!coin.redeem_script.empty())
            out.script_sig = script::ScriptBuilder().push(coin.redeem_script.view()).build();
        return out;
    }
    [[nodiscard]] std::vector<parent::ParentTxOut> with_change(std::vector<parent::ParentTxOut> outputs,
                                                               const std::vector<int64_t>& change) const {
        for (const int64_t value : change) outputs.push_back({{value}, change_script()});
        return outputs;
    }
    static std::vector<int64_t> split(int64_t total, size_t parts) {
        std::vector<int64_t> out(parts, total / static_cast<int64_t>(parts));
        out.back() += total % static_cast<int64_t>(parts);
        return out;
    }
    static std::vector<uint32_t> positions(size_t from, size_t count) {
        std::vector<uint32_t> out;
        for (size_t i = 0; i < count; ++i) out.push_back(static_cast<uint32_t>(from + i));
        return out;
    }

    // How `sum` divides into the outputs, fee and at most `most` change outputs; nullopt if it does not reach. `drop`
    // lets a rest too small for change go to the fee.
    [[nodiscard]] std::optional<Funding> divide(const PayoutSet& owner, const Inputs& inputs, int64_t sum,
                                                const std::vector<parent::ParentTxOut>& outputs, size_t most,
                                                bool drop) const {
        int64_t paid = 0;
        for (const parent::ParentTxOut& output : outputs) paid += output.value.sat;
        for (size_t parts = most;; --parts) {
            Funding out;
            out.weight = payout_weight(owner, inputs, with_change(outputs, std::vector<int64_t>(parts)));
            out.fee = fee_of(input_.rate, vsize_of(out.weight));
            const int64_t rest = sum - paid - out.fee;
            if (parts == 0) {
                if (rest < 0 || (rest > 0 && !drop)) return std::nullopt;
                out.fee += rest;
                return out;
            }
            if (rest >= static_cast<int64_t>(parts) * params_.min_change) {
                out.change = split(rest, parts);
                return out;
            }
        }
    }

    // Coins in order until they pay for the outputs; nullopt if all together do not.
    [[nodiscard]] std::optional<Funding> fund(const PayoutSet& owner, const std::vector<const Coin*>& coins,
                                              const std::vector<parent::ParentTxOut>& outputs, size_t most) const {
        int64_t sum = 0;
        std::vector<const Coin*> taken;
        Inputs inputs;
        for (const Coin* coin : coins) {
            taken.push_back(coin);
            inputs.push_back(input_of(*coin));
            sum += coin->value.sat;
            const bool last = taken.size() == coins.size();
            if (std::optional<Funding> out = divide(owner, inputs, sum, outputs, most, last)) {
                out->coins = taken;
                return out;
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] size_t change_parts(size_t free_coins) const {
        const size_t wanted = 1 + (params_.target_coins > free_coins ? params_.target_coins - free_coins : 0);
        return std::min<size_t>(params_.max_change, wanted);
    }
    static Inputs inputs_of(const std::vector<const Coin*>& coins) {
        Inputs out;
        for (const Coin* coin : coins) out.push_back(input_of(*coin));
        return out;
    }

    // ---- step 1: releases

    void releases() {
        std::vector<ParentTxid> ids;
        for (size_t i = 0; i < now_.batches.size(); ++i) {
            if (now_.batches[i].open && now_.batches[i].releasable) ids.push_back(ledger_.batches()[i].id);
        }
        std::ranges::sort(ids);
        for (const ParentTxid& id : ids) {
            PlanEntry entry;
            entry.kind = PlanKind::kRelease;
            entry.batch = id;
            if (add(std::move(entry))) released_.insert(id);
        }
    }

    // ---- step 2: bumps and cancellations

    void bumps() {
        for (size_t i = 0; i < now_.batches.size(); ++i) {
            const Batch& batch = ledger_.batches()[i];
            const BatchState& state = now_.batches[i];
            if (!state.open || state.confirmed || released_.contains(batch.id)) continue;
            if (input_.cancel.contains(batch.id)) {
                if (batch.versions.back().kind != PlanKind::kCancel) cancel(batch, state);
                continue;
            }
            const Version& newest = batch.versions.back();
            if (newest.kind == PlanKind::kCancel || age(newest.committed).value_or(UINT32_MAX) < params_.bump_after)
                continue;
            bump(batch, state);
        }
    }

    static int64_t value_of_inputs(const Version& version, Amount fee) {
        int64_t sum = fee.sat;
        for (const parent::ParentTxOut& output : version.tx.outputs) sum += output.value.sat;
        return sum;
    }
    [[nodiscard]] std::optional<uint32_t> set_of(const ParentOutPoint& outpoint) const {
        const auto at = std::ranges::lower_bound(now_.coins, outpoint, {}, &Coin::outpoint);
        if (at == now_.coins.end() || at->outpoint != outpoint) return std::nullopt;
        return at->set;
    }

    void bump(const Batch& batch, const BatchState& state) {
        const Version& newest = batch.versions.back();
        const int64_t old_fee = state.fees.back().sat;
        // The batch's own reserve is available to it.
        const int64_t available = pool_ + state.largest_fee.sat;
        const std::optional<uint32_t> owner = set_of(batch.pivot);
        if (!owner) return;  // the pivot is not in chain(c) now
        std::vector<parent::ParentTxOut> outputs(
            newest.tx.outputs.begin(), newest.tx.outputs.begin() + static_cast<std::ptrdiff_t>(batch.requests.size()));
        Inputs inputs = newest.tx.inputs;
        int64_t sum = value_of_inputs(newest, state.fees.back());
        // First from the change alone, then with coins appended; only coins of the current set join, and only payments
        // need them.
        std::vector<const Coin*> more;
        if (*owner == current_set() && batch.kind == PlanKind::kPay) more = free_of(*owner);
        std::vector<const Coin*> appended;
        for (size_t next = 0;; ++next) {
            const bool last = next == more.size();
            std::optional<Funding> funding =
                divide(set(*owner), inputs, sum, outputs, newest.change.size() + (appended.empty() ? 0 : 1), true);
            if (funding && batch.kind == PlanKind::kSweep && funding->change.empty()) funding.reset();
            if (funding) {
                const int64_t step = fee_of(static_cast<uint64_t>(params_.bump_step), vsize_of(funding->weight));
                if (funding->fee < old_fee + step) return;  // the rate has not risen enough
                if (funding->fee <= params_.max_fee && funding->fee <= available &&
                    funding->weight <= params_.max_weight) {
                    PlanEntry entry;
                    entry.kind = batch.kind;
                    entry.batch = batch.id;
                    entry.version = static_cast<uint32_t>(batch.versions.size());
                    entry.requests = batch.requests;
                    entry.change = positions(outputs.size(), funding->change.size());
                    entry.tx = transaction(inputs, with_change(outputs, funding->change));
                    if (!add(std::move(entry))) return;
                    pool_ = available - std::max(funding->fee, state.largest_fee.sat);
                    take(appended);
                    return;
                }
            }
            if (last) break;
            appended.push_back(more[next]);
            inputs.push_back(input_of(*more[next]));
            sum += more[next]->value.sat;
        }
        out_.alarms.push_back("batch " + to_display(batch.id) + " needs a higher fee and cannot have it");
    }

    void cancel(const Batch& batch, const BatchState& state) {
        const std::optional<uint32_t> owner = set_of(batch.pivot);
        const auto coin = std::ranges::lower_bound(now_.coins, batch.pivot, {}, &Coin::outpoint);
        if (!owner) return;
        const size_t vsize = vsize_of(payout_weight(set(*owner), {input_of(*coin)}, with_change({}, {0})));
        const int64_t step = fee_of(static_cast<uint64_t>(params_.bump_step), vsize);
        const int64_t fee = std::max(fee_of(input_.rate, vsize), state.largest_fee.sat + step);
        const int64_t available = pool_ + state.largest_fee.sat;
        const int64_t rest = coin->value.sat - fee;
        if (fee > params_.max_fee || fee > available || rest < parent::dust_limit(change_script())) {
            out_.alarms.push_back("batch " + to_display(batch.id) + " cannot be cancelled: fee " + std::to_string(fee));
            return;
        }
        PlanEntry entry;
        entry.kind = PlanKind::kCancel;
        entry.batch = batch.id;
        entry.version = static_cast<uint32_t>(batch.versions.size());
        entry.change = {0};
        entry.tx = transaction({input_of(*coin)}, with_change({}, {rest}));
        if (add(std::move(entry))) pool_ = available - fee;
    }

    // ---- step 3: a new PAY batch

    void mark_unpayable() {
        for (auto& [number, reason] : out_.waiting) {
            const Request& request = ledger_.requests()[number];
            if (!parent::classify(request.script)) {
                reason = HoldReason::kScript;
            } else if (request.amount.sat < parent::dust_limit(request.script)) {
                reason = HoldReason::kDust;
            }
        }
    }

    [[nodiscard]] static std::vector<parent::ParentTxOut> outputs_of(const std::vector<const Request*>& requests) {
        std::vector<parent::ParentTxOut> out;
        for (const Request* request : requests) out.push_back({request->amount, request->script});
        return out;
    }

    struct Attempt {
        std::optional<Funding> funding;
        HoldReason problem = HoldReason::kLater;
    };
    [[nodiscard]] Attempt attempt(const std::vector<const Request*>& requests,
                                  const std::vector<const Coin*>& coins) const {
        const std::vector<parent::ParentTxOut> outputs = outputs_of(requests);
        Attempt out;
        out.funding = fund(set(current_set()), coins, outputs, change_parts(coins.size()));
        if (!out.funding) {
            out.problem = HoldReason::kCoins;
        } else if (out.funding->weight > params_.max_weight || out.funding->fee > params_.max_fee ||
                   plan_bytes(*out.funding, requests.size()) > params_.max_plan_bytes) {
            out.problem = HoldReason::kTooLarge;
            out.funding.reset();
        } else if (out.funding->fee > pool_) {
            out.problem = HoldReason::kPool;
            out.funding.reset();
        }
        return out;
    }
    // An upper bound of the PLAN with this entry: the transaction's weight bounds its size without witness.
    [[nodiscard]] size_t plan_bytes(const Funding& funding, size_t requests) const {
        const size_t witness = funding.coins.size() * witness_size(set(current_set())) + 2;
        return kRecordHead + bytes_ + 33 + 16 + requests * 9 + funding.change.size() * 5 +
               (funding.weight - witness) / 4;
    }

    void new_pay() {
        std::vector<const Request*> queue;
        std::vector<const Request*> young;
        for (const auto& [number, reason] : out_.waiting) {
            if (reason != HoldReason::kLater) continue;
            const Request& request = ledger_.requests()[number];
            const bool aged = age(request.committed).value_or(0) > params_.fair_after;
            (aged ? queue : young).push_back(&request);
        }
        const size_t aged = queue.size();
        queue.insert(queue.end(), young.begin(), young.end());
        size_t open = 0;
        for (size_t i = 0; i < now_.batches.size(); ++i) {
            open += now_.batches[i].open && ledger_.batches()[i].kind == PlanKind::kPay ? 1 : 0;
        }
        const std::optional<uint32_t> last = ledger_.last_pay_height();
        const bool due =
            !last || ledger_.next_height() - *last >= params_.batch_interval || queue.size() >= params_.batch_full;
        if (queue.empty() || open >= params_.max_open || !due) return;

        const std::vector<const Coin*> coins = free_of(current_set());
        std::vector<const Request*> chosen;
        std::optional<Funding> funding;
        for (size_t i = 0; i < queue.size() && chosen.size() < params_.max_requests; ++i) {
            std::vector<const Request*> more = chosen;
            more.push_back(queue[i]);
            std::ranges::sort(more, {}, &Request::number);
            Attempt tried = attempt(more, coins);
            if (tried.funding) {
                chosen = std::move(more);
                funding = std::move(tried.funding);
                continue;
            }
            out_.waiting[queue[i]->number] = reason_alone(queue[i], coins, tried.problem, chosen.empty());
            if (i < aged && may_fit_later(*queue[i])) break;
        }
        if (!funding) return;
        PlanEntry entry;
        entry.kind = PlanKind::kPay;
        for (const Request* request : chosen) entry.requests.push_back(request->number);
        entry.change = positions(chosen.size(), funding->change.size());
        entry.tx = transaction(inputs_of(funding->coins), with_change(outputs_of(chosen), funding->change));
        if (!add(std::move(entry))) return;
        for (const Request* request : chosen) out_.waiting.erase(request->number);
        pool_ -= funding->fee;
        take(funding->coins);
    }

    // Why a request did not join: what keeps it from a batch of its own, or only that this batch is taken.
    [[nodiscard]] HoldReason reason_alone(const Request* request, const std::vector<const Coin*>& coins,
                                          HoldReason problem, bool is_alone) const {
        if (is_alone) return problem;
        const Attempt alone = attempt({request}, coins);
        return alone.funding ? HoldReason::kLater : alone.problem;
    }

    // An old request that does not fit would starve if younger ones kept taking the coins, so it stops them, unless it
    // cannot be paid by waiting: too large, no fee, or more than the current set holds in all.
    [[nodiscard]] bool may_fit_later(const Request& request) const {
        const HoldReason reason = out_.waiting.at(request.number);
        if (reason == HoldReason::kLater) return true;
        const auto held = now_.by_set.find(current_set());
        return reason == HoldReason::kCoins && held != now_.by_set.end() && request.amount.sat < held->second.sat;
    }

    // ---- step 4: a new SWEEP batch

    void new_sweep() {
        size_t open = 0;
        for (size_t i = 0; i < now_.batches.size(); ++i) {
            open += now_.batches[i].open && ledger_.batches()[i].kind == PlanKind::kSweep ? 1 : 0;
        }
        if (open >= kMaxSweeps) return;
        for (uint32_t index = 0; index < ledger_.params().sets.size(); ++index) {
            if (index != current_set() && sweep(index, free_of(index))) return;
        }
        std::vector<const Coin*> current = free_of(current_set());
        std::vector<const Coin*> old;
        std::ranges::copy_if(current, std::back_inserter(old), [&](const Coin* coin) { return expiring(*coin); });
        if (sweep(current_set(), old)) return;
        const size_t enough = 2 * size_t{params_.target_coins};
        if (input_.rate > params_.consolidate_rate || current.size() <= enough) return;
        // The smallest, until only `enough` are left; the order of value is descending.
        const size_t count = std::min<size_t>(current.size() - enough, params_.max_sweep_inputs);
        if (count < 2) return;
        sweep(current_set(), {current.end() - static_cast<std::ptrdiff_t>(count), current.end()});
    }

    bool sweep(uint32_t owner, std::vector<const Coin*> coins) {
        // A coin that costs more than it brings stays where it is.
        const int64_t cost =
            fee_of(input_.rate, vsize_of(payout_weight(set(owner), Inputs(1), {}) - payout_weight(set(owner), {}, {})));
        std::erase_if(coins, [&](const Coin* coin) { return coin->value.sat <= cost; });
        if (coins.size() > params_.max_sweep_inputs) coins.resize(params_.max_sweep_inputs);
        if (coins.empty()) return false;
        int64_t sum = 0;
        for (const Coin* coin : coins) sum += coin->value.sat;
        const size_t others = free_of(current_set()).size();
        std::optional<Funding> funding = divide(set(owner), inputs_of(coins), sum, {}, change_parts(others), false);
        if (!funding || funding->change.empty() || funding->fee > params_.max_fee || funding->fee > pool_ ||
            funding->weight > params_.max_weight) {
            return false;
        }
        PlanEntry entry;
        entry.kind = PlanKind::kSweep;
        entry.change = positions(0, funding->change.size());
        entry.tx = transaction(inputs_of(coins), with_change({}, funding->change));
        if (!add(std::move(entry))) return false;
        pool_ -= funding->fee;
        take(coins);
        return true;
    }

    const Ledger& ledger_;
    const Evaluation& now_;
    const BitcoinView& view_;
    const PlanInput& input_;
    const PlannerParams& params_;
    Plan out_;
    std::vector<const Coin*> free_;  // spendable and not yet taken by this plan, in order of use
    std::set<ParentTxid> released_;
    int64_t pool_ = 0;
    size_t bytes_ = 0;
};

}  // namespace

const char* to_string(HoldReason reason) {
    switch (reason) {
        case HoldReason::kScript: return "script cannot be paid";
        case HoldReason::kDust: return "below the dust limit";
        case HoldReason::kTooLarge: return "too large for a batch";
        case HoldReason::kCoins: return "waits for spendable coins";
        case HoldReason::kPool: return "waits for the fee pool";
        case HoldReason::kLater: return "waits for the next batch";
    }
    return "unknown";
}

Plan plan(const Ledger& ledger, const Evaluation& evaluation, const BitcoinView& view, const PlanInput& input) {
    return Planner(ledger, evaluation, view, input).run();
}

uint32_t choose_rate(const PlannerParams& params, std::vector<uint32_t> hints) {
    if (hints.empty()) return params.fallback_rate;
    std::ranges::sort(hints);
    return std::clamp(hints[(hints.size() - 1) / 2], params.min_rate, params.max_rate);
}

bool accept_rate(const PlannerParams& params, uint32_t rate, std::optional<uint32_t> estimate) {
    if (rate < params.min_rate || rate > params.max_rate) return false;
    if (!estimate) return true;
    const uint64_t window = params.rate_window;
    return uint64_t{rate} <= *estimate * window && uint64_t{rate} * window >= *estimate;
}

}  // namespace sluice::ledger
