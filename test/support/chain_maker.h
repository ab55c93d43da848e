// Makes blocks for tests: a custom chain whose blocks need no signature (OP_TRUE) and whose free coins anyone can
// spend.
#pragma once

#include <boost/test/unit_test.hpp>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/merkle.h"
#include "consensus/rules/block_check.h"

namespace sluice::test {

inline ChainParams open_chain_params(const std::string& name = "testchain") {
    Options options;
    options.add("signblockscript", "51");
    options.add("initialfreecoins", "2100000000000000");
    options.add("con_blocksubsidy", "0");
    options.add("con_connect_genesis_outputs", "1");
    options.add("evbparams", "dynafed:-2:::");
    auto params = make_chain_params(name, options);
    BOOST_REQUIRE_MESSAGE(params.has_value(), (params ? "" : params.error().message));
    return std::move(*params);
}

// An output that anyone can spend.
struct OpenCoin {
    OutPoint outpoint;
    int64_t value = 0;
};

// The genesis block's free coins.
inline OpenCoin free_coins(const ChainParams& params) {
    for (const TxRef& tx : params.genesis.transactions) {
        for (uint32_t i = 0; i < tx->tx.outputs.size(); ++i) {
            const TxOut& out = tx->tx.outputs[i];
            if (out.script.bytes == Bytes{0x51}) return {{tx->txid, i}, out.value.explicit_value().sat};
        }
    }
    BOOST_FAIL("the genesis block has no free coins");
    return {};
}

inline constexpr int64_t kTestFee = 1000;

// Spends `from` into `outputs` equal parts that anyone can spend, less the fee.
inline TxRef split(const ChainParams& params, const OpenCoin& from, size_t outputs) {
    Transaction tx;
    tx.inputs.resize(1);
    tx.inputs[0].prevout = from.outpoint;
    const int64_t part = (from.value - kTestFee) / static_cast<int64_t>(outputs);
    for (size_t i = 0; i < outputs; ++i) {
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{i == 0 ? from.value - kTestFee - part * static_cast<int64_t>(outputs - 1) : part};
        out.script.bytes = {0x51};
        tx.outputs.push_back(out);
    }
    TxOut fee;
    fee.asset = params.pegged_asset;
    fee.value = Amount{kTestFee};
    tx.outputs.push_back(fee);
    return make_tx(std::move(tx));
}

inline OpenCoin output_of(const TxRef& tx, uint32_t index) {
    return {{tx->txid, index}, tx->tx.outputs[index].value.explicit_value().sat};
}

// A block after `prev`; `salt` tells blocks of one height apart. Its time is a minute after its parent's.
inline std::shared_ptr<const Block> make_block(const ChainParams& params, const BlockHeader& prev,
                                               std::vector<TxRef> txs, uint8_t salt = 0) {
    Block block;
    block.header.version = 0x20000000;
    block.header.prev = compute_hash(prev);
    block.header.height = prev.height + 1;
    block.header.time = prev.time + 60;
    block.header.seal = BlockProof{params.signblockscript, {}};

    Transaction coinbase;
    coinbase.inputs.resize(1);
    Bytes& script = coinbase.inputs[0].script_sig.bytes;
    const uint32_t height = block.header.height;
    if (height <= 16) {
        script.push_back(static_cast<uint8_t>(0x50 + height));
    } else {
        Bytes number;
        for (uint32_t rest = height; rest != 0; rest >>= 8) number.push_back(static_cast<uint8_t>(rest));
        if ((number.back() & 0x80) != 0) number.push_back(0);
        script.push_back(static_cast<uint8_t>(number.size()));
        append(script, number);
    }
    script.push_back(0x01);
    script.push_back(salt);
    TxOut nothing;
    nothing.asset = params.pegged_asset;
    nothing.value = Amount{0};
    nothing.script.bytes = {0x6a};
    coinbase.outputs.push_back(nothing);

    const bool commits = std::ranges::any_of(txs, [](const TxRef& tx) { return tx->tx.has_witness(); });
    if (commits) {
        coinbase.inputs[0].witness.script_witness = {Bytes(32, 0)};
        coinbase.outputs.push_back(coinbase.outputs[0]);  // its place counts in the root that it then holds
    }
    block.transactions.push_back(make_tx(coinbase));
    for (TxRef& tx : txs) block.transactions.push_back(std::move(tx));
    if (commits) {
        coinbase.outputs[1].script = rules::witness_commitment_script(block.transactions, Bytes(32, 0));
        block.transactions[0] = make_tx(std::move(coinbase));
    }
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    return std::make_shared<const Block>(std::move(block));
}

}  // namespace sluice::test
