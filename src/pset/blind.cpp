#include "pset/blind.h"

#include <algorithm>
#include <array>

#include "confidential/secret/surjection_targets.h"
#include "consensus/primitives/issuance.h"
#include "pset/tx.h"
#include "util/random.h"

namespace sluice::pset {
namespace {

using confidential::AssetTag;
using confidential::BlindingFactor;
using confidential::GeneratorBytes;
using confidential::OpenedOutput;
using confidential::Opening;

// The opening is of the output that is spent: else the transaction would not balance, and nobody would know why.
bool opens(const OwnInput& own, const TxOut& spent) {
    const Opening& o = own.opening;
    const auto generator = confidential::blinded_generator(AssetTag::from(own.asset), o.asset_blind);
    if (!generator) return false;
    const bool asset_fits = spent.asset.is_explicit()
                                ? spent.asset.explicit_value() == own.asset && o.asset_blind.is_zero()
                                : equal(spent.asset.commitment().view(), generator->view());
    if (!asset_fits) return false;
    if (spent.value.is_explicit()) {
        return spent.value.explicit_value().sat == static_cast<int64_t>(o.value) && o.value_blind.is_zero();
    }
    const auto commitment = confidential::commit_value(o.value, o.value_blind, *generator);
    return commitment && equal(spent.value.commitment().view(), commitment->view());
}

class Blinder {
public:
    Blinder(Pset pset, const std::map<uint32_t, OwnInput>& ours, const ChainParams& params,
            const confidential::RangeOptions& options)
        : pset_(std::move(pset)), ours_(ours), params_(params), options_(options) {}

    Result<Pset> run() {
        find_outputs();
        if (left_ == 0) return std::move(pset_);
        TRY_VOID(collect_inputs());
        if (mine_.empty()) {
            if (balance_in_.empty() || was_here_) return std::move(pset_);
            return fail("Transaction has blind inputs belonging to this blinder but does not have outputs to blind");
        }
        for (const uint32_t i : mine_) TRY_VOID(blind_output(pset_.outputs[i], --left_ == 0));
        if (left_ > 0) leave_scalar();
        return std::move(pset_);
    }

private:
    void find_outputs() {
        for (uint32_t i = 0; i < pset_.outputs.size(); ++i) {
            const Output& out = pset_.outputs[i];
            if (!out.wants_blinding()) continue;
            const bool my_own = out.blinder_index && ours_.contains(*out.blinder_index);
            if (out.is_fully_blinded()) {
                was_here_ = was_here_ || my_own;
                continue;
            }
            ++left_;
            if (my_own) mine_.push_back(i);
        }
    }

    Status collect_inputs() {
        for (uint32_t i = 0; i < pset_.inputs.size(); ++i) {
            const auto spent = spent_output(pset_.inputs[i], params_.pegged_asset);
            if (!spent) return fail(std::string(kNeedsUtxos));
            TRY_VOID(add_input(i, *spent));
            TRY_VOID(add_issuance(pset_.inputs[i]));
        }
        if (targets_.too_many()) { return fail("a transaction of more than 256 inputs cannot have blinded outputs"); }
        return {};
    }

    Status add_input(uint32_t i, const TxOut& spent) {
        const auto own = ours_.find(i);
        if (own != ours_.end()) {
            if (!opens(own->second, spent)) return fail("an input does not hold what its owner takes it to hold");
            const Opening& opening = own->second.opening;
            TRY_VOID(add_target(own->second.asset, opening.asset_blind));
            const bool hidden = !opening.asset_blind.is_zero() || !opening.value_blind.is_zero();
            if (hidden) balance_in_.push_back(opening.clone());
        } else if (spent.asset.is_explicit()) {
            TRY_VOID(add_target(spent.asset.explicit_value(), {}));
        } else {
            targets_.add_foreign(GeneratorBytes::from(spent.asset.commitment()));
        }
        return {};
    }

    Status add_issuance(const Input& in) {
        if (!in.has_issuance()) return {};
        const AssetEntropy given = in.issuance_entropy.value_or(AssetEntropy{});
        const bool again = in.issuance_blinding_nonce.has_value();
        const AssetEntropy entropy = again ? given : issuance_entropy(in.outpoint(), given);
        if (in.issuance_value || in.issuance_value_commitment) TRY_VOID(add_target(issued_asset(entropy), {}));
        if (in.issuance_tokens || in.issuance_tokens_commitment) {
            TRY_VOID(add_target(reissuance_token(entropy, in.issuance_value_commitment.has_value()), {}));
        }
        return {};
    }

