#include "consensus/rules/hidden_amounts.h"

#include <algorithm>
#include <map>
#include <optional>

#include "codec/hex.h"
#include "confidential/commitment.h"
#include "confidential/range_proof.h"
#include "confidential/surjection_proof.h"
#include "consensus/primitives/issuance.h"
#include "consensus/rules/proof_cache.h"
#include "crypto/keys.h"

namespace sluice::rules {

using confidential::Commitment;
using confidential::Generator;

// What a failure calls the thing that failed.
enum class Part : uint8_t { kOutput, kIssuedAmount, kIssuedTokens };

struct RangeProof {
    confidential::RangeProofCheck check;  // views of the transaction's bytes
    bool may_be_zero = false;
    Part part = Part::kOutput;
    size_t at = 0;  // output or input
};
struct SurjectionProof {
    Generator output;
    ByteView proof;
    size_t at = 0;
};

struct TxProofs {
    std::shared_ptr<const SpendingTx> spending;
    std::vector<Generator> targets;  // each input, then the asset and the tokens that it issues
    std::vector<RangeProof> ranges;
    std::vector<SurjectionProof> surjections;
};

namespace {

// Sums of fewer than 2^32 terms of less than 2^63 each.
__extension__ typedef __int128 Sum;

std::string name_of(const SpendingTx& spending) {
    return " of " + to_display(spending.tx->txid) + " (wtxid " + to_display(spending.tx->wtxid) + ")";
}

// The walk over one transaction.
class Points {
public:
    explicit Points(const std::shared_ptr<const SpendingTx>& spending)
        : tx_(spending->tx->tx), out_(std::make_shared<TxProofs>()) {
        out_->spending = spending;
    }

    Judged<std::shared_ptr<const TxProofs>> read() {
        for (size_t i = 0; i < tx_.inputs.size(); ++i) TRY_VOID(take_input(i));
        for (size_t i = 0; i < tx_.outputs.size(); ++i) TRY_VOID(take_output(i));
        if (!balances()) {
            return broken(Rule::kTxInNotOut, place_in(*out_->spending, at_transaction()), {{"check", "balance"}},
                          "value in != value out" + name_of(*out_->spending));
        }
        return std::shared_ptr<const TxProofs>(std::move(out_));
    }

private:
    using Side = std::vector<Commitment>;

    // `check` is a word for programs.
    [[nodiscard]] tl::unexpected<Failure> wrong(const BreachPlace& place, const char* check, const char* what) const {
        const char* const where = place.part == BreachPlace::Part::kInput ? "input " : "output ";
        return broken(Rule::kTxInNotOut, place_in(*out_->spending, place), {{"check", check}},
                      where + std::to_string(place.index) + name_of(*out_->spending) + ": " + what);
    }

    std::optional<Generator> plain_generator(const AssetId& asset) {
        const auto known = plain_.find(asset);
        if (known != plain_.end()) return known->second;
        const std::optional<Generator> made = confidential::asset_generator(asset.view());
        if (made) plain_.emplace(asset, *made);
        return made;
    }
    std::optional<Generator> generator(const ConfidentialAsset& asset) {
        if (asset.is_commitment()) return Generator::parse(asset.commitment().view());
        return plain_generator(asset.explicit_value());
    }

    // Amounts in the open of assets in the open are summed as numbers: `sign` is 1 for what comes in, -1 for what goes
    // out.
    void add_open(const AssetId& asset, Amount amount, int sign) { open_[asset] += Sum{amount.sat} * sign; }

    Judged<void> take_input(size_t i) {
        const TxOut& spent = out_->spending->spent[i];
        const auto asset = generator(spent.asset);
        if (!asset) return wrong(at_input(i), "spent-asset", "spends an asset commitment that is no point");
        out_->targets.push_back(*asset);
        if (spent.value.is_commitment()) {
            const auto value = Commitment::parse(spent.value.commitment().view());
            if (!value) return wrong(at_input(i), "spent-value", "spends a value commitment that is no point");
            in_.push_back(*value);
        } else if (spent.asset.is_explicit()) {
            add_open(spent.asset.explicit_value(), spent.value.explicit_value(), 1);
        } else {
            in_.push_back(open_commitment(spent.value.explicit_value(), *asset));
        }
        return tx_.inputs[i].issuance.is_null() ? Judged<void>{} : take_issuance(i, spent);
    }

    Judged<void> take_issuance(size_t i, const TxOut& spent) {
        const TxIn& in = tx_.inputs[i];
        const IssuanceIds ids = issuance_ids(in);
        if (in.issuance.is_reissuance() && !holds_token(in, ids.token, spent)) {
            return wrong(at_input(i), "reissuance-token",
                         "reissues by an output that is not the asset's blinded token");
        }
        TRY_VOID(
            take_issued(i, Part::kIssuedAmount, ids.asset, in.issuance.amount, in.witness.issuance_amount_rangeproof));
        return take_issued(i, Part::kIssuedTokens, ids.token, in.issuance.inflation_keys,
                           in.witness.inflation_keys_rangeproof);
    }

