// The fields of each map, in the order in which they are written; one description for reading and writing (archive
// `A`: RecordReader or RecordWriter). Internal to pset.
//
//   a.once(type, name, field)         a field without key data
//   a.elements(subtype, name, field)  the same under Elements' proprietary prefix
//   a.keyed(type, name, map)          a record for each key of a map
//   a.others(records, proprietary)    what no field above took
#pragma once

#include "pset/detail/values.h"

namespace sluice::pset::detail {

struct GlobalFields {
    std::map<KeyPath, std::set<ExtendedKey>> xpubs;
    std::optional<int32_t> tx_version;
    std::optional<uint32_t> fallback_lock_time;
    std::optional<Count> inputs;
    std::optional<Count> outputs;
    std::optional<uint8_t> modifiable;
    std::set<Scalar> scalars;
    std::optional<uint32_t> version;
    Records proprietary;
    Records unknown;
};

template <class A, Like<GlobalFields> T>
void describe_map(A& a, T& g) {
    a.keyed(0x01, "global xpub", g.xpubs);
    a.once(0x02, "global transaction version", g.tx_version);
    a.once(0x03, "global fallback locktime", g.fallback_lock_time);
    a.once(0x04, "global input count", g.inputs);
    a.once(0x05, "global output count", g.outputs);
    a.once(0x06, "global tx modifiable flags", g.modifiable);
    a.elements_keys(0x00, "global scalar offset", g.scalars);
    a.once(0xfb, "global version", g.version);
    a.others(g.proprietary, true);
    a.others(g.unknown, false);
}

// The records of an input that is not final; a final one has no use for them.
template <class A, Like<Input> T>
void describe_signing(A& a, T& i) {
    a.keyed(0x02, "partial signature", i.partial_sigs);
    a.once(0x03, "input sighash type", i.sighash_type);
    a.once(0x04, "input redeemScript", i.redeem_script);
    a.once(0x05, "input witnessScript", i.witness_script);
    a.keyed(0x06, "BIP32 keypath", i.derivations);
    a.keyed(0x0a, "ripemd160 preimage", i.ripemd160_preimages);
    a.keyed(0x0b, "sha256 preimage", i.sha256_preimages);
    a.keyed(0x0c, "hash160 preimage", i.hash160_preimages);
    a.keyed(0x0d, "hash256 preimage", i.hash256_preimages);
    a.once(0x13, "input Taproot key path signature", i.tap_key_sig);
    a.keyed(0x14, "input Taproot script path signature", i.tap_script_sigs);
    a.keyed(0x15, "input Taproot leaf script", i.tap_leaf_scripts);
    a.keyed(0x16, "input Taproot BIP32 keypath", i.tap_derivations);
    a.once(0x17, "input Taproot internal key", i.tap_internal_key);
    a.once(0x18, "input Taproot merkle root", i.tap_merkle_root);
}

struct InputFields {
    std::optional<uint32_t> previous_index;
};

template <class A, Like<Input> T, class F>
void describe_map(A& a, T& i, F& required) {
    a.once(0x00, "input non-witness utxo", i.non_witness_utxo);
    a.once(0x01, "input witness utxo", i.witness_utxo);
    if (A::kReading || !i.is_final()) describe_signing(a, i);
    a.once(0x07, "input final scriptSig", i.final_script_sig);
    a.once(0x08, "input final scriptWitness", i.final_script_witness);
    a.once(0x0e, "previous txid", i.previous_txid);
    a.once(0x0f, "previous output's index", required.previous_index);
    a.once(0x10, "sequence", i.sequence);
    a.once(0x11, "required time based locktime", i.time_lock);
    a.once(0x12, "required height based locktime", i.height_lock);
    a.elements(0x00, "input issuance value", i.issuance_value);
    a.elements(0x01, "input issuance value commitment", i.issuance_value_commitment);
    a.elements(0x02, "input issuance value rangeproof", i.issuance_value_rangeproof);
    a.elements(0x03, "input issuance inflation keys rangeproof", i.issuance_tokens_rangeproof);
    a.elements(0x04, "peg-in tx", i.pegin_tx);
    a.elements(0x05, "peg-in txout proof", i.pegin_txout_proof);
    a.elements(0x06, "peg-in genesis hash", i.pegin_genesis);
    a.elements(0x07, "peg-in claim script", i.pegin_claim_script);
    a.elements(0x08, "peg-in value", i.pegin_value);
    a.elements(0x09, "input peg-in witness", i.pegin_witness);
    a.elements(0x0a, "input issuance inflation keys", i.issuance_tokens);
    a.elements(0x0b, "input issuance inflation keys commitment", i.issuance_tokens_commitment);
    a.elements(0x0c, "input issuance blinding nonce", i.issuance_blinding_nonce);
    a.elements(0x0d, "input issuance asset entropy", i.issuance_entropy);
    a.elements(0x0e, "input utxo rangeproof", i.utxo_rangeproof);
    a.elements(0x0f, "input blind issuance value proof", i.issuance_value_proof);
    a.elements(0x10, "input blind issuance inflation keys value proof", i.issuance_tokens_proof);
    a.elements(0x11, "explicit value", i.explicit_value);
    a.elements(0x12, "explicit value proof", i.value_proof);
    a.elements(0x13, "explicit asset", i.explicit_asset);
    a.elements(0x14, "explicit asset proof", i.asset_proof);
    a.elements(0x15, "issuance needs blinded flag", i.blinded_issuance);
    a.others(i.proprietary, true);
    a.others(i.unknown, false);
}

struct OutputFields {
    std::optional<Script> script;  // present and empty is a fee
};

template <class A, Like<Output> T, class F>
void describe_map(A& a, T& o, F& required) {
    a.once(0x00, "output redeemScript", o.redeem_script);
    a.once(0x01, "output witnessScript", o.witness_script);
    a.keyed(0x02, "BIP32 keypath", o.derivations);
    a.once(0x03, "output amount", o.amount);
    a.once(0x04, "output script", required.script);
    a.elements(0x01, "output value commitment", o.value_commitment);
    a.elements(0x02, "output asset", o.asset);
    a.elements(0x03, "output asset commitment", o.asset_commitment);
    a.elements(0x04, "output value rangeproof", o.value_rangeproof);
    a.elements(0x05, "output asset surjection proof", o.surjection_proof);
    a.elements(0x06, "output blinding pubkey", o.blinding_key);
    a.elements(0x07, "output ecdh pubkey", o.ecdh_key);
    a.elements(0x08, "output blinder_index", o.blinder_index);
    a.elements(0x09, "output blind value proof", o.value_proof);
    a.elements(0x0a, "output blind asset proof", o.asset_proof);
    a.others(o.proprietary, true);
    a.once(0x05, "output Taproot internal key", o.tap_internal_key);
    a.once(0x06, "output Taproot tree", o.tap_tree);
    a.keyed(0x07, "output Taproot BIP32 keypath", o.tap_derivations);
    a.others(o.unknown, false);
}

}  // namespace sluice::pset::detail
