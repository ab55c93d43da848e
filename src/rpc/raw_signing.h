// What every signer of raw transactions does: digests from the outputs that are known, and, of what stays unsigned,
// why. Pure.
#pragma once

#include "consensus/primitives/transaction.h"
#include "rpc/error.h"
#include "rpc/json.h"
#include "signing/solve.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::rpc {

using KnownOutputs = std::vector<std::optional<TxOut>>;  // of each input

struct RawSigning {
    std::vector<TxOut> outputs;  // empty if some is not known
    script::TxHashes hashes;
    // A fresh context with randomness for signatures. It refers to this.
    [[nodiscard]] signing::SignContext context(std::optional<uint8_t> hash_type = std::nullopt) const;
};
RawSigning raw_signing(const Transaction& tx, const KnownOutputs& spent, const ChainParams& params);

// "hex", "complete", and "errors" of the inputs that their scripts do not satisfy. -3 where a witness signed an amount
// that nobody has named.
RpcResult signed_json(const Transaction& tx, const KnownOutputs& spent, const RawSigning& signing);

}  // namespace sluice::rpc
