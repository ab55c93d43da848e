// Makes transactions whose amounts are hidden, with the signing half of src/confidential: what a wallet does, for tests
// of who judges them. Everything is seeded: one order of calls gives one result.
#pragma once

#include <boost/test/unit_test.hpp>

#include "confidential/secret/output.h"
#include "confidential/secret/surjection_sign.h"
#include "consensus/primitives/issuance.h"
#include "crypto/hash_writer.h"

namespace sluice::test {

namespace ct = sluice::confidential;

// A coin with what it hides.
struct KnownCoin {
    OutPoint outpoint;
    TxOut out;
    AssetId asset;
    ct::Opening opening;

    [[nodiscard]] KnownCoin clone() const { return {outpoint, out, asset, opening.clone()}; }
};

inline KnownCoin known_open_coin(const OutPoint& outpoint, const AssetId& asset, int64_t value) {
    KnownCoin coin;
    coin.outpoint = outpoint;
    coin.out.asset = asset;
    coin.out.value = Amount{value};
    coin.out.script.bytes = {0x51};
    coin.asset = asset;
    coin.opening.value = static_cast<uint64_t>(value);
    return coin;
}

struct Payment {
    AssetId asset;
    int64_t value = 0;
    Script script{{0x51}};
    bool hide_value = true;
    bool hide_asset = true;
    bool prove_from_zero = false;  // as for a script that can never be spent
};

struct Issue {
    int64_t amount = 0;  // 0: null
    int64_t tokens = 0;  // 0: null
    bool hidden = false;
    const KnownCoin* token = nullptr;  // reissues by it, which must be the input's coin
    AssetEntropy entropy = {};         // reissuance: the asset's; otherwise the contract's hash
};

// Builds one transaction. Inputs first, then payments, then finish().
class ConfidentialTx {
public:
    explicit ConfidentialTx(uint32_t seed) : seed_(seed) { tx_.inputs.clear(); }

    void spend(const KnownCoin& coin) {
        tx_.inputs.emplace_back();
        tx_.inputs.back().prevout = coin.outpoint;
        spent_.push_back(coin.out);
        add_target(coin.asset, coin.opening.asset_blind.clone());
        in_.push_back(coin.opening.clone());
    }

    // By the last input.
    IssuanceIds issue(const Issue& what) {
        TxIn& in = tx_.inputs.back();
        in.issuance.entropy = what.entropy;
        if (what.token != nullptr)
            in.issuance.blinding_nonce.bytes =
                FixedBytes<struct Raw, 32>::from_view(what.token->opening.asset_blind.view()).bytes;
        // The token's id depends on whether the amount is hidden.
        if (what.amount != 0)
            in.issuance.amount =
                what.hidden ? ConfidentialValue(ValueCommitment{}) : ConfidentialValue(Amount{what.amount});
        const IssuanceIds ids = issuance_ids(in);
        issue_one(in.issuance.amount, in.witness.issuance_amount_rangeproof, ids.asset, what.amount, what.hidden);
        issue_one(in.issuance.inflation_keys, in.witness.inflation_keys_rangeproof, ids.token, what.tokens,
                  what.hidden);
        if (!tx_.has_witness()) in.witness.pegin_witness = {Bytes{}};  // a transaction without any witness cannot issue
        return ids;
    }

    void pay(Payment payment) { payments_.push_back(std::move(payment)); }
    void pay_fee(const AssetId& asset, int64_t value) {
        pay({.asset = asset, .value = value, .script = {}, .hide_value = false, .hide_asset = false});
    }

    // Blinds what is to be hidden; the blind of the last hidden value makes the sides balance.
    Transaction& finish() {
        std::optional<size_t> last;
        for (size_t i = 0; i < payments_.size(); ++i) {
            ct::Opening opening;
            opening.value = static_cast<uint64_t>(payments_[i].value);
            if (payments_[i].hide_asset) opening.asset_blind = blind();
            if (payments_[i].hide_value) opening.value_blind = blind(), last = i;
            out_.push_back(std::move(opening));
        }
        if (last) {
            const ct::Opening balancing = out_[*last].clone();
            std::vector<ct::Opening> others;
            for (size_t i = 0; i < out_.size(); ++i) {
                if (i != *last) others.push_back(out_[i].clone());
            }
            out_[*last].value_blind = ct::balancing_blind(in_, others, balancing);
        }
        for (size_t i = 0; i < payments_.size(); ++i) tx_.outputs.push_back(output(payments_[i], out_[i]));
        return tx_;
    }

