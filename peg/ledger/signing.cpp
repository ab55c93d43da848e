#include "peg/ledger/signing.h"

#include <algorithm>

#include "consensus/script/script.h"
#include "crypto/ecdsa.h"
#include "peg/proof/contract.h"
#include "util/check.h"

namespace sluice::ledger {

namespace {
std::optional<uint32_t> small_number(uint8_t opcode) {
    if (opcode < script::OP_1 || opcode > script::OP_16) return std::nullopt;
    return opcode - script::OP_1 + 1;
}
}  // namespace

std::optional<Multisig> leading_multisig(const Script& witness_script) {
    script::ScriptParser parser(witness_script.view());
    Multisig out;
    const auto first = parser.next();
    const auto threshold = first ? small_number(first->opcode) : std::nullopt;
    if (!threshold) return std::nullopt;
    out.threshold = *threshold;
    auto next = parser.next();
    for (; next && next->data.size() == PubKey::kCompressedSize; next = parser.next())
        out.keys.push_back(to_bytes(next->data));
    const auto count = next ? small_number(next->opcode) : std::nullopt;
    const auto last = parser.next();
    if (!count || *count != out.keys.size() || *threshold > *count || !last ||
        last->opcode != script::OP_CHECKMULTISIG) {
        return std::nullopt;
    }
    return out;
}

std::optional<std::vector<InputToSign>> inputs_to_sign(const Ledger& ledger, const Evaluation& evaluation,
                                                       const ParentTransaction& tx) {
    std::vector<InputToSign> out;
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const ParentOutPoint& outpoint = tx.inputs[i].prevout;
        const auto coin = std::ranges::lower_bound(evaluation.coins, outpoint, {}, &Coin::outpoint);
        if (coin == evaluation.coins.end() || coin->outpoint != outpoint || !coin->set) return std::nullopt;
        InputToSign input;
        input.outpoint = outpoint;
        input.value = coin->value;
        input.set = *coin->set;
        input.claim_script = coin->claim_script;
        input.witness_script = ledger.params().sets[*coin->set].witness_script;
        if (coin->claim_script) {
            const auto tweaked = peg::tweak_fedpegscript(input.witness_script, *coin->claim_script);
            if (!tweaked) return std::nullopt;
            input.witness_script = *tweaked;
        }
        input.digest = parent::segwit_sighash_all(tx, i, input.witness_script, input.value);
        out.push_back(std::move(input));
    }
    return out;
}

bool verify_signature(const InputToSign& input, size_t key, ByteView signature) {
    const std::optional<Multisig> multisig = leading_multisig(input.witness_script);
    if (!multisig || key >= multisig->keys.size() || signature.empty() || signature.back() != parent::kSighashAll)
        return false;
    const ByteView der = signature.first(signature.size() - 1);
    // Bitcoin relays only strict DER with low S.
    return is_strict_der(signature) && is_low_s(der) && verify_ecdsa(multisig->keys[key], der, input.digest);
}

std::optional<ParentTransaction> assemble(ParentTransaction tx, const std::vector<InputToSign>& inputs,
                                          const InputSignatures& signatures) {
    CHECK(inputs.size() == tx.inputs.size() && signatures.size() == inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
        const std::optional<Multisig> multisig = leading_multisig(inputs[i].witness_script);
        if (!multisig || signatures[i].size() < multisig->threshold) return std::nullopt;
        std::vector<Bytes>& witness = tx.inputs[i].witness;
        witness.assign(1, {});  // CHECKMULTISIG eats one item too many
        for (const auto& [key, signature] : signatures[i]) {
            if (witness.size() <= multisig->threshold) witness.push_back(signature);
        }
        witness.push_back(inputs[i].witness_script.bytes);
    }
    return tx;
}

}  // namespace sluice::ledger
