#include "consensus/rules/verify.h"

#include <algorithm>

#include "consensus/rules/hidden_amounts.h"
#include "consensus/rules/proof_cache.h"

namespace sluice::rules {
namespace {

// The proofs of all transactions whose amounts are hidden, those of the cache left out, one kind after the other.
Judged<std::vector<AmountProof>> check_balances(const Connected& connected, const RunAll& run_all,
                                                const ProofCache* cache) {
    // Each check writes its own slot, and a slot is read only after all have run.
    std::vector<Judged<std::vector<AmountProof>>> answers(connected.hidden.size());
    const size_t failed = run_all(answers.size(), [&](size_t i) {
        answers[i] = check_balance(connected.hidden[i]);
        return answers[i].has_value();
    });
    if (failed != answers.size()) return tl::make_unexpected(std::move(answers[failed]).error());
    std::vector<AmountProof> proofs;
    for (const ProofKind kind : {ProofKind::kRange, ProofKind::kSurjection}) {
        for (const auto& answer : answers) {
            std::ranges::copy_if(*answer, std::back_inserter(proofs), [&](const AmountProof& proof) {
                return proof.kind == kind && (cache == nullptr || !cache->contains(proof.name));
            });
        }
    }
    return proofs;
}

std::vector<std::span<const AmountProof>> batches_of(std::span<const AmountProof> proofs) {
    std::vector<std::span<const AmountProof>> out;
    while (!proofs.empty()) {
        const ProofKind kind = proofs[0].kind;
        const size_t most = kind == ProofKind::kRange ? kRangeBatch : kSurjectionBatch;
        size_t size = 1;
        while (size < proofs.size() && size < most && proofs[size].kind == kind) ++size;
        out.push_back(proofs.first(size));
        proofs = proofs.subspan(size);
    }
    return out;
}

}  // namespace

size_t run_in_order(size_t count, const std::function<bool(size_t)>& check) {
    for (size_t i = 0; i < count; ++i) {
        if (!check(i)) return i;
    }
    return count;
}

Judged<void> verify(const Connected& connected, const RunAll& run_all, ProofCache* cache) {
    const std::vector<AmountProof> proofs = TRY(check_balances(connected, run_all, cache));
    const std::vector<std::span<const AmountProof>> batches = batches_of(proofs);
    const std::vector<ScriptCheck>& scripts = connected.checks;

    // The long ones first, so that no thread is left with one at the end.
    std::vector<size_t> failed_proofs(batches.size());
    std::vector<script::ScriptResult> script_results(scripts.size());
    const size_t failed = run_all(batches.size() + scripts.size(), [&](size_t i) {
        if (i < batches.size()) {
            failed_proofs[i] = run(batches[i]);
            return failed_proofs[i] == batches[i].size();
        }
        script_results[i - batches.size()] = run(scripts[i - batches.size()]);
        return script_results[i - batches.size()].has_value();
    });
    if (failed < batches.size()) return tl::make_unexpected(proof_failure(batches[failed][failed_proofs[failed]]));
    if (failed < batches.size() + scripts.size()) {
        const size_t script = failed - batches.size();
        return tl::make_unexpected(script_failure(scripts[script], script_results[script].error()));
    }
    if (cache != nullptr) {
        for (const AmountProof& proof : proofs) cache->insert(proof.name);
    }
    return {};
}

}  // namespace sluice::rules
