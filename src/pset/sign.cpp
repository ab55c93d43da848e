#include "pset/sign.h"

#include "consensus/script/templates.h"
#include "crypto/ecdsa.h"
#include "peg/parent/transaction.h"
#include "pset/tx.h"

namespace sluice::pset {
namespace {

using script::TemplateKind;

void add_scripts(const Script& script, const Keyring& keys, Script& redeem, Script& witness) {
    script::Template shape = script::classify(script.view());
    if (shape.kind == TemplateKind::kScriptHash) {
        const Script* found = keys.redeem_script(Hash160::from_view(shape.parts[0]));
        if (found == nullptr) return;
        redeem = *found;
        shape = script::classify(redeem.view());
    }
    if (shape.kind != TemplateKind::kWitnessV0ScriptHash) return;
    if (const Script* found = keys.witness_script(Hash256::from_view(shape.parts[0]))) witness = *found;
}

void add_origin(std::map<PubKey, KeyPath>& to, const PubKey& key, const Keyring& keys) {
    if (const KeyPath* origin = keys.origin(key)) to.emplace(key, *origin);
}

void add_origins(std::map<PubKey, KeyPath>& to, const Spend& spend, const Keyring& keys) {
    if (spend.kind == Spend::Kind::kKeyHash) {
        if (const PubKey* key = keys.key(Hash160::from_view(spend.missing))) add_origin(to, *key, keys);
    }
    for (const PubKey& key : spend.keys) add_origin(to, key, keys);
}

// The stack that claims a deposit (doc: transactions page, section 9).
WitnessStack pegin_witness_of(const Input& in, const ChainParams& params) {
    ByteWriter value;
    value.i64(in.pegin_value->sat);
    Bytes tx = in.pegin_tx;
    if (const auto parsed = parent::decode_parent_tx(tx); parsed && params.parent.has_work()) {
        tx = encode_parent_tx(*parsed, parent::ParentWitness::kWithout);
    }
    return {value.release(),
            to_bytes(params.pegged_asset.view()),
            to_bytes(in.pegin_genesis->view()),
            in.pegin_claim_script.bytes,
            std::move(tx),
            in.pegin_txout_proof};
}

}  // namespace

Result<Signing> signing_of(const Pset& pset, const ChainParams& params) {
    Signing out;
    out.tx = TRY(unsigned_tx(pset));
    for (const Input& in : pset.inputs) {
        out.spent.push_back(spent_output(in, params.pegged_asset));
        if (out.spent.back()) out.all_spent.push_back(*out.spent.back());
    }
    if (out.all_spent.size() != pset.inputs.size()) out.all_spent.clear();
    out.hashes = out.all_spent.empty() ? script::compute_tx_hashes(out.tx)
                                       : script::compute_tx_hashes(out.tx, out.all_spent, params.genesis_hash);
    return out;
}

void update_input(Input& in, const std::optional<TxOut>& spent, const Keyring& keys, const ChainParams& params) {
    const bool whole_claim = in.pegin_value && in.pegin_genesis && !in.pegin_claim_script.empty() &&
                             !in.pegin_tx.empty() && !in.pegin_txout_proof.empty();
    if (whole_claim) in.pegin_witness = pegin_witness_of(in, params);
    if (!spent || in.is_final()) return;
    add_scripts(spent->script, keys, in.redeem_script, in.witness_script);
    add_origins(in.derivations, resolve(spent->script, in), keys);
}

void update_output(Output& out, const Keyring& keys) {
    add_scripts(out.script, keys, out.redeem_script, out.witness_script);
    Input spending;
    spending.redeem_script = out.redeem_script;
    spending.witness_script = out.witness_script;
    spending.derivations = out.derivations;
    add_origins(out.derivations, resolve(out.script, spending), keys);
}

namespace {

Hash256 digest_of(const Spend& spend, const Signing& signing, size_t index, uint8_t hash_type) {
    const script::HashType type{hash_type, script::kVerifySighashRangeproof};
    return spend.segwit ? script::sighash_v0(signing.tx, spend.script_code.view(), index, signing.spent[index]->value,
                                             type, signing.hashes)
                        : script::sighash_legacy(signing.tx, spend.script_code.view(), index, type);
}

// What an output that is not segwit holds must be seen in its transaction: a signature does not cover it.
bool may_sign(const Input& in, const Spend& spend) {
    return spend.segwit || in.non_witness_utxo != nullptr || in.is_pegin();
}

}  // namespace

size_t sign_input(Input& in, const Signing& signing, size_t index, const Keyring& keys, uint8_t hash_type) {
    if (in.is_final() || !signing.spent[index]) return 0;
    Spend spend = resolve(signing.spent[index]->script, in);
    if (!may_sign(in, spend)) return 0;
    if (spend.kind == Spend::Kind::kKeyHash) {
        const PubKey* key = keys.key(Hash160::from_view(spend.missing));
        if (key != nullptr) spend.keys = {*key};
    } else if (spend.kind != Spend::Kind::kKeys) {
        return 0;
    }
    size_t made = 0;
    for (const PubKey& key : spend.keys) {
        const SecretKey* secret = keys.secret(key);
        if (secret == nullptr) continue;
        Bytes signature = sign_ecdsa(*secret, digest_of(spend, signing, index, hash_type));
        signature.push_back(hash_type);
        in.partial_sigs.insert_or_assign(key.hash160(), PartialSignature{key, std::move(signature)});
        ++made;
    }
    return made;
}

Result<Transaction> extract(const Pset& pset) {
    Transaction out = TRY(unsigned_tx(pset));
    for (size_t i = 0; i < out.inputs.size(); ++i) {
        const Input& in = pset.inputs[i];
        TxIn& to = out.inputs[i];
        to.script_sig = in.final_script_sig;
        to.witness.script_witness = in.final_script_witness;
        to.witness.pegin_witness = in.pegin_witness;
        to.is_pegin = !in.pegin_witness.empty();
    }
    return out;
}

}  // namespace sluice::pset
