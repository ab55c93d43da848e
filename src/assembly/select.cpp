#include "assembly/select.h"

#include <algorithm>

namespace sluice::assembly {
namespace {

using mempool::Entry;

// A transaction with those of its ancestors that are not in the block yet.
struct Package {
    std::set<Txid> members;
    size_t weight = 0;
    int64_t vsize = 0;
    int64_t sigop_cost = 0;
    int64_t fees = 0;

    void add(const Entry& entry, uint32_t bytes_per_sigop, int sign) {
        weight += static_cast<size_t>(sign) * entry.tx->weight();
        // Signature operations weigh too, where a discount would hide them.
        vsize += sign * std::max(entry.discount_vsize, (entry.sigop_cost * bytes_per_sigop + 3) / 4);
        sigop_cost += sign * entry.sigop_cost;
        fees += sign * entry.modified_fee().sat;
    }
};

// Best first: fee for each byte, then the id so that the order is total. vsize is never 0.
struct Rank {
    mempool::FeeRate rate;
    Txid txid;
    bool operator<(const Rank& other) const { return rate != other.rate ? rate > other.rate : txid < other.txid; }
};

class Selection {
public:
    Selection(const mempool::Mempool& pool, const SelectLimits& limits) : pool_(pool), limits_(limits) {
        fees_ = limits.reward;
        for (const auto& [txid, entry] : pool.entries()) {
            Package package;
            package.members = pool.ancestors(txid).txids;
            package.members.insert(txid);
            for (const Txid& member : package.members)
                package.add(*pool.find(member), pool.policy().bytes_per_sigop, 1);
            ranks_.insert(rank(txid, package));
            packages_.emplace(txid, std::move(package));
        }
    }

    std::vector<const Entry*> run() {
        while (!ranks_.empty()) {
            const Rank best = *ranks_.begin();
            ranks_.erase(ranks_.begin());
            const Package package = packages_.at(best.txid);
            if (package.fees < limits_.min_rate.fee(package.vsize).sat || !fits(package) || !all_may_go(package))
                continue;
            if (rules::AmountMap fees = fees_; add_fees(fees, package)) {
                fees_ = std::move(fees);
                take(package);
            }
        }
        return std::move(chosen_);
    }

private:
    static Rank rank(const Txid& txid, const Package& package) {
        return {mempool::FeeRate::of(Amount{package.fees}, std::max<int64_t>(package.vsize, 1)), txid};
    }
    [[nodiscard]] bool fits(const Package& package) const {
        return weight_ + package.weight <= limits_.max_weight &&
               sigop_cost_ + package.sigop_cost <= limits_.max_sigop_cost;
    }
    [[nodiscard]] bool all_may_go(const Package& package) const {
        return !limits_.may_go || std::ranges::all_of(package.members, [&](const Txid& member) {
            return limits_.may_go(*pool_.find(member));
        });
    }

    // In every asset the fees of a block stay within the range of money.
    [[nodiscard]] bool add_fees(rules::AmountMap& total, const Package& package) const {
        return std::ranges::all_of(package.members, [&](const Txid& member) {
            const auto fees = rules::transaction_fees(pool_.find(member)->tx->tx);
            return fees && !rules::add_all(total, *fees);
        });
    }

    void take(const Package& package) {
        std::vector<const Entry*> entries;
        for (const Txid& member : package.members) entries.push_back(pool_.find(member));
        std::ranges::sort(entries, {}, &Entry::sequence);  // parents entered first
        weight_ += package.weight;
        sigop_cost_ += package.sigop_cost;
        for (const Entry* entry : entries) {
            chosen_.push_back(entry);
            forget(*entry);
        }
    }

    // What is in the block counts no more for those that need it.
    void forget(const Entry& entry) {
        const Txid& txid = entry.tx->txid;
        ranks_.erase(rank(txid, packages_.at(txid)));
        for (const Txid& below : pool_.descendants(txid).txids) {
            Package& package = packages_.at(below);
            const bool waiting = ranks_.erase(rank(below, package)) > 0;
            if (package.members.erase(txid) > 0) package.add(entry, pool_.policy().bytes_per_sigop, -1);
            if (waiting) ranks_.insert(rank(below, package));
        }
    }

    const mempool::Mempool& pool_;
    const SelectLimits& limits_;
    std::map<Txid, Package> packages_;
    std::set<Rank> ranks_;  // of packages that were not tried yet
    std::vector<const Entry*> chosen_;
    rules::AmountMap fees_;
    size_t weight_ = 0;
    int64_t sigop_cost_ = 0;
};

}  // namespace

std::vector<const Entry*> select(const mempool::Mempool& pool, const SelectLimits& limits) {
    return Selection(pool, limits).run();
}

}  // namespace sluice::assembly
