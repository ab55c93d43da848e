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
#include "mempool/refuse.h"
#include "mempool/truc.h"
#include "peg/proof/pegin.h"

namespace sluice::mempool {
namespace {

constexpr int64_t kMinSubsidyRate = 1000;  // sat/kvB that a peg-in's later spend is taken to cost at least

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
            if (!tx.tx.has_witness()) {
                return refuse(RefusalKind::kWitness, "pegin-no-witness", "no peg-in witness attached", at_input(n),
                              deposit);
            }
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

std::string compared(Amount fee, Amount least) { return std::to_string(fee.sat) + " < " + std::to_string(least.sat); }
NamedValues fee_values(Amount fee, Amount least, int64_t vsize) {
    return {{"fee", fee.sat}, {"minimum", least.sat}, {"vsize", vsize}};
}

}  // namespace

std::optional<Refusal> Mempool::check_scripts(const Candidate& candidate, const AcceptMode& mode) const {
    const script::Flags flags = candidate.entry.flags;
    if (mode.passed_under == flags) return std::nullopt;
    const std::shared_ptr<const rules::SpendingTx>& spending = candidate.spending;
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

Result<Mempool::Candidate, Refusal> Mempool::judge(const TxRef& tx, const AcceptMode& mode) {
    Result<Candidate, Refusal> answer = refused(RefusalKind::kFault, "internal-error", "the tip was not read");
    const std::optional<Error> fault = tips_.with_tip([&](const Tip& tip) { answer = judge_at(tx, mode, tip); });
    if (fault) {
        next_block_.reset();
        return refused(RefusalKind::kFault, "internal-error", fault->message);
    }
    return answer;
}

Result<Mempool::Candidate, Refusal> Mempool::judge_at(const TxRef& tx, const AcceptMode& mode, const Tip& tip) {
    Candidate candidate = TRY(check_before(tx, mode, tip, {}));
    if (auto dust = check_dust_spent(*tx, {}); dust && policy_.require_standard)
        return tl::unexpected<Refusal>(std::move(*dust));
    if (!candidate.direct_conflicts.empty()) {
        if (auto replacement = check_replacement(candidate)) return tl::unexpected<Refusal>(std::move(*replacement));
    }
    if (auto script = check_scripts(candidate, mode)) return tl::unexpected<Refusal>(std::move(*script));
    return candidate;
}

Result<Mempool::Candidate, Refusal> Mempool::check_before(const TxRef& parsed, const AcceptMode& mode, const Tip& tip,
                                                          const Staged& staged) {
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
    if (auto conflict = find_conflicts(tx, mode, candidate)) return tl::unexpected<Refusal>(std::move(*conflict));
    const PoolCoins coins(tip.coins, entries_, staged, height);
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
    candidate.spending = rules::make_spending(parsed, std::move(inputs->spent), params_.genesis_hash);
    if (inputs->amounts == rules::AmountsLeft::kPoints) {
        if (auto hidden = rules::check_hidden_amounts(candidate.spending, tip.proofs); !hidden)
            return refused(std::move(hidden).error());
    }

    if (policy_.require_standard) {
        if (Reason reason = check_issuance_proofs(tx)) return refused(std::move(*reason));
        if (Reason reason = check_inputs_standard(tx, candidate.spending->spent, params_))
            return refused(std::move(*reason));
        if (Reason reason = check_witness_standard(tx, candidate.spending->spent))
            return refused(std::move(*reason), RefusalKind::kWitness);
    }

    Entry& entry = candidate.entry;
    entry.tx = parsed;
    if (const auto fee = inputs->fees.find(params_.policy_asset); fee != inputs->fees.end()) entry.fee = fee->second;
    if (const auto delta = deltas_.find(parsed->txid); delta != deltas_.end()) entry.fee_delta = delta->second;
    entry.sigop_cost = rules::sigop_cost(tx, candidate.spending->spent, script::kStandardFlags);
    entry.vsize = virtual_size(*parsed, entry.sigop_cost, policy_.bytes_per_sigop);
    entry.discount_vsize = params_.accept_discount_ct ? discount_virtual_size(*parsed) : entry.vsize;
    entry.time = mode.time.value_or(clock_.unix_time());
    entry.height = tip.headers.height();
    entry.parents = parents_of(tx);

    if (auto fees = check_fees(candidate, mode)) return tl::unexpected<Refusal>(std::move(*fees));
    if (auto pegin = check_pegin_policy(tx, inputs->pegins, params_, tip, fedpegs))
        return tl::unexpected<Refusal>(std::move(*pegin));
    if (auto chain = check_relatives(candidate, mode)) return tl::unexpected<Refusal>(std::move(*chain));
    if (auto pair = check_pairs(candidate, mode)) return tl::unexpected<Refusal>(std::move(*pair));
    for (const Txid& txid : closure(entry.parents, &Entry::parents)) {
        if (!candidate.direct_conflicts.contains(txid)) continue;
        return refused(RefusalKind::kInvalid, "bad-txns-spends-conflicting-tx",
                       to_display(parsed->txid) + " spends conflicting transaction " + to_display(txid));
    }
    candidate.conflicts = closure(candidate.direct_conflicts, &Entry::children);
    entry.pegins = std::move(inputs->pegins);
    entry.flags = pool_flags(params_, tip);
    if (mode.max_rate && FeeRate::of(entry.modified_fee(), entry.vsize) > *mode.max_rate)
        return refused(RefusalKind::kPolicy, "max feerate exceeded");
    return candidate;
}

Acceptance Mempool::acceptance_of(const Candidate& candidate) const {
    const Entry& entry = candidate.entry;
    return {entry.tx->txid,    entry.fee,
            entry.vsize,       FeeRate::of(entry.modified_fee(), entry.vsize),
            {entry.tx->wtxid}, {candidate.conflicts.begin(), candidate.conflicts.end()}};
}

std::optional<Refusal> Mempool::find_conflicts(const Transaction& tx, const AcceptMode& mode,
                                               Candidate& candidate) const {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const auto other = spends_.find(tx.inputs[i].prevout);
        if (other == spends_.end()) continue;
        const NamedValues values = {{"outpoint", to_display(tx.inputs[i].prevout)},
                                    {"spender", to_display(other->second)}};
        if (!mode.may_replace)
            return refuse(RefusalKind::kPolicy, "bip125-replacement-disallowed", {}, at_input(i), values);
        const Transaction& there = entries_.at(other->second).tx->tx;
        if (!signals_replacement(there) && there.version != kTopologyRestricted) {
            return refuse(RefusalKind::kConflict, "txn-mempool-conflict", {}, at_input(i), values);
        }
        candidate.direct_conflicts.insert(other->second);
    }
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
    if (mode.origin != Origin::kFresh) return std::nullopt;
    const Amount fee = entry.modified_fee();
    // Discounted where the chain discounts confidential outputs. No child can pay for what relay asks of each, but in a
    // pair of version 3.
    const Amount least = policy_.min_relay.fee(entry.discount_vsize);
    if (entry.tx->tx.version != kTopologyRestricted && fee < least) {
        return refuse(RefusalKind::kPolicy, "min relay fee not met", compared(fee, least),
                      fee_values(fee, least, entry.discount_vsize));
    }
    return mode.package_fees ? std::nullopt : check_rate(fee, entry.discount_vsize);
}

std::optional<Refusal> Mempool::check_rate(Amount fee, int64_t vsize) const {
    const Amount full = full_rate().fee(vsize);
    if (full.sat > 0 && fee < full) {
        return refuse(RefusalKind::kFee, "mempool min fee not met", compared(fee, full), fee_values(fee, full, vsize));
    }
    const Amount least = policy_.min_relay.fee(vsize);
    if (fee < least)
        return refuse(RefusalKind::kFee, "min relay fee not met", compared(fee, least), fee_values(fee, least, vsize));
    return std::nullopt;
}

}  // namespace sluice::mempool
