// Judging a transaction for the pool, in the order in which the reference asks, so that the first reason is the same.
#include <algorithm>

#include "codec/hex.h"
#include "consensus/rules/hidden_amounts.h"
#include "consensus/rules/limits.h"
#include "consensus/rules/locktime.h"
#include "consensus/rules/pak.h"
#include "consensus/rules/script_check.h"
#include "consensus/rules/script_flags.h"
#include "consensus/rules/sigops.h"
#include "consensus/rules/tx_check.h"
#include "consensus/rules/tx_inputs.h"
#include "consensus/script/templates.h"
#include "federation/rules/dynafed.h"
#include "mempool/mempool.h"
#include "mempool/next_block.h"
#include "mempool/pool_coins.h"
#include "peg/proof/pegin.h"

namespace sluice::mempool {
namespace {

constexpr size_t kMaxReplaced = 100;        // transactions that one replacement may push out
constexpr int64_t kCarveOutVsize = 10'000;  // one small child more than the limits allow
constexpr int32_t kTopologyRestricted = 3;  // version whose transactions stay in pairs (BIP431)
constexpr int64_t kMaxRestrictedVsize = 10'000;
constexpr int64_t kMaxRestrictedChildVsize = 1000;
constexpr int64_t kMinSubsidyRate = 1000;  // sat/kvB that a peg-in's later spend is taken to cost at least

Refusal refuse(RefusalKind kind, std::string reason, std::string detail, const BreachPlace& place,
               NamedValues values = {}) {
    return Refusal{kind, std::move(reason), std::move(detail), Breach{{}, place, std::move(values), nullptr}};
}
// Of the transaction as a whole.
Refusal refuse(RefusalKind kind, std::string reason, std::string detail = {}, NamedValues values = {}) {
    return refuse(kind, std::move(reason), std::move(detail), at_transaction(), std::move(values));
}
tl::unexpected<Refusal> refused(RefusalKind kind, std::string reason, std::string detail = {},
                                NamedValues values = {}) {
    return tl::unexpected<Refusal>(refuse(kind, std::move(reason), std::move(detail), std::move(values)));
}
tl::unexpected<Refusal> refused(NotStandard why, RefusalKind kind = RefusalKind::kPolicy, std::string detail = {}) {
    return tl::unexpected<Refusal>(
        refuse(kind, std::move(why.reason), std::move(detail), why.place, std::move(why.values)));
}

RefusalKind kind_of(const Failure& failure) {
    if (failure.kind == Failure::Kind::kFault) return RefusalKind::kFault;
    const rules::RuleInfo* const rule = rules::find_rule(failure.breach);
    if (rule == nullptr) return RefusalKind::kPolicy;
    switch (rule->rule) {
        case rules::Rule::kTxInputsMissing: return RefusalKind::kMissingInputs;
        case rules::Rule::kTxPeginWitness: return RefusalKind::kWitness;
        case rules::Rule::kTxPrematureCoinbase: return RefusalKind::kPremature;
        default: return rule->punish ? RefusalKind::kInvalid : RefusalKind::kPolicy;
    }
}
Refusal refusal_of(RefusalKind kind, Failure failure) {
    return Refusal{kind, std::move(failure.reason), std::move(failure.detail), std::move(failure.breach)};
}
tl::unexpected<Refusal> refused(Failure failure) {
    const RefusalKind kind = kind_of(failure);
    return tl::unexpected<Refusal>(refusal_of(kind, std::move(failure)));
}

std::optional<Refusal> check_pegouts(const Transaction& tx, const ChainParams& params, const NextBlock& next) {
    if (!params.enforce_pak) return std::nullopt;
    const auto bad = rules::unauthorized_pegout(tx, next.pak, params);
    if (!bad) return std::nullopt;
    return refuse(RefusalKind::kPolicy, "invalid-pegout-proof", {}, at_output(*bad), {{"entries", next.pak.size()}});
}

// Inputs exist; claims hold and are new.
std::optional<Refusal> check_inputs_exist(const ParsedTx& tx, const rules::CoinView& coins, const Tip& tip,
                                          std::span<const FedpegScript> fedpegs, const ChainParams& params) {
    const std::vector<TxIn>& inputs = tx.tx.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].is_pegin && !inputs[i].witness.pegin_witness.empty())
            return refuse(RefusalKind::kWitness, "extra-pegin-witness", {}, at_input(i));
    }
    for (size_t n = 0; n < inputs.size(); ++n) {
        const TxIn& in = inputs[n];
        if (in.is_pegin) {
            const NamedValues deposit = {{"deposit", to_display(in.prevout)}};
            const auto proof = rules::check_claim(in, fedpegs, params);
            if (!proof)
                return refuse(RefusalKind::kWitness, "pegin-no-witness", proof.error().message, at_input(n), deposit);
            if (coins.pegin_spent(rules::pegin_id(*proof)))
                return refuse(RefusalKind::kInvalid, "pegin-already-claimed", {}, at_input(n), deposit);
        } else if (!coins.get(in.prevout)) {
            // Perhaps because the chain has this very transaction.
            for (uint32_t i = 0; i < tx.tx.outputs.size(); ++i) {
                const OutPoint output{tx.txid, i};
                if (!tip.coins.get(output)) continue;
                return refuse(RefusalKind::kConflict, "txn-already-known", {}, at_output(i),
                              {{"outpoint", to_display(output)}});
            }
            return refusal_of(RefusalKind::kMissingInputs, rules::broken(rules::Rule::kTxInputsMissing, at_input(n),
                                                                         {{"outpoint", to_display(in.prevout)}})
                                                               .value());
        }
    }
    return std::nullopt;
}

