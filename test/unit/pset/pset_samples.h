// PSETs for tests: keys, outputs and a transaction that spends them.
#pragma once

#include "consensus/params/chain_params.h"
#include "consensus/script/templates.h"
#include "pset/sign.h"
#include "pset/tx.h"
#include "util/check.h"
#include "util/options.h"

namespace sluice::test {

inline ChainParams pset_params() { return make_chain_params("elementsregtest", Options()).value(); }

inline SecretKey test_key(uint8_t n) {
    Bytes bytes(32, 0x11);
    bytes[31] = n;
    return *SecretKey::from_bytes(bytes);
}

inline AssetId test_asset(uint8_t n) {
    AssetId out;
    out.bytes.fill(n);
    return out;
}

inline TxOut open_output(const Script& script, int64_t sat, const AssetId& asset) {
    TxOut out;
    out.script = script;
    out.value = Amount{sat};
    out.asset = asset;
    return out;
}

// A transaction with these outputs, and a PSET that spends each of them and pays one output and a fee.
inline pset::Pset pset_spending(const std::vector<TxOut>& outputs, const AssetId& asset) {
    Transaction previous;
    previous.inputs.emplace_back();
    previous.inputs[0].prevout = {Txid::from(asset), 1};
    previous.outputs = outputs;
    const TxRef tx = make_tx(previous);
    Transaction spending;
    int64_t total = 0;
    for (uint32_t i = 0; i < outputs.size(); ++i) {
        spending.inputs.emplace_back();
        spending.inputs.back().prevout = {tx->txid, i};
        if (outputs[i].value.is_explicit()) total += outputs[i].value.explicit_value().sat;
    }
    spending.outputs.push_back(open_output(Script{{0x51}}, total - 100, asset));
    spending.outputs.push_back(open_output({}, 100, asset));
    pset::Pset out = pset::from_tx(spending);
    for (pset::Input& in : out.inputs) in.non_witness_utxo = tx;
    return out;
}

}  // namespace sluice::test
