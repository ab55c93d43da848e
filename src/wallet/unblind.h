// Opening confidential outputs and issuances with a blinding key (confidential.md section 8). Pure; any thread.
#pragma once

#include <optional>

#include "crypto/keys.h"
#include "wallet/opened.h"

namespace sluice::wallet {

// What the output holds. An output in the open needs no key and gives zero blinds; only the asset in the open is not
// enough. nullopt: the key does not open it, or it holds an amount that an output cannot have (0 unless unspendable; of
// the pegged asset, above the range of money).
std::optional<Opened> open_output(const TxOut& out, const SecretKey& key, const AssetId& pegged_asset);
// The same in the open; nullopt if asset or value is a commitment.
std::optional<Opened> read_open_output(const TxOut& out);

// What the input issues of the asset or of its token; nullopt if nothing, or the key does not open it. `key` may be
// null: then only an amount in the open is read.
std::optional<Opened> open_issuance(const TxIn& in, AmountPart part, const SecretKey* key);

}  // namespace sluice::wallet
