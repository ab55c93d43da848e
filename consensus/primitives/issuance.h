// Ids of issued assets and reissuance tokens (transactions.md section 6).
#pragma once

#include "consensus/primitives/transaction.h"
#include "crypto/hash.h"

namespace sluice {

// Entropy of a new issuance by the input that spends `prevout`, with the issuer's contract hash.
AssetEntropy issuance_entropy(const OutPoint& prevout, const AssetEntropy& contract_hash);
AssetId issued_asset(const AssetEntropy& entropy);
// The token's id depends on whether the issuance's amount was a commitment.
AssetId reissuance_token(const AssetEntropy& entropy, bool amount_is_commitment);

struct IssuanceIds {
    AssetEntropy entropy;
    AssetId asset;
    AssetId token;
};
// Precondition: the input has an issuance.
IssuanceIds issuance_ids(const TxIn& in);

}  // namespace sluice