std::optional<Refusal> check_depths(const std::vector<peg::PeginProof>& pegins, const Tip& tip,
                                    const ChainParams& params) {
    if (!tip.judge_pegin_depth) return std::nullopt;
    for (const peg::PeginProof& pegin : pegins) {
        const auto shallow = [&](std::string detail) {
            return refuse(RefusalKind::kPremature, "bad-pegin-witness", std::move(detail),
                          {{"deposit", to_display(rules::pegin_id(pegin).deposit)}});
        };
        if (tip.parent == nullptr) return shallow("no view of the parent chain yet");
        if (const auto depth = peg::judge_depth(pegin, *tip.parent, params); !depth)
            return shallow(depth.error().reason);
    }
    return std::nullopt;
}

// Policy on how much a peg-in must be worth (-peginminamount), and what it must burn for its later spend
// (-peginsubsidy...). The parent's own fee rate is not known here, so that the least rate is asked for, as the
// reference does without a parent node.
std::optional<Refusal> check_pegin_policy(const Transaction& tx, const std::vector<peg::PeginProof>& pegins,
                                          const ChainParams& params, const Tip& tip,
                                          std::span<const FedpegScript> fedpegs) {
    if (pegins.empty()) return std::nullopt;
    const auto height = static_cast<int64_t>(tip.headers.height());
    const PeginPolicy& policy = params.pegin_policy;
    int64_t value = 0;
    for (const peg::PeginProof& pegin : pegins) value += pegin.claim.value.sat;
    if (height >= policy.minimum_height && value < policy.minimum_amount) {
        return refuse(RefusalKind::kPolicy, "pegin-value-too-low", {},
                      {{"amount", value}, {"minimum", policy.minimum_amount}});
    }
    if (height < policy.subsidy_height || value >= policy.subsidy_threshold || fedpegs.empty()) return std::nullopt;
    int64_t burned = 0;
    for (const TxOut& out : tx.outputs) {
        if (!out.is_explicit() || out.is_fee() || out.asset.explicit_value() != params.pegged_asset) continue;
        if (is_unspendable(out.script)) burned += out.value.explicit_value().sat;
    }
    const script::Template quorum = script::classify(fedpegs[0].script.view());
    if (quorum.kind != script::TemplateKind::kMultisig) return refuse(RefusalKind::kPolicy, "pegin-subsidy-too-low");
    const int64_t weight = 4 * (32 + 4 + 1 + 4) + quorum.required * 72 + static_cast<int64_t>(fedpegs[0].script.size());
    const Amount needed = FeeRate{kMinSubsidyRate}.fee(static_cast<int64_t>(pegins.size()) * ((weight + 3) / 4));
    if (burned < needed.sat) {
        return refuse(RefusalKind::kPolicy, "pegin-subsidy-too-low", {}, {{"amount", burned}, {"minimum", needed.sat}});
    }
    return std::nullopt;
}

