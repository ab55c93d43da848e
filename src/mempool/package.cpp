#include "mempool/package.h"

#include <algorithm>
#include <set>

#include "mempool/mempool.h"
#include "mempool/refuse.h"

namespace sluice::mempool {

std::optional<std::string> check_package(const std::vector<TxRef>& txs) {
    if (txs.size() > kMaxPackageCount) return "package-too-many-transactions";
    int64_t weight = 0;
    std::set<Txid> later;
    for (const TxRef& tx : txs) {
        weight += tx->weight();
        later.insert(tx->txid);
    }
    if (txs.size() > 1 && weight > kMaxPackageWeight) return "package-too-large";
    if (later.size() != txs.size()) return "package-contains-duplicates";
    for (const TxRef& tx : txs) {
        for (const TxIn& in : tx->tx.inputs) {
            if (later.contains(in.prevout.txid)) return "package-not-sorted";
        }
        later.erase(tx->txid);
    }
    std::set<OutPoint> spent;
    for (const TxRef& tx : txs) {
        std::set<OutPoint> own;  // one transaction that spends twice is another breach
        for (const TxIn& in : tx->tx.inputs) own.insert(in.prevout);
        if (own.empty()) return "conflict-in-package";
        for (const OutPoint& each : own) {
            if (!spent.insert(each).second) return "conflict-in-package";
        }
    }
    return std::nullopt;
}

bool is_child_with_parents(const std::vector<TxRef>& txs) {
    if (txs.size() < 2) return false;
    std::set<Txid> spent;
    for (const TxIn& in : txs.back()->tx.inputs) spent.insert(in.prevout.txid);
    return std::all_of(txs.begin(), txs.end() - 1, [&](const TxRef& tx) { return spent.contains(tx->txid); });
}

bool is_child_with_parents_tree(const std::vector<TxRef>& txs) {
    if (!is_child_with_parents(txs)) return false;
    std::set<Txid> parents;
    for (auto at = txs.begin(); at != txs.end() - 1; ++at) parents.insert((*at)->txid);
    return std::all_of(txs.begin(), txs.end() - 1, [&](const TxRef& tx) {
        return std::ranges::none_of(tx->tx.inputs, [&](const TxIn& in) { return parents.contains(in.prevout.txid); });
    });
}

namespace {

using Kind = PackageVerdict::Kind;

PackageVerdict failed(Kind kind, std::string text, std::map<Wtxid, MemberVerdict> members = {}) {
    return {kind, std::move(text), std::move(members)};
}

constexpr const char* kTransactionFailed = "transaction failed";

}  // namespace

// Several transactions that were judged together; nothing has entered.
struct Mempool::Multiple {
    PackageVerdict verdict;
    std::vector<Candidate> candidates;  // in their order, if the verdict is good
};

Mempool::Multiple Mempool::judge_multiple(const std::vector<TxRef>& txs, const AcceptMode& mode) {
    if (auto malformed = check_package(txs)) return {failed(Kind::kPackage, *malformed), {}};
    Multiple out;
    Staged staged;
    FeeRate rate;
    std::vector<Wtxid> wtxids;
    const auto one_failed = [&](const TxRef& tx, Refusal refusal, const char* text = kTransactionFailed) {
        out.verdict = failed(Kind::kTransaction, text, {{tx->wtxid, std::move(refusal)}});
        out.candidates.clear();
    };
    const auto all_failed = [&](const Refusal& refusal) {
        out.verdict = failed(Kind::kPackage, refusal.text());
        out.candidates.clear();
    };
    const auto judge_all = [&](const Tip& tip) {
        for (const TxRef& tx : txs) {
            auto candidate = check_before(tx, mode, tip, staged);
            if (!candidate) return one_failed(tx, std::move(candidate.error()));
            out.candidates.push_back(std::move(*candidate));
            staged.emplace(tx->txid, tx);
            wtxids.push_back(tx->wtxid);
        }
        if (auto pairs = check_package_pairs(out.candidates))
            return all_failed(refuse(RefusalKind::kPolicy, "TRUC-violation", std::move(*pairs)));
        Family sum;
        for (const Candidate& each : out.candidates) sum += each.entry.alone();
        rate = FeeRate::of(Amount{sum.modified_fees}, sum.vsize);
        if (mode.package_fees) {
            if (auto poor = check_rate(Amount{sum.modified_fees}, sum.vsize))
                return one_failed(txs.back(), std::move(*poor));
        }
        if (txs.size() > 1) {
            if (auto long_chain = check_package_relatives(out.candidates)) return all_failed(*long_chain);
            if (auto replacement = check_package_replacement(out.candidates)) return all_failed(*replacement);
        }
        for (const TxRef& tx : txs) {
            if (!policy_.require_standard) break;
            if (auto dust = check_dust_spent(*tx, staged)) return one_failed(tx, std::move(*dust), "unspent-dust");
        }
        for (size_t i = 0; i < txs.size(); ++i) {
            auto script = check_scripts(out.candidates[i], mode);
            if (!script) continue;
            // Those before it stand the test, whatever becomes of the package.
            std::map<Wtxid, MemberVerdict> members;
            for (size_t good = 0; good < i && !mode.package_fees; ++good)
                members.emplace(txs[good]->wtxid, acceptance_of(out.candidates[good]));
            one_failed(txs[i], std::move(*script));
            out.verdict.members.merge(members);
            return;
        }
    };
    if (const auto fault = tips_.with_tip(judge_all))
        one_failed(txs.back(), refuse(RefusalKind::kFault, "internal-error", fault->message));
    for (const Candidate& each : out.candidates) {
        Acceptance accepted = acceptance_of(each);
        if (mode.package_fees) {
            accepted.effective = rate;
            accepted.effective_with = wtxids;
        }
        out.verdict.members.emplace(each.entry.tx->wtxid, std::move(accepted));
    }
    return out;
}

PackageVerdict Mempool::test_package(const std::vector<TxRef>& txs) {
    follow();
    AcceptMode mode;
    mode.may_replace = false;
    mode.carve_outs = false;
    mode.evicts_siblings = false;
    return judge_multiple(txs, mode).verdict;
}

PackageVerdict Mempool::enter_package(const std::vector<TxRef>& txs, const AcceptMode& mode) {
    Multiple judged = judge_multiple(txs, mode);
    if (judged.verdict.kind != Kind::kGood) return std::move(judged.verdict);
    for (Candidate& each : judged.candidates) insert(std::move(each));
    return std::move(judged.verdict);
}

PackageVerdict Mempool::submit_package(const std::vector<TxRef>& txs, std::optional<FeeRate> max_rate) {
    follow();
    if (auto malformed = check_package(txs)) return failed(Kind::kPackage, *malformed);
    if (txs.size() > 1) {
        if (!is_child_with_parents(txs)) return failed(Kind::kPackage, "package-not-child-with-parents");
        std::set<Txid> parents;
        for (auto at = txs.begin(); at != txs.end() - 1; ++at) parents.insert((*at)->txid);
        bool all_here = true;
        const auto fault = tips_.with_tip([&](const Tip& tip) {
            all_here = std::ranges::all_of(txs.back()->tx.inputs, [&](const TxIn& in) {
                return in.is_pegin || parents.contains(in.prevout.txid) || tip.coins.get(in.prevout);
            });
        });
        if (fault) return failed(Kind::kTransaction, fault->message);
        if (!all_here) return failed(Kind::kPackage, "package-not-child-with-unconfirmed-parents");
    }

    AcceptMode single;
    single.carve_outs = false;
    single.max_rate = max_rate;
    AcceptMode together = single;
    together.evicts_siblings = false;
    together.package_fees = true;

    PackageVerdict out;
    std::vector<TxRef> left;  // what a child may pay for
    for (const TxRef& tx : txs) {
        if (const Entry* const here = find(tx->txid)) {
            if (here->tx->wtxid == tx->wtxid) {
                out.members.emplace(tx->wtxid, AlreadyHere{here->fee, here->vsize});
            } else {
                out.members.emplace(tx->wtxid, OtherWitness{here->tx->wtxid});
            }
            continue;
        }
        auto candidate = judge(tx, single);
        if (candidate) {
            out.members.emplace(tx->wtxid, acceptance_of(*candidate));
            insert(std::move(*candidate));
            continue;
        }
        Refusal& refusal = candidate.error();
        const bool again =
            txs.size() > 1 && (refusal.kind == RefusalKind::kFee || refusal.kind == RefusalKind::kMissingInputs);
        if (again) {
            left.push_back(tx);
        } else {
            out.kind = Kind::kTransaction;
            out.text = kTransactionFailed;
        }
        out.members.emplace(tx->wtxid, std::move(refusal));
    }
    if (out.kind == Kind::kGood && left.size() == 1) {
        // Nobody is left to pay for it.
        out.kind = Kind::kTransaction;
        out.text = kTransactionFailed;
    } else if (out.kind == Kind::kGood && !left.empty()) {
        PackageVerdict rest = enter_package(left, together);
        out.kind = rest.kind;
        out.text = std::move(rest.text);
        for (auto& [wtxid, member] : rest.members) out.members.insert_or_assign(wtxid, std::move(member));
    }
    expire();
    trim();
    for (const TxRef& tx : txs) {
        const auto member = out.members.find(tx->wtxid);
        if (member == out.members.end() || std::holds_alternative<Refusal>(member->second) || find(tx->txid) != nullptr)
            continue;
        member->second = refuse(RefusalKind::kPolicy, "mempool full");
        out.kind = Kind::kTransaction;
        out.text = kTransactionFailed;
    }
    return out;
}

}  // namespace sluice::mempool
