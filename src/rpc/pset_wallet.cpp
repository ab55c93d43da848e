#include "rpc/pset_wallet.h"

#include <array>

#include "consensus/script/script.h"
#include "pset/blind.h"
#include "pset/sign.h"
#include "pset/tx.h"
#include "rpc/wallet_methods.h"
#include "util/random.h"

namespace sluice::rpc {
namespace {

using confidential::AssetTag;
using confidential::BlindingFactor;
using confidential::Opening;
using pset::Input;
using wallet::Opened;
using wallet::Wallet;

// The transaction that an input spends of, if an output of it there is ours.
const wallet::WalletTx* source_of(const Input& in, const Wallet& wallet) {
    const OutPoint at = in.outpoint();
    const wallet::WalletTx* from = in.is_pegin() ? nullptr : wallet.ledger().find(at.txid);
    if (from == nullptr || at.index >= from->tx->tx.outputs.size()) return nullptr;
    return wallet.is_mine(from->tx->tx.outputs[at.index].script) ? from : nullptr;
}

std::optional<Opening> opening_of(const Opened& opened) {
    auto asset_blind = BlindingFactor::from_bytes(opened.asset_blind.view());
    auto value_blind = BlindingFactor::from_bytes(opened.value_blind.view());
    if (!asset_blind || !value_blind || opened.value.sat < 0) return std::nullopt;
    return Opening{static_cast<uint64_t>(opened.value.sat), std::move(*asset_blind), std::move(*value_blind)};
}

// So that the other parties see what goes in without being able to open it.
void add_proofs(Input& in, const TxOut& out, const Opened& opened) {
    const auto opening = opening_of(opened);
    if (!opening || in.explicit_value || in.explicit_asset) return;
    if (!out.value.is_commitment() || !out.asset.is_commitment()) return;
    const auto generator = confidential::GeneratorBytes::from(out.asset.commitment());
    std::array<uint8_t, 32> random{};
    random_bytes(random);
    auto value = confidential::prove_value(confidential::CommitmentBytes::from(out.value.commitment()), generator,
                                           *opening, random);
    auto asset = confidential::prove_asset(AssetTag::from(opened.asset), generator, opening->asset_blind);
    if (!value || !asset) return;
    in.explicit_value = opened.value;
    in.value_proof = std::move(*value);
    in.explicit_asset = opened.asset;
    in.asset_proof = std::move(*asset);
}

std::map<uint32_t, pset::OwnInput> own_inputs(const pset::Pset& pset, const Wallet& wallet) {
    std::map<uint32_t, pset::OwnInput> out;
    for (uint32_t i = 0; i < pset.inputs.size(); ++i) {
        const Input& in = pset.inputs[i];
        std::optional<Opened> opened;
        if (source_of(in, wallet) != nullptr) {
            opened = wallet.ledger().content(in.outpoint().txid, in.outpoint().index);
        } else if (in.pegin_value && wallet.is_mine(in.pegin_claim_script)) {
            opened = Opened{wallet.options().params->pegged_asset, *in.pegin_value, {}, {}};
        }
        auto opening = opened ? opening_of(*opened) : std::nullopt;
        if (opening) out.emplace(i, pset::OwnInput{opened->asset, std::move(*opening)});
    }
    return out;
}

// Nobody is told where keys come from who has not asked.
signing::KeyRing without_paths(signing::KeyRing ring) {
    for (auto& [id, known] : ring.keys) known.path.reset();
    return ring;
}

// Scripts and keys of what is ours.
void describe_ours(pset::Pset& pset, const Wallet& wallet, const PsetWork& work) {
    const ChainParams& params = *wallet.options().params;
    const auto ring_of = [&](const Script& script) {
        auto ring = wallet.key_ring(script);
        if (ring && !work.derivations) ring = without_paths(std::move(*ring));
        return ring;
    };
    for (Input& in : pset.inputs) {
        const auto spent = pset::spent_output(in, params.pegged_asset);
        const auto ring = spent ? ring_of(spent->script) : std::nullopt;
        if (ring) pset::update_input(in, spent, *ring, params);
    }
    for (pset::Output& out : pset.outputs) {
        if (const auto ring = ring_of(out.script)) pset::update_output(out, *ring);
    }
}

}  // namespace

void fill_from_wallet(pset::Pset& pset, const Wallet& wallet, const PsetWork& work) {
    for (Input& in : pset.inputs) {
        const wallet::WalletTx* from = source_of(in, wallet);
        if (from == nullptr || in.is_final()) continue;
        const uint32_t index = in.outpoint().index;
        const TxOut& out = from->tx->tx.outputs[index];
        if (!in.non_witness_utxo) in.non_witness_utxo = pset::without_witness(*from->tx);
        if (!in.witness_utxo && script::parse_witness_program(out.script.view())) {
            in.witness_utxo = in.non_witness_utxo->tx.outputs[index];
        }
        if (in.utxo_rangeproof.empty()) in.utxo_rangeproof = out.witness.rangeproof;
        const auto opened = wallet.ledger().content(from->tx->txid, index);
        if (opened && work.explicit_values) add_proofs(in, out, *opened);
    }
    describe_ours(pset, wallet, work);
}

Result<bool, RpcError> blind_with_wallet(pset::Pset& pset, const Wallet& wallet, const PsetWork& work) {
    fill_from_wallet(pset, wallet, work);
    const wallet::WalletOptions& options = wallet.options();
    const Status done =
        pset::blind(pset, own_inputs(pset, wallet), *options.params, {options.proof.exponent, options.proof.bits});
    if (!done && done.error().message != pset::kNeedsUtxos) return rpc_error(Code::kWallet, done.error().message);
    return pset.is_fully_blinded();
}

Result<void, RpcError> sign_with_wallet(pset::Pset& pset, const Wallet& wallet, const PsetWork& work) {
    if (work.sign && wallet.locked()) {
        return rpc_error(Code::kUnlockNeeded, "Error: Please enter the wallet passphrase with walletpassphrase first.");
    }
    const ChainParams& params = *wallet.options().params;
    const auto signing = pset::signing_of(pset, params);
    if (!signing) return rpc_error(Code::kVerify, signing.error().message);
    pset::SignOptions options{work.hash_type, {}};
    random_bytes(options.auxiliary);
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        Input& in = pset.inputs[i];
        if (in.is_final()) continue;
        if (in.sighash_type && work.hash_type && *in.sighash_type != *work.hash_type) {
            return rpc_error(Code::kDeserialization, "Specified sighash value does not match value stored in PSBT");
        }
        pset::update_input(in, signing->spent[i], signing::KeyRing(), params);
        if (!signing->spent[i]) continue;
        if (work.sign) {
            const auto ring = wallet.signing_keys(signing->spent[i]->script);
            if (!ring) return unexpected(wallet_error(ring.error()));
            if (*ring) (void)pset::sign_input(in, *signing, i, **ring, options);
        }
        if (work.finalize) (void)pset::finalize_input(in, *signing, i);
    }
    return {};
}

}  // namespace sluice::rpc