script::Flags pool_flags(const ChainParams& params, const Tip& tip) {
    // The reference checks with its standard flags at every height; of a block's own flags only this one adds to them.
    const script::Flags block = rules::block_script_flags(params, tip.headers, tip.version_bits);
    return script::kStandardFlags | (block & script::kVerifySighashRangeproof);
}

// Of a transaction whose scripts do not hold: whether somebody may have cut its witness off. It has none, would hold if
// witnesses meant nothing, and does not where they do, whatever else is left on the stack.
bool only_lacks_witness(const std::shared_ptr<const rules::SpendingTx>& spending, script::Flags flags) {
    if (spending->tx->tx.has_witness()) return false;
    const auto hold = [&](script::Flags under) {
        std::vector<rules::ScriptCheck> checks;
        rules::append_checks(checks, spending, under);
        return std::ranges::all_of(checks,
                                   [](const rules::ScriptCheck& check) { return rules::run(check).has_value(); });
    };
    return hold(flags & ~(script::kVerifyWitness | script::kVerifyCleanStack)) &&
           !hold(flags & ~script::kVerifyCleanStack);
}

std::optional<Refusal> check_scripts(const std::shared_ptr<const rules::SpendingTx>& spending, script::Flags flags) {
    std::vector<rules::ScriptCheck> checks;
    rules::append_checks(checks, spending, flags);
    for (rules::ScriptCheck& check : checks) {
        const script::ScriptResult strict = rules::run(check);
        if (strict) continue;
        const rules::ScriptCheck under_all = check;
        check.flags = flags & ~(script::kStandardFlags & ~script::kMandatoryFlags);
        const script::ScriptResult mandatory = rules::run(check);
        if (mandatory) {
            const bool stripped = only_lacks_witness(spending, flags);
            Refusal refusal = refusal_of(stripped ? RefusalKind::kWitness : RefusalKind::kPolicy,
                                         rules::script_failure(under_all, strict.error()));
            refusal.reason =
                "non-mandatory-script-verify-flag (" + std::string(script::to_string(strict.error())) + ")";
            refusal.breach.rule = {};
            return refusal;
        }
        const bool stripped = only_lacks_witness(spending, flags);
        return refusal_of(stripped ? RefusalKind::kWitness : RefusalKind::kInvalid,
                          rules::script_failure(check, mandatory.error()));
    }
    return std::nullopt;
}

}  // namespace

Result<Mempool::Candidate, Refusal> Mempool::judge(const TxRef& tx, const AcceptMode& mode) {
    Result<Candidate, Refusal> answer = refused(RefusalKind::kFault, "internal-error", "the tip was not read");
    const std::optional<Error> fault = tips_.with_tip([&](const Tip& tip) { answer = judge_at(tx, mode, tip); });
    if (fault) {
        next_block_.reset();
        return refused(RefusalKind::kFault, "internal-error", fault->message);
    }
    return answer;
}