    // The blinding nonce tells how the spent output's asset was blinded, so that everybody sees that it is the token.
    static bool holds_token(const TxIn& in, const AssetId& token, const TxOut& spent) {
        const auto plain = confidential::asset_generator(token.view());
        const auto key = plain ? PubKey::parse(plain->point().compressed()) : std::nullopt;
        const auto blinded = key ? key->add_tweak(in.issuance.blinding_nonce.view()) : std::nullopt;
        if (!blinded) return false;
        const Generator generator = Generator::from_point(*confidential::Point::from_public_key(blinded->view()));
        return spent.asset.is_commitment() && equal(generator.serialize(), spent.asset.commitment().view());
    }

    Judged<void> take_issued(size_t i, Part part, const AssetId& id, const ConfidentialValue& amount,
                             const Bytes& proof) {
        if (amount.is_null()) return {};
        const auto asset = plain_generator(id);
        if (!asset) return wrong(at_input(i), "issued-asset", "issues an asset that has no generator");
        out_->targets.push_back(*asset);
        if (amount.is_explicit()) {
            add_open(id, amount.explicit_value(), 1);
            return {};
        }
        const auto value = Commitment::parse(amount.commitment().view());
        if (!value) return wrong(at_input(i), "issued-value", "issues a value commitment that is no point");
        in_.push_back(*value);
        // No script is committed to, and none stands for one that can never be spent: nothing may be issued.
        out_->ranges.push_back({{*value, *asset, proof, {}}, true, part, i});
        return {};
    }

    Judged<void> take_output(size_t i) {
        const TxOut& out = tx_.outputs[i];
        if (out.is_explicit()) {
            add_open(out.asset.explicit_value(), out.value.explicit_value(), -1);
            return {};
        }
        const auto asset = generator(out.asset);
        if (!asset) return wrong(at_output(i), "output-asset", "an asset commitment that is no point");
        if (out.value.is_commitment()) {
            const auto value = Commitment::parse(out.value.commitment().view());
            if (!value) return wrong(at_output(i), "output-value", "a value commitment that is no point");
            gone_.push_back(*value);
            out_->ranges.push_back({{*value, *asset, out.witness.rangeproof, out.script.view()},
                                    is_unspendable(out.script),
                                    Part::kOutput,
                                    i});
        } else if (out.value.explicit_value().sat != 0) {
            gone_.push_back(open_commitment(out.value.explicit_value(), *asset));
        }
        if (out.asset.is_commitment()) out_->surjections.push_back({*asset, out.witness.surjection_proof, i});
        return {};
    }

    // Precondition: the amount is positive.
    static Commitment open_commitment(Amount amount, const Generator& asset) {
        return *confidential::commit_explicit(static_cast<uint64_t>(amount.sat), asset);
    }

    bool balances() {
        for (const auto& [asset, sum] : open_) {
            Side& side = sum > 0 ? in_ : gone_;
            const std::optional<Generator> generator = sum == 0 ? std::nullopt : plain_generator(asset);
            if (sum != 0 && !generator) return false;
            for (Sum left = sum > 0 ? sum : -sum; left != 0;) {
                const auto part = static_cast<uint64_t>(std::min<Sum>(left, UINT64_MAX));
                side.push_back(*confidential::commit_explicit(part, *generator));
                left -= part;
            }
        }
        return confidential::balances(in_, gone_);
    }

