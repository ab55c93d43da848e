// A small reading of what the chain demands of a confidential transaction: balance, range proofs, surjection proofs
// (confidential.md section 9). For tests of what the wallet makes.
#pragma once

#include <vector>

#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "consensus/primitives/issuance.h"
#include "consensus/primitives/transaction.h"

namespace sluice::wallet::test {

inline confidential::Generator generator_of(const ConfidentialAsset& asset) {
    return asset.is_explicit() ? confidential::asset_generator(asset.explicit_value().view()).value()
                               : confidential::Generator::parse(asset.commitment().view()).value();
}

// Empty if all is well, else what is not.
inline std::string complaint(const Transaction& tx, const std::vector<TxOut>& spent) {
    using namespace confidential;
    std::vector<Generator> targets;
    std::vector<Commitment> left;
    std::vector<Commitment> right;
    std::string wrong;
    const auto take = [&](std::vector<Commitment>& side, const ConfidentialValue& value, const Generator& generator,
                          ByteView proof, ByteView script, bool check) {
        if (value.is_explicit()) {
            if (!proof.empty()) wrong = "a range proof of an open amount";
            if (const auto c = commit_explicit(static_cast<uint64_t>(value.explicit_value().sat), generator))
                side.push_back(*c);
            return;
        }
        const auto commitment = Commitment::parse(value.commitment().view());
        if (!commitment) {
            wrong = "no commitment";
            return;
        }
        side.push_back(*commitment);
        if (check && !verify_range_proof({*commitment, generator, proof, script})) wrong = "a range proof";
    };
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        targets.push_back(generator_of(spent[i].asset));
        take(left, spent[i].value, targets.back(), {}, {}, false);
        if (in.issuance.is_null()) continue;
        const IssuanceIds ids = issuance_ids(in);
        if (!in.issuance.amount.is_null()) {
            targets.push_back(generator_of(ids.asset));
            take(left, in.issuance.amount, targets.back(), in.witness.issuance_amount_rangeproof, {}, true);
        }
        if (!in.issuance.inflation_keys.is_null()) {
            targets.push_back(generator_of(ids.token));
            take(left, in.issuance.inflation_keys, targets.back(), in.witness.inflation_keys_rangeproof, {}, true);
        }
    }
    for (const TxOut& out : tx.outputs) {
        const Generator generator = generator_of(out.asset);
        take(right, out.value, generator, out.witness.rangeproof, out.script.view(), true);
        if (out.asset.is_commitment() && !verify_surjection_proof({targets, generator, out.witness.surjection_proof}))
            wrong = "a surjection proof";
    }
    if (!balances(left, right)) wrong = "the balance";
    return wrong;
}

}  // namespace sluice::wallet::test
