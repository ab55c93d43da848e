#include "consensus/rules/sigops.h"

#include "consensus/script/sigops.h"
#include "util/check.h"

namespace sluice::rules {

int64_t legacy_sigop_cost(const Transaction& tx) {
    return static_cast<int64_t>(script::count_legacy_sigops(tx)) * script::kWitnessScale;
}

int64_t sigop_cost(const Transaction& tx, std::span<const TxOut> spent, script::Flags flags) {
    int64_t cost = legacy_sigop_cost(tx);
    if (tx.is_coinbase()) return cost;
    CHECK(spent.size() == tx.inputs.size());
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        // Fact: of a peg-in only witness operations count.
        if (!in.is_pegin && (flags & script::kVerifyP2sh) != 0) {
            cost +=
                static_cast<int64_t>(script::count_p2sh_sigops(in.script_sig, spent[i].script)) * script::kWitnessScale;
        }
        cost += static_cast<int64_t>(
            script::count_witness_sigops(in.script_sig, spent[i].script, in.witness.script_witness, flags));
    }
    return cost;
}

}  // namespace sluice::rules
