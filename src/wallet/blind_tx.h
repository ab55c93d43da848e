// Blinding a transaction as Elements' wallets do (confidential.md section 10): each chosen output and issuance amount
// becomes a commitment with its proofs, and the last output's blind is solved so that everything balances. Draws
// randomness; otherwise pure. Any thread; slow: milliseconds an amount.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "crypto/keys.h"
#include "util/result.h"
#include "wallet/opened.h"

namespace sluice::wallet {

// -ct_exponent and -ct_bits.
struct ProofOptions {
    int exponent = 0;
    int bits = 52;
};

// Secret keys that seal what an input issues; absent: it stays in the open.
struct IssuanceKeys {
    std::optional<SecretKey> amount;
    std::optional<SecretKey> tokens;
};

struct BlindRequest {
    // What each input spends. An input of somebody else is known by its asset as the chain shows it; its blind is
    // balanced by its owner.
    struct Input {
        std::optional<Opened> opened;
        ConfidentialAsset seen;  // used where `opened` is not
    };
    std::vector<Input> inputs;                     // one an input
    std::vector<std::optional<PubKey>> receivers;  // one an output; absent: stays as it is
    std::vector<IssuanceKeys> issuances;           // none, or one an input
    ProofOptions proof;
};

// An output or issuance that was blinded now.
struct BlindedAmountAt {
    AmountPart part = AmountPart::kOutput;
    uint32_t index = 0;
    Opened opened;
};

struct BlindedTx {
    Transaction tx;
    std::vector<BlindedAmountAt> amounts;
};

// Errors are Elements' texts where it has them: an output that is not in the open or is a fee; a blinded output whose
// asset no input has; more than 256 surjection targets; and nothing to hide behind: one output only, and nothing
// blinded among the inputs.
Result<BlindedTx> blind_transaction(Transaction tx, const BlindRequest& request);

// Sizes of what blinding adds, known before: for fees. Stands in for `out` when a transaction is weighed.
TxOut blinded_size_of(const TxOut& out, size_t surjection_targets, const ProofOptions& proof);
// Bytes of a range proof of `value`.
size_t range_proof_size(Amount value, bool spendable, const ProofOptions& proof);

}  // namespace sluice::wallet
