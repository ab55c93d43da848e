// Deposits on a parent chain that exists in the test only: the Bitcoin transaction, its block, and the input that
// claims it.
#pragma once

#include "consensus/params/chain_params.h"
#include "consensus/primitives/fedpeg_script.h"
#include "consensus/script/templates.h"
#include "peg/proof/contract.h"
#include "peg/proof/pegin.h"

namespace sluice::test {

// The way in which the chain's first federation is paid.
inline FedpegScript first_fedpeg(const ChainParams& params) {
    const Script program = script::p2wsh_of(params.fedpegscript);
    return {params.start_p2wsh_script ? program : script::p2sh_of(program), params.fedpegscript};
}

struct DepositMade {
    TxIn in;  // claims it
    parent::ParentBlockHash block;
};

// `salt` tells deposits apart. The block has three transactions, the deposit's is the second.
inline DepositMade make_deposit(const ChainParams& params, const FedpegScript& fedpeg, Amount value,
                                const Script& claim_script, uint8_t salt = 0) {
    parent::ParentTransaction tx;
    tx.inputs.emplace_back();
    tx.inputs[0].prevout = {parent::ParentTxid::from(params.parent.genesis), salt};
    tx.outputs.push_back({value, peg::deposit_script(fedpeg, claim_script).value()});
    parent::ParentTxid other;
    other.bytes[0] = 1;
    const std::vector<parent::ParentTxid> txids = {other, parent::compute_txid(tx), other};
    parent::MerkleBlock block;
    block.tree = parent::build_tree(txids, {false, true, false});
    block.header.merkle_root = parent::merkle_root(txids);
    block.header.bits = 0x207fffff;
    const auto limit = parent::U256::from_le(params.parent.work_limit.view());
    while (!parent::check_pow(parent::compute_hash(block.header), block.header.bits, limit)) ++block.header.nonce;

    DepositMade out;
    out.block = parent::compute_hash(block.header);
    out.in.is_pegin = true;
    out.in.prevout = {Txid::from(parent::compute_txid(tx)), 0};
    out.in.witness.pegin_witness = peg::make_pegin_witness(params, tx, 0, block, claim_script).value();
    return out;
}

// Claims a deposit whole, to anyone, for a fee of 1.
inline TxRef claim_of(const ChainParams& params, const DepositMade& deposit, Amount value) {
    Transaction tx;
    tx.inputs = {deposit.in};
    TxOut out;
    out.asset = params.pegged_asset;
    out.value = Amount{value.sat - 1};
    out.script.bytes = {0x51};
    tx.outputs.push_back(out);
    out.value = Amount{1};
    out.script = {};
    tx.outputs.push_back(out);
    return make_tx(std::move(tx));
}

}  // namespace sluice::test