Result<Mempool::Candidate, Refusal> Mempool::judge_at(const TxRef& parsed, const AcceptMode& mode, const Tip& tip) {
    const Transaction& tx = parsed->tx;
    if (auto alone = rules::check_transaction(*parsed); !alone) return refused(std::move(alone).error());
    if (tx.is_coinbase()) return refused(RefusalKind::kInvalid, "coinbase");
    if (policy_.require_standard) {
        if (Reason reason = check_standard(*parsed, params_, policy_)) return refused(std::move(*reason));
    }
    if (!params_.accept_unlimited_issuances) {
        if (Reason reason = check_issued_amounts(tx)) {
            return refused(std::move(*reason), RefusalKind::kPolicy,
                           "Issuance is greater than 21 million and acceptunlimitedissuances is not enabled.");
        }
    }
    if (parsed->stripped_size < kMinStandardSize) {
        return refused(RefusalKind::kPolicy, "tx-size-small", {},
                       {{"size", parsed->stripped_size}, {"minimum", kMinStandardSize}});
    }
    const uint32_t height = tip.headers.height() + 1;
    const uint32_t median = tip.headers.median_time_past_at(tip.headers.height());
    if (!rules::is_final(tx, height, median)) {
        return refused(RefusalKind::kPremature, "non-final", {},
                       {{"lock_time", tx.lock_time}, {"height", height}, {"time", median}});
    }
    if (by_wtxid_.contains(parsed->wtxid)) return refused(RefusalKind::kConflict, "txn-already-in-mempool");
    if (entries_.contains(parsed->txid)) return refused(RefusalKind::kConflict, "txn-same-nonwitness-data-in-mempool");

    Candidate candidate;
    if (auto conflict = find_conflicts(tx, candidate)) return tl::unexpected<Refusal>(std::move(*conflict));
    const PoolCoins coins(tip.coins, entries_, height);
    const NextBlock& next = next_block(tip);
    const std::vector<FedpegScript>& fedpegs = next.fedpegs;
    if (auto missing = check_inputs_exist(*parsed, coins, tip, fedpegs, params_))
        return tl::unexpected<Refusal>(std::move(*missing));
    // The reference asks this before it looks for the inputs; but a ring signature is work, which whoever has no coin
    // to spend shall not cause.
    if (auto pegouts = check_pegouts(tx, params_, next)) return tl::unexpected<Refusal>(std::move(*pegouts));
    // Lock times come before the rest; the coins are there, so that this cannot fail for want of one.
    std::vector<uint32_t> heights;
    for (const TxIn& in : tx.inputs) heights.push_back(in.is_pegin ? 0 : coins.get(in.prevout)->height);
    const rules::SequenceLocks locks = rules::sequence_locks(tx, heights, tip.headers);
    if (!rules::locks_released(locks, tip.headers)) {
        return refused(RefusalKind::kPremature, "non-BIP68-final", {},
                       {{"height", height},
                        {"minimum_height", locks.height + 1},
                        {"time", median},
                        {"minimum_time", locks.time + 1}});
    }
    auto inputs = rules::check_tx_inputs(tx, coins, {params_, height, fedpegs, true});
    if (!inputs) return refused(std::move(inputs).error());
    if (auto shallow = check_depths(inputs->pegins, tip, params_)) return tl::unexpected<Refusal>(std::move(*shallow));
    const auto spending = rules::make_spending(parsed, std::move(inputs->spent), params_.genesis_hash);
    if (inputs->amounts == rules::AmountsLeft::kPoints) {
        if (auto hidden = rules::check_hidden_amounts(spending, tip.proofs); !hidden)
            return refused(std::move(hidden).error());
    }

    if (policy_.require_standard) {
        if (Reason reason = check_issuance_proofs(tx)) return refused(std::move(*reason));
        if (Reason reason = check_inputs_standard(tx, spending->spent, params_)) return refused(std::move(*reason));
        if (Reason reason = check_witness_standard(tx, spending->spent))
            return refused(std::move(*reason), RefusalKind::kWitness);
    }

    Entry& entry = candidate.entry;
    entry.tx = parsed;
    if (const auto fee = inputs->fees.find(params_.policy_asset); fee != inputs->fees.end()) entry.fee = fee->second;
    if (const auto delta = deltas_.find(parsed->txid); delta != deltas_.end()) entry.fee_delta = delta->second;
    entry.sigop_cost = rules::sigop_cost(tx, spending->spent, script::kStandardFlags);
    entry.vsize = virtual_size(*parsed, entry.sigop_cost, policy_.bytes_per_sigop);
    entry.discount_vsize = params_.accept_discount_ct ? discount_virtual_size(*parsed) : entry.vsize;
    entry.time = clock_.unix_time();
    entry.height = tip.headers.height();
    entry.parents = parents_of(tx);

    if (auto fees = check_fees(candidate, mode)) return tl::unexpected<Refusal>(std::move(*fees));
    if (auto pegin = check_pegin_policy(tx, inputs->pegins, params_, tip, fedpegs))
        return tl::unexpected<Refusal>(std::move(*pegin));
    if (mode.check_limits) {
        if (auto chain = check_relatives(candidate)) return tl::unexpected<Refusal>(std::move(*chain));
        if (auto pair = check_version_three(candidate)) return tl::unexpected<Refusal>(std::move(*pair));
    }
    if (!candidate.direct_conflicts.empty()) {
        if (auto replacement = check_replacement(candidate)) return tl::unexpected<Refusal>(std::move(*replacement));
    }
    entry.pegins = std::move(inputs->pegins);
    entry.flags = pool_flags(params_, tip);
    if (mode.passed_under != entry.flags) {
        if (auto script = check_scripts(spending, entry.flags)) { return tl::unexpected<Refusal>(std::move(*script)); }
    }
    return candidate;
}

