#include "consensus/primitives/issuance.h"

#include <array>

#include "consensus/primitives/merkle.h"
#include "crypto/hash_writer.h"

namespace sluice {
namespace {

Hash256 fast_pair(const Hash256& left, const Hash256& right) {
    const std::array<Hash256, 2> leaves = {left, right};
    return fast_merkle_root(leaves);
}
Hash256 small_number(uint8_t number) {
    Hash256 out;
    out.bytes[0] = number;
    return out;
}

}  // namespace

AssetEntropy issuance_entropy(const OutPoint& prevout, const AssetEntropy& contract_hash) {
    HashWriter writer;
    describe(writer, prevout);
    return AssetEntropy::from(fast_pair(writer.sha256d(), Hash256::from(contract_hash)));
}

AssetId issued_asset(const AssetEntropy& entropy) {
    return AssetId::from(fast_pair(Hash256::from(entropy), small_number(0)));
}

AssetId reissuance_token(const AssetEntropy& entropy, bool amount_is_commitment) {
    return AssetId::from(fast_pair(Hash256::from(entropy), small_number(amount_is_commitment ? 2 : 1)));
}

IssuanceIds issuance_ids(const TxIn& in) {
    IssuanceIds out;
    out.entropy = in.issuance.is_reissuance() ? in.issuance.entropy : issuance_entropy(in.prevout, in.issuance.entropy);
    out.asset = issued_asset(out.entropy);
    out.token = reissuance_token(out.entropy, in.issuance.amount.is_commitment());
    return out;
}

}  // namespace sluice
