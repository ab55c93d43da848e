// Opened: what an output or an issuance amount holds, once known: said in the open, remembered from blinding it, or
// found with the blinding key. A value; the blinds are private to the wallet, but no keys.
#pragma once

#include "consensus/primitives/amount.h"
#include "consensus/primitives/ids.h"
#include "consensus/primitives/transaction.h"

namespace sluice::wallet {

// Big-endian, below the group order; zero hides nothing. RPC shows it reversed, like an id.
using BlindBytes = FixedBytes<struct BlindBytesTag, 32>;

struct Opened {
    AssetId asset;
    Amount value;
    BlindBytes asset_blind;
    BlindBytes value_blind;
    [[nodiscard]] bool is_blinded() const { return !asset_blind.is_zero() || !value_blind.is_zero(); }
    bool operator==(const Opened&) const = default;
};

// Which hidden amount of a transaction: output `index`, or an amount that input `index` issues.
enum class AmountPart : uint8_t { kOutput = 0, kIssued = 1, kTokens = 2 };
struct AmountPlace {
    Txid txid;
    uint32_t index = 0;
    AmountPart part = AmountPart::kOutput;
    auto operator<=>(const AmountPlace&) const = default;
};

}  // namespace sluice::wallet