std::optional<Refusal> Mempool::find_conflicts(const Transaction& tx, Candidate& candidate) const {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const auto other = spends_.find(tx.inputs[i].prevout);
        if (other == spends_.end()) continue;
        const Transaction& there = entries_.at(other->second).tx->tx;
        if (!signals_replacement(there) && there.version != kTopologyRestricted) {
            return refuse(RefusalKind::kConflict, "txn-mempool-conflict", {}, at_input(i),
                          {{"outpoint", to_display(tx.inputs[i].prevout)}, {"spender", to_display(other->second)}});
        }
        candidate.direct_conflicts.insert(other->second);
    }
    candidate.conflicts = closure(candidate.direct_conflicts, &Entry::children);
    return std::nullopt;
}

std::optional<Refusal> Mempool::check_fees(const Candidate& candidate, const AcceptMode& mode) const {
    const Entry& entry = candidate.entry;
    if (policy_.require_standard && (entry.fee.sat != 0 || entry.modified_fee().sat != 0)) {
        const auto dust = dust_outputs(entry.tx->tx, params_, policy_.dust_relay);
        if (!dust.empty()) {
            return refuse(RefusalKind::kPolicy, "dust", "tx with dust output must be 0-fee", at_output(dust[0]),
                          {{"fee", entry.fee.sat}});
        }
    }
    if (entry.sigop_cost > kMaxStandardSigopCost) {
        return refuse(RefusalKind::kPolicy, "bad-txns-too-many-sigops", std::to_string(entry.sigop_cost),
                      {{"cost", entry.sigop_cost}, {"limit", kMaxStandardSigopCost}});
    }
    if (!mode.check_limits) return std::nullopt;
    const Amount fee = entry.modified_fee();
    const auto below = [&](FeeRate rate) { return fee < rate.fee(entry.discount_vsize); };
    const auto compared = [&](FeeRate rate) {
        return std::to_string(fee.sat) + " < " + std::to_string(rate.fee(entry.discount_vsize).sat);
    };
    const auto values = [&](FeeRate rate) {
        return NamedValues{
            {"fee", fee.sat}, {"minimum", rate.fee(entry.discount_vsize).sat}, {"vsize", entry.discount_vsize}};
    };
    if (const FeeRate least = policy_.min_relay; below(least))
        return refuse(RefusalKind::kPolicy, "min relay fee not met", compared(least), values(least));
    if (const FeeRate least = min_rate(); below(least))
        return refuse(RefusalKind::kPolicy, "mempool min fee not met", compared(least), values(least));
    return std::nullopt;
}

std::optional<Refusal> Mempool::check_relatives(Candidate& candidate) const {
    const std::set<Txid> above = closure(candidate.entry.parents, &Entry::parents);
    const Entry& entry = candidate.entry;
    const auto too_long = [&](size_t count, int64_t vsize, size_t below_count,
                              int64_t below_vsize) -> std::optional<std::string> {
        int64_t sum = entry.vsize;
        for (const Txid& txid : above) sum += entries_.at(txid).vsize;
        if (sum > vsize) return "exceeds ancestor size limit [limit: " + std::to_string(vsize) + "]";
        if (above.size() + 1 > count) return "too many unconfirmed ancestors [limit: " + std::to_string(count) + "]";
        for (const Txid& txid : above) {
            const Relatives under = descendants(txid);
            if (under.vsize + entry.vsize > below_vsize) {
                return "exceeds descendant size limit for tx " + to_display(txid) +
                       " [limit: " + std::to_string(below_vsize) + "]";
            }
            if (under.count() + 1 > below_count) {
                return "too many descendants for tx " + to_display(txid) + " [limit: " + std::to_string(below_count) +
                       "]";
            }
        }
        return std::nullopt;
    };
    size_t count = policy_.descendant_count;
    int64_t vsize = policy_.descendant_vsize;
    if (candidate.direct_conflicts.size() == 1) {
        // What goes makes room for what comes.
        count += 1;
        vsize += descendants(*candidate.direct_conflicts.begin()).vsize;
    }
    const auto reason = too_long(policy_.ancestor_count, policy_.ancestor_vsize, count, vsize);
    // One small transaction with a single parent may still be added, so that either party of a contract can raise the
    // fee.
    const bool carve_out = reason && entry.vsize <= kCarveOutVsize &&
                           !too_long(2, policy_.ancestor_vsize, count + 1, vsize + kCarveOutVsize);
    if (reason && !carve_out) return refuse(RefusalKind::kPolicy, "too-long-mempool-chain", *reason);
    for (const Txid& txid : above) {
        if (candidate.direct_conflicts.contains(txid)) {
            return refuse(RefusalKind::kInvalid, "bad-txns-spends-conflicting-tx",
                          to_display(entry.tx->txid) + " spends conflicting transaction " + to_display(txid));
        }
    }
    return std::nullopt;
}

