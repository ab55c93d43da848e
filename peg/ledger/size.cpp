#include "peg/ledger/size.h"

#include "codec/writer.h"

namespace sluice::ledger {

namespace {
constexpr size_t kSignature = 72 + 1;
}  // namespace

size_t witness_size(const PayoutSet& set) {
    const size_t items = 1 + set.threshold + 1;
    const size_t script = set.witness_script.size();
    return compact_size_length(items) + 1 + set.threshold * (1 + kSignature) + compact_size_length(script) + script;
}

size_t payout_weight(const PayoutSet& set, const std::vector<parent::ParentTxIn>& inputs,
                     const std::vector<parent::ParentTxOut>& outputs) {
    size_t stripped = 4 + 4 + compact_size_length(inputs.size()) + compact_size_length(outputs.size());
    for (const parent::ParentTxIn& input : inputs) {
        stripped += 36 + compact_size_length(input.script_sig.size()) + input.script_sig.size() + 4;
    }
    for (const parent::ParentTxOut& output : outputs) {
        stripped += 8 + compact_size_length(output.script.size()) + output.script.size();
    }
    return 4 * stripped + 2 + inputs.size() * witness_size(set);
}

int64_t fee_of(uint64_t rate, size_t vsize) { return static_cast<int64_t>((rate * vsize + 999) / 1000); }

}  // namespace sluice::ledger