    Result<BlindingFactor> last_blind(const Opening& last) {
        std::vector<BlindingFactor> left;
        for (const Scalar& scalar : pset_.scalars) {
            auto factor = BlindingFactor::from_bytes(scalar.view());
            if (!factor) return fail("Unable to compute the scalars for the final blinder");
            left.push_back(std::move(*factor));
        }
        std::vector<BlindingFactor> balancing;
        balancing.push_back(confidential::balancing_blind(balance_in_, balance_out_, last));
        BlindingFactor out = confidential::sum_blinds(balancing, left);
        if (out.is_zero()) return fail("Computed blinding factor is invalid");
        return out;
    }

    // Alone, the last blind undoes its asset's: the amount would be there for all to see.
    static bool shows_itself(const OpenedOutput& what, const confidential::CommitmentBytes& commitment) {
        const auto plain = confidential::blinded_generator(what.asset, {});
        const auto open = plain ? confidential::commit_value(what.opening.value, {}, *plain) : std::nullopt;
        return open && *open == commitment;
    }

    Status blind_output(Output& out, bool last) {
        if (!out.amount || !out.asset || out.amount->sat < 0) return fail("an output to blind says not what it holds");
        OpenedOutput what;
        what.asset = AssetTag::from(*out.asset);
        what.opening.value = static_cast<uint64_t>(out.amount->sat);
        what.opening.asset_blind = BlindingFactor::generate();
        what.opening.value_blind = last ? TRY(last_blind(what.opening)) : BlindingFactor::generate();
        const SecretKey ephemeral = SecretKey::generate();
        const auto blinded = confidential::blind_output(what, out.script.view(), !is_unspendable(out.script),
                                                        *out.blinding_key, ephemeral, options_);
        if (!blinded) return fail(std::string("cannot blind an output: ") + to_string(blinded.error()));
        if (shows_itself(what, blinded->commitment)) {
            return fail(
                "Computed blinding factor is invalid: nothing else is hidden. Add another output to blind in order to "
                "complete the blinding.");
        }
        TRY_VOID(prove(out, what, *blinded));
        out.ecdh_key = ephemeral.pubkey();
        out.asset_commitment = AssetCommitment::from(blinded->generator);
        out.value_commitment = ValueCommitment::from(blinded->commitment);
        out.value_rangeproof = blinded->range_proof;
        balance_out_.push_back(std::move(what.opening));
        if (last) pset_.scalars.clear();
        return {};
    }

    Status add_target(const AssetId& asset, const BlindingFactor& blind) {
        if (!targets_.add(AssetTag::from(asset), blind)) return fail("Provided asset tag is invalid");
        return {};
    }

    Status prove(Output& out, const OpenedOutput& what, const confidential::BlindedAmount& blinded) {
        std::array<uint8_t, 32> random{};
        random_bytes(random);
        const auto choice = targets_.choose(what.asset, random);
        if (!choice) return fail("Unable to create an asset surjection proof");
        auto surjection = targets_.prove(*choice, blinded.generator, what.opening.asset_blind);
        random_bytes(random);
        auto value = confidential::prove_value(blinded.commitment, blinded.generator, what.opening, random);
        auto asset = confidential::prove_asset(what.asset, blinded.generator, what.opening.asset_blind);
        if (!surjection || !value || !asset) return fail("Unable to create an asset surjection proof");
        out.surjection_proof = std::move(*surjection);
        out.value_proof = std::move(*value);
        out.asset_proof = std::move(*asset);
        return {};
    }

    void leave_scalar() {
        std::vector<BlindingFactor> made;
        std::vector<BlindingFactor> spent;
        for (const Opening& each : balance_out_) made.push_back(confidential::blind_of(each));
        for (const Opening& each : balance_in_) spent.push_back(confidential::blind_of(each));
        pset_.scalars.insert(Scalar::from_view(confidential::sum_blinds(made, spent).view()));
    }

    Pset pset_;
    const std::map<uint32_t, OwnInput>& ours_;
    const ChainParams& params_;
    confidential::RangeOptions options_;
    std::vector<uint32_t> mine_;  // outputs to hide now
    size_t left_ = 0;             // outputs that nobody has hidden
    bool was_here_ = false;       // an output of ours is hidden already
    confidential::SurjectionTargets targets_;
    std::vector<Opening> balance_in_;
    std::vector<Opening> balance_out_;
};

}  // namespace

Status blind(Pset& pset, const std::map<uint32_t, OwnInput>& ours, const ChainParams& params,
             const confidential::RangeOptions& options) {
    pset = TRY(Blinder(pset, ours, params, options).run());
    return {};
}

}  // namespace sluice::pset