// BIP431: a version 3 transaction is alone or one of two, parent and small child, both of version 3.
std::optional<Refusal> Mempool::check_version_three(const Candidate& candidate) const {
    const Entry& entry = candidate.entry;
    const bool restricted = entry.tx->tx.version == kTopologyRestricted;
    const auto violation = [](const char* detail) { return refuse(RefusalKind::kPolicy, "TRUC-violation", detail); };
    for (const Txid& txid : entry.parents) {
        if ((entries_.at(txid).tx->tx.version == kTopologyRestricted) != restricted) {
            return violation("version 3 and other versions do not spend each other");
        }
    }
    if (!restricted) return std::nullopt;
    if (entry.vsize > kMaxRestrictedVsize) return violation("too large");
    if (entry.parents.empty()) return std::nullopt;
    const Entry& parent = entries_.at(*entry.parents.begin());
    if (entry.parents.size() > 1 || !parent.parents.empty()) return violation("too many ancestors");
    if (entry.vsize > kMaxRestrictedChildVsize) return violation("a child that is too large");
    const bool has_sibling =
        std::ranges::any_of(parent.children, [&](const Txid& child) { return !candidate.conflicts.contains(child); });
    if (has_sibling) return violation("the parent has a child already");
    return std::nullopt;
}

// BIP125: more fee for each byte than what is replaced, more in sum, and enough more for its own relay.
std::optional<Refusal> Mempool::check_replacement(const Candidate& candidate) const {
    const Entry& entry = candidate.entry;
    const FeeRate rate = FeeRate::of(entry.modified_fee(), entry.vsize);
    for (const Txid& txid : candidate.direct_conflicts) {
        const Entry& other = entries_.at(txid);
        const FeeRate replaced = FeeRate::of(other.modified_fee(), other.vsize);
        if (rate <= replaced) {
            return refuse(RefusalKind::kPolicy, "insufficient fee", "feerate",
                          {{"replaces", to_display(txid)},
                           {"sat_per_kvb", rate.sat_per_kvb},
                           {"replaced_sat_per_kvb", replaced.sat_per_kvb}});
        }
    }
    if (candidate.conflicts.size() > kMaxReplaced) {
        return refuse(RefusalKind::kPolicy, "too many potential replacements", {},
                      {{"transactions", candidate.conflicts.size()}, {"limit", kMaxReplaced}});
    }
    std::set<Txid> known_parents;
    int64_t replaced_fees = 0;
    for (const Txid& txid : candidate.conflicts) {
        const Entry& other = entries_.at(txid);
        replaced_fees += other.modified_fee().sat;
        if (candidate.direct_conflicts.contains(txid)) known_parents.insert(other.parents.begin(), other.parents.end());
    }
    const bool adds_unconfirmed =
        std::ranges::any_of(entry.parents, [&](const Txid& parent) { return !known_parents.contains(parent); });
    if (adds_unconfirmed) return refuse(RefusalKind::kPolicy, "replacement-adds-unconfirmed");
    const int64_t more = entry.modified_fee().sat - replaced_fees;
    if (const int64_t relay = policy_.incremental.fee(entry.vsize).sat; more < 0 || more < relay) {
        return refuse(RefusalKind::kPolicy, "insufficient fee", "not enough more than what it replaces",
                      {{"fee", entry.modified_fee().sat}, {"minimum", replaced_fees + relay}});
    }
    return std::nullopt;
}

}  // namespace sluice::mempool
