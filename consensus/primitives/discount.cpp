#include "consensus/primitives/discount.h"

#include "codec/writer.h"

namespace sluice {

int64_t discounted_weight(const Transaction& tx, int64_t weight) {
    const bool has_witness = tx.has_witness();
    for (const TxOut& out : tx.outputs) {
        if (has_witness) {
            SizeWriter size;
            size.var_bytes(out.witness.surjection_proof);
            size.var_bytes(out.witness.rangeproof);
            weight -= static_cast<int64_t>(size.size()) - 2;
        }
        if (out.value.is_commitment()) weight -= (33 - 9) * 4;
        if (out.nonce.is_commitment()) weight -= 32 * 4;
    }
    return weight;
}

}  // namespace sluice