    // After finish().
    [[nodiscard]] const std::vector<TxOut>& spent() const { return spent_; }
    [[nodiscard]] KnownCoin coin(uint32_t n) const {
        TxOut out = tx_.outputs[n];
        out.nonce = {};
        out.witness = {};
        return {{compute_txid(tx_), n}, std::move(out), payments_[n].asset, out_[n].clone()};
    }

private:
    Bytes draw() {
        HashWriter writer;
        field(static_cast<Writer&>(writer), seed_);
        const uint32_t number = drawn_++;
        field(static_cast<Writer&>(writer), number);
        return to_bytes(writer.sha256d().view());
    }
    ct::BlindingFactor blind() { return ct::BlindingFactor::from_bytes(draw()).value(); }
    SecretKey key() { return SecretKey::from_bytes(draw()).value(); }

    void add_target(const AssetId& asset, const ct::BlindingFactor& blind) {
        target_assets_.push_back(ct::AssetTag::from(asset));
        targets_.push_back(ct::blinded_generator(target_assets_.back(), blind).value());
        target_blinds_.push_back(blind.clone());
    }

    void issue_one(ConfidentialValue& field, Bytes& proof, const AssetId& asset, int64_t amount, bool hidden) {
        if (amount == 0) return;
        add_target(asset, {});
        ct::OpenedOutput what{ct::AssetTag::from(asset), {static_cast<uint64_t>(amount), {}, {}}};
        field = Amount{amount};
        if (hidden) {
            what.opening.value_blind = blind();
            ct::BlindedAmount made = ct::blind_issuance(what, key(), {}).value();
            field = ValueCommitment::from(made.commitment);
            proof = std::move(made.range_proof);
        }
        in_.push_back(std::move(what.opening));
    }

    TxOut output(const Payment& payment, const ct::Opening& opening) {
        TxOut out;
        out.asset = payment.asset;
        out.value = Amount{payment.value};
        out.script = payment.script;
        if (!payment.hide_value && !payment.hide_asset) return out;
        const ct::AssetTag asset = ct::AssetTag::from(payment.asset);
        const ct::GeneratorBytes generator = ct::blinded_generator(asset, opening.asset_blind).value();
        if (payment.hide_value) {
            const SecretKey ephemeral = key();
            const bool spendable = !payment.prove_from_zero && !is_unspendable(payment.script);
            ct::BlindedAmount made = ct::blind_output({asset, opening.clone()}, payment.script.view(), spendable,
                                                      key().pubkey(), ephemeral, {})
                                         .value();
            out.value = ValueCommitment::from(made.commitment);
            out.nonce.bytes = NonceBytes::from_view(ephemeral.pubkey().view());
            out.witness.rangeproof = std::move(made.range_proof);
        }
        if (payment.hide_asset) {
            out.asset = AssetCommitment::from(generator);
            const size_t use = std::min(ct::kUsualSurjectionInputs, targets_.size());
            const auto choice = ct::choose_surjection_inputs(target_assets_, use, asset, 100, draw());
            BOOST_REQUIRE(choice.has_value());
            out.witness.surjection_proof = ct::sign_surjection_proof(*choice, targets_, generator,
                                                                     target_blinds_[choice->index], opening.asset_blind)
                                               .value();
        }
        return out;
    }

    const uint32_t seed_;
    uint32_t drawn_ = 0;
    Transaction tx_;
    std::vector<TxOut> spent_;
    std::vector<Payment> payments_;
    std::vector<ct::Opening> in_;
    std::vector<ct::Opening> out_;
    std::vector<ct::AssetTag> target_assets_;
    std::vector<ct::GeneratorBytes> targets_;
    std::vector<ct::BlindingFactor> target_blinds_;
};

}  // namespace sluice::test