    const Transaction& tx_;
    std::shared_ptr<TxProofs> out_;
    std::map<AssetId, Generator> plain_;
    std::map<AssetId, Sum> open_;  // in less out
    Side in_;
    Side gone_;
};

void write_sized(Sha256& hash, ByteView bytes) {
    std::array<uint8_t, 8> size{};
    for (size_t i = 0; i < size.size(); ++i) size[i] = static_cast<uint8_t>(uint64_t{bytes.size()} >> (8 * i));
    hash.write(size).write(bytes);
}

Hash256 name_of(const RangeProof& proof) {
    Sha256 hash;
    hash.write(as_bytes("range")).write(proof.check.commitment.serialize()).write(proof.check.generator.serialize());
    write_sized(hash, proof.check.extra);
    write_sized(hash, proof.check.proof);
    const uint8_t zero = proof.may_be_zero ? 1 : 0;
    return hash.write({&zero, 1}).finish();
}

Hash256 name_of(const SurjectionProof& proof, const Hash256& targets) {
    Sha256 hash;
    hash.write(as_bytes("surjection")).write(targets.view()).write(proof.output.serialize());
    write_sized(hash, proof.proof);
    return hash.finish();
}

Hash256 hash_of(const std::vector<Generator>& targets) {
    Sha256 hash;
    for (const Generator& target : targets) hash.write(target.serialize());
    return hash.finish();
}

}  // namespace

Judged<std::vector<AmountProof>> check_balance(const std::shared_ptr<const SpendingTx>& spending) {
    const std::shared_ptr<const TxProofs> proofs = TRY(Points(spending).read());
    std::vector<AmountProof> out;
    out.reserve(proofs->ranges.size() + proofs->surjections.size());
    for (uint32_t n = 0; n < proofs->ranges.size(); ++n)
        out.push_back({proofs, n, ProofKind::kRange, name_of(proofs->ranges[n])});
    const Hash256 targets = hash_of(proofs->targets);
    for (uint32_t n = 0; n < proofs->surjections.size(); ++n) {
        out.push_back({proofs, n, ProofKind::kSurjection, name_of(proofs->surjections[n], targets)});
    }
    return out;
}

size_t run(std::span<const AmountProof> proofs) {
    std::vector<confidential::RangeProofCheck> ranges;
    std::vector<confidential::SurjectionCheck> surjections;
    for (const AmountProof& proof : proofs) {
        if (proof.kind == ProofKind::kRange) {
            ranges.push_back(proof.of->ranges[proof.n].check);
        } else {
            const SurjectionProof& surjection = proof.of->surjections[proof.n];
            surjections.push_back({proof.of->targets, surjection.output, surjection.proof});
        }
    }
    const auto range_verdicts = confidential::verify_range_proofs(ranges);
    const std::vector<bool> surjection_verdicts = confidential::verify_surjection_proofs(surjections);
    size_t next_range = 0;
    size_t next_surjection = 0;
    for (size_t i = 0; i < proofs.size(); ++i) {
        if (proofs[i].kind == ProofKind::kSurjection) {
            if (!surjection_verdicts[next_surjection++]) return i;
            continue;
        }
        const auto& verdict = range_verdicts[next_range++];
        // A spendable output of nothing could stand for a reissuance token that nobody has.
        if (!verdict || (verdict->min == 0 && !proofs[i].of->ranges[proofs[i].n].may_be_zero)) return i;
    }
    return proofs.size();
}

Failure proof_failure(const AmountProof& proof) {
    const SpendingTx& spending = *proof.of->spending;
    const std::string tx = name_of(spending);
    if (proof.kind == ProofKind::kSurjection) {
        const SurjectionProof& surjection = proof.of->surjections[proof.n];
        return broken(Rule::kTxInNotOut, place_in(spending, at_output(surjection.at)),
                      {{"check", "surjection-proof"}, {"size", surjection.proof.size()}},
                      "Surjection check failed: output " + std::to_string(surjection.at) + tx)
            .value();
    }
    const RangeProof& range = proof.of->ranges[proof.n];
    const bool output = range.part == Part::kOutput;
    const char* const part = output                              ? "output "
                             : range.part == Part::kIssuedAmount ? "the amount issued by input "
                                                                 : "the tokens issued by input ";
    const char* const check = output                              ? "range-proof"
                              : range.part == Part::kIssuedAmount ? "issued-range-proof"
                                                                  : "issued-tokens-range-proof";
    return broken(Rule::kTxInNotOut, place_in(spending, output ? at_output(range.at) : at_input(range.at)),
                  {{"check", check}, {"size", range.check.proof.size()}},
                  std::string("Range proof verification failed: ") + part + std::to_string(range.at) + tx)
        .value();
}

Judged<void> check_hidden_amounts(const std::shared_ptr<const SpendingTx>& spending, ProofCache* cache) {
    std::vector<AmountProof> proofs = TRY(check_balance(spending));
    if (cache != nullptr) std::erase_if(proofs, [&](const AmountProof& proof) { return cache->contains(proof.name); });
    // A batch at a time: a bad proof ends the work, and the good ones before it are not paid for again.
    for (std::span<const AmountProof> left = proofs; !left.empty();) {
        const size_t most = left[0].kind == ProofKind::kRange ? kRangeBatch : kSurjectionBatch;
        size_t count = 1;
        while (count < std::min(most, left.size()) && left[count].kind == left[0].kind) ++count;
        const std::span<const AmountProof> batch = left.first(count);
        const size_t failed = run(batch);
        if (cache != nullptr) {
            for (const AmountProof& proof : batch.first(failed)) cache->insert(proof.name);
        }
        if (failed != count) return tl::make_unexpected(proof_failure(batch[failed]));
        left = left.subspan(count);
    }
    return {};
}

}  // namespace sluice::rules
