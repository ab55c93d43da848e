// Amounts behind commitments: that they balance, and the proofs that they are amounts at all and of assets that came in
// (confidential.md section 9). Points are read and summed first, a transaction at a time; the proofs, nine tenths of
// the work, are then verified in batches that may cross transactions. Pure; any thread: a check owns all that it looks
// at.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "consensus/rules/rule.h"
#include "consensus/rules/script_check.h"
#include "crypto/hash.h"

namespace sluice::rules {

class ProofCache;
struct TxProofs;  // of one transaction: its points, and where its proofs are

enum class ProofKind : uint8_t { kRange, kSurjection };

struct AmountProof {
    std::shared_ptr<const TxProofs> of;
    uint32_t n = 0;  // among the transaction's proofs of the kind
    ProofKind kind = ProofKind::kRange;
    Hash256 name;  // of the proof and everything that it covers: see ProofCache
};

// Reads the transaction's points and adds up both sides. The answer: its proofs, issuances' first, then outputs' range
// proofs, then surjection proofs. Invalid: kTxInNotOut. Precondition: check_amounts said kPoints.
Judged<std::vector<AmountProof>> check_balance(const std::shared_ptr<const SpendingTx>& spending);

// Verifies all; the position of the first that fails, or proofs.size(). Fastest with some proofs of one kind
// (kRangeBatch...).
size_t run(std::span<const AmountProof> proofs);
inline constexpr size_t kRangeBatch = 4;        // so many fill the lanes of the widest verifier
inline constexpr size_t kSurjectionBatch = 32;  // these are smaller

// What the failure of a proof means: kTxInNotOut, as the reference has it.
Failure proof_failure(const AmountProof& proof);

// All of it for one transaction, on this thread. Good proofs are looked for and remembered in the cache; null: none.
Judged<void> check_hidden_amounts(const std::shared_ptr<const SpendingTx>& spending, ProofCache* cache);

}  // namespace sluice::rules
