// Sizes and fees of payout transactions, estimated from the set's largest satisfaction (federation-design section 4.5
// d). Equal on all members: integers only. Weights in BIP141 weight units, fees in satoshi, rates in sat/kvB.
#pragma once

#include <cstdint>
#include <vector>

#include "peg/ledger/params.h"
#include "peg/parent/transaction.h"

namespace sluice::ledger {

// Witness of one input: the empty item that CHECKMULTISIG eats, K signatures of 72 bytes with their sighash byte, the
// script.
size_t witness_size(const PayoutSet& set);
// Whole signed transaction with these inputs, all of one set. Of an input only the length of its scriptSig matters.
size_t payout_weight(const PayoutSet& set, const std::vector<parent::ParentTxIn>& inputs,
                     const std::vector<parent::ParentTxOut>& outputs);
inline size_t vsize_of(size_t weight) { return (weight + 3) / 4; }
// Rounded up.
int64_t fee_of(uint64_t rate, size_t vsize);

}  // namespace sluice::ledger
