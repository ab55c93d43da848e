// A chain in memory for fuzz targets; no test framework.
#pragma once

#include "consensus/primitives/merkle.h"
#include "support/memory_chain.h"

namespace sluice::test {

inline ChainParams fuzz_params() {
    Options options;
    options.add("initialfreecoins", "2100000000000000");
    options.add("evbparams", "dynafed:-2:::");
    return make_chain_params("fuzzchain", options).value();
}

class FuzzChain : public MemoryChain {
public:
    FuzzChain() : MemoryChain(fuzz_params()) {}

    // Parent, height, time, challenge, witness commitment and Merkle root as they must be on the tip.
    void repair(Block& block) const {
        const auto tip = headers.header_at(headers.height());
        block.header.prev = headers.hash_at(headers.height());
        block.header.height = headers.height() + 1;
        block.header.time = tip->time + 60;
        block.header.version = 0x20000000;
        block.header.seal = BlockProof{tip->proof().challenge, {}};
        if (!block.transactions.empty()) {
            Transaction coinbase = block.transactions[0]->tx;
            const auto at = rules::witness_commitment_output(coinbase);
            if (at && !coinbase.inputs.empty()) {
                coinbase.inputs[0].witness.script_witness = {Bytes(32, 0)};
                block.transactions[0] = make_tx(coinbase);
                coinbase.outputs[*at].script = rules::witness_commitment_script(block.transactions, Bytes(32, 0));
                block.transactions[0] = make_tx(std::move(coinbase));
            }
        }
        block.header.merkle_root = tx_merkle_root(block.transactions).root;
    }
};

}  // namespace sluice::test
