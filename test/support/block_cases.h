// The full-block generator: blocks on the tip of a chain, each with what must be said of it. One list for all who judge
// blocks: rules, chain on its database, and peers. Chains are those of chain_maker.h with a subsidy, so that coinbases
// are worth something.
#pragma once

#include "consensus/primitives/issuance.h"
#include "consensus/rules/block_check.h"
#include "consensus/rules/rule.h"
#include "consensus/script/templates.h"
#include "support/chain_maker.h"

namespace sluice::test {

struct BlockCase {
    std::string name;
    std::shared_ptr<const Block> block;
    std::optional<rules::Rule> breaks;  // nullopt: the block is valid
};

inline ChainParams case_chain_params() {
    Options options;
    options.add("signblockscript", "51");
    options.add("initialfreecoins", "2100000000000000");
    options.add("con_blocksubsidy", "5000");
    options.add("con_nsubsidyhalvinginterval", "1000");
    options.add("evbparams", "dynafed:-2:::");
    options.add("con_bip65height", "4");
    options.add("fedpegscript", "51210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f8179851ae");
    auto params = make_chain_params("casechain", options);
    BOOST_REQUIRE_MESSAGE(params.has_value(), (params ? std::string() : params.error().message));
    return std::move(*params);
}

// Writes the witness commitment that the transactions need (into the coinbase output that is one, or a new one) and the
// Merkle root.
inline void commit(Block& block) {
    Transaction coinbase = block.transactions[0]->tx;
    if (!rules::witness_commitment_output(coinbase)) {
        TxOut out;
        out.asset = coinbase.outputs[0].asset;
        out.value = Amount{0};
        coinbase.outputs.push_back(out);
        coinbase.outputs.back().script = rules::witness_commitment_script({}, Bytes(32, 0));
    }
    coinbase.inputs[0].witness.script_witness = {Bytes(32, 0)};
    block.transactions[0] = make_tx(coinbase);
    coinbase.outputs[*rules::witness_commitment_output(coinbase)].script =
        rules::witness_commitment_script(block.transactions, Bytes(32, 0));
    block.transactions[0] = make_tx(std::move(coinbase));
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
}

class BlockCases {
public:
    // `coin` is spendable now; `young` a coinbase that is not mature.
    BlockCases(const ChainParams& params, const BlockHeader& tip, uint32_t median_time, OpenCoin coin, OutPoint young,
               int64_t now)
        : params_(params), tip_(tip), median_(median_time), coin_(coin), young_(young), now_(now) {}

    std::vector<BlockCase> all() {
        valid();
        headers();
        bodies();
        witnesses();
        coinbases();
        transactions();
        amounts();
        spends();
        return std::move(cases_);
    }

private:
    using Rule = rules::Rule;

    [[nodiscard]] Block block(std::vector<TxRef> txs = {}) const { return *make_block(params_, tip_, std::move(txs)); }
    [[nodiscard]] Transaction spend() const { return split(params_, coin_, 2)->tx; }
    [[nodiscard]] static Script anyone() { return Script{{0x51}}; }

    void add(std::string name, std::optional<Rule> breaks, Block block) {
        cases_.push_back({std::move(name), std::make_shared<const Block>(std::move(block)), breaks});
    }
    // A block with one transaction made from a good one.
    template <class F>
    void tx(std::string name, std::optional<Rule> breaks, F change) {
        Transaction tx = spend();
        change(tx);
        Block b = block({make_tx(std::move(tx))});
        if (b.transactions[1]->tx.has_witness()) commit(b);
        add(std::move(name), breaks, std::move(b));
    }
    template <class F>
    void coinbase(std::string name, std::optional<Rule> breaks, F change) {
        Block b = block();
        Transaction tx = b.transactions[0]->tx;
        change(tx);
        b.transactions[0] = make_tx(std::move(tx));
        b.header.merkle_root = tx_merkle_root(b.transactions).root;
        add(std::move(name), breaks, std::move(b));
    }
    template <class F>
    void header(std::string name, Rule breaks, F change) {
        Block b = block();
        change(b.header);
        add(std::move(name), breaks, std::move(b));
    }

    void valid() {
        add("empty", std::nullopt, block());
        add("a spend", std::nullopt, block({make_tx(spend())}));
        const TxRef first = make_tx(spend());
        add("a spend and a spend of it", std::nullopt, block({first, split(params_, output_of(first, 0), 1)}));
        coinbase("a coinbase that claims the subsidy", std::nullopt, [&](Transaction& t) {
            t.outputs[0].value = Amount{5000};
            t.outputs[0].script = anyone();
        });
    }

    void headers() {
        header("an unknown parent", Rule::kHeaderPrevUnknown, [](BlockHeader& h) { h.prev.bytes[0] ^= 1; });
        header("another challenge", Rule::kHeaderChallenge,
               [](BlockHeader& h) { std::get<BlockProof>(h.seal).challenge.bytes = {0x52}; });
        header("a proof that leaves false", Rule::kBlockProof,
               [](BlockHeader& h) { std::get<BlockProof>(h.seal).solution.bytes = {0x51}; });
        header("time of the median", Rule::kHeaderTimeOld, [&](BlockHeader& h) { h.time = median_; });
        header("two hours and a second ahead", Rule::kHeaderTimeNew,
               [&](BlockHeader& h) { h.time = static_cast<uint32_t>(now_ + 7201); });
        header("height too high", Rule::kHeaderHeight, [](BlockHeader& h) { h.height += 1; });
        header("an old version", Rule::kHeaderVersion, [](BlockHeader& h) { h.version = 3; });
    }

    void bodies() {
        header("another Merkle root", Rule::kBlockMerkleRoot, [](BlockHeader& h) { h.merkle_root.bytes[0] ^= 1; });
        {
            const TxRef first = make_tx(spend());
            Block b = block({first, split(params_, output_of(first, 0), 1)});
            b.transactions.push_back(b.transactions[2]);  // three leaves and four, the last doubled, have one root
            add("a transaction twice, Merkle root kept", Rule::kBlockMerkleDuplicate, std::move(b));
        }
        {
            Block b = block();
            b.transactions.clear();
            b.header.merkle_root = {};
            add("no transactions", Rule::kBlockLength, std::move(b));
        }
        {
            Block b = block({make_tx(spend())});
            b.transactions.erase(b.transactions.begin());
            b.header.merkle_root = tx_merkle_root(b.transactions).root;
            add("no coinbase", Rule::kBlockCoinbaseMissing, std::move(b));
        }
        {
            Block b = block();
            Transaction second = b.transactions[0]->tx;
            second.inputs[0].script_sig.bytes.push_back(0);
            b.transactions.push_back(make_tx(std::move(second)));
            b.header.merkle_root = tx_merkle_root(b.transactions).root;
            add("two coinbases", Rule::kBlockCoinbaseMultiple, std::move(b));
        }
        {
            Transaction big = spend();
            big.outputs[0].script.bytes.assign(600'000, 0x61);
            Transaction other = big;
            other.lock_time = 1;
            add("a block over the limit", Rule::kBlockLength, block({make_tx(big), make_tx(other)}));
        }
        coinbase("too many signature operations in outputs", Rule::kBlockSigops, [](Transaction& t) {
            t.outputs[0].script.bytes.insert(t.outputs[0].script.bytes.end(), 20'001, 0xac);
        });
        tx("not final", Rule::kBlockNonFinal, [&](Transaction& t) {
            t.lock_time = tip_.height + 1;
            t.inputs[0].sequence = 0;
        });
        tx("a relative lock that has not run out", Rule::kBlockNonFinal,
           [](Transaction& t) { t.inputs[0].sequence = 0xffff; });
    }

    void witnesses() {
        const auto with_witness = [&] {
            Transaction t = spend();
            t.inputs[0].witness.script_witness = {Bytes{1}};
            return make_tx(std::move(t));
        };
        {
            // The id, and so the Merkle root, is that of the transaction without it.
            Block b = block({make_tx(spend())});
            b.transactions[1] = with_witness();
            add("a witness that nothing commits to", Rule::kBlockUnexpectedWitness, std::move(b));
        }
        const auto changed = [&](auto change) {
            Block b = block({with_witness()});
            commit(b);
            Transaction t = b.transactions[0]->tx;
            change(t);
            b.transactions[0] = make_tx(std::move(t));
            b.header.merkle_root = tx_merkle_root(b.transactions).root;
            return b;
        };
        add("a wrong commitment", Rule::kBlockWitnessRoot,
            changed([](Transaction& t) { t.outputs.back().script.bytes[10] ^= 1; }));
        add("a reserved value of 31 bytes", Rule::kBlockWitnessNonce,
            changed([](Transaction& t) { t.inputs[0].witness.script_witness[0].pop_back(); }));
        add("proofs on the coinbase's input", Rule::kBlockCoinbaseWitness,
            changed([](Transaction& t) { t.inputs[0].witness.issuance_amount_rangeproof = {1}; }));
        {
            Transaction t = spend();
            t.inputs[0].witness.script_witness.assign(1150, Bytes(3500, 0));
            Block b = block({make_tx(std::move(t))});
            commit(b);
            add("too heavy", Rule::kBlockWeight, std::move(b));
        }
        tx("a witness where the script takes none", Rule::kTxScript,
           [](Transaction& t) { t.inputs[0].witness.script_witness = {Bytes{1}}; });
    }

    void coinbases() {
        coinbase("a script of one byte", Rule::kCoinbaseLength,
                 [](Transaction& t) { t.inputs[0].script_sig.bytes = {0x51}; });
        coinbase("a script of 101 bytes", Rule::kCoinbaseLength,
                 [](Transaction& t) { t.inputs[0].script_sig.bytes.resize(101); });
        coinbase("a fee output", Rule::kCoinbaseFee, [](Transaction& t) {
            t.outputs[0].script = {};
            t.outputs[0].value = Amount{1};
        });
        coinbase("another height", Rule::kBlockCoinbaseHeight, [](Transaction& t) {
            t.inputs[0].script_sig.bytes = {0x03, 0xff, 0xff, 0x7f, 0x00};
        });
        coinbase("more than the subsidy", Rule::kBlockCoinbaseAmount, [](Transaction& t) {
            t.outputs[0].value = Amount{5001};
            t.outputs[0].script = anyone();
        });
        coinbase("another asset", Rule::kBlockCoinbaseAmount, [](Transaction& t) {
            t.outputs[0].asset = AssetId{};
            t.outputs[0].value = Amount{1};
            t.outputs[0].script = anyone();
        });
        coinbase("a spendable output of nothing", Rule::kBlockCoinbaseAmount,
                 [](Transaction& t) { t.outputs[0].script = anyone(); });
        coinbase("a blinded amount", Rule::kBlockCoinbaseAmount, [](Transaction& t) {
            ValueCommitment value;
            value.bytes[0] = 8;
            t.outputs[0].value = value;
        });
    }

    void transactions() {
        tx("no inputs", Rule::kTxNoInputs, [](Transaction& t) { t.inputs.clear(); });
        tx("no outputs", Rule::kTxNoOutputs, [](Transaction& t) { t.outputs.clear(); });
        tx("a negative value", Rule::kTxValueNegative, [](Transaction& t) { t.outputs[0].value = Amount{-1}; });
        tx("a value above all money", Rule::kTxValueTooLarge,
           [](Transaction& t) { t.outputs[0].value = Amount{kMaxMoney.sat + 1}; });
        tx("values above all money in sum", Rule::kTxTotalTooLarge, [](Transaction& t) {
            t.outputs[0].value = kMaxMoney;
            t.outputs[1].value = Amount{1};
        });
        tx("an input twice", Rule::kTxInputsDuplicate, [](Transaction& t) { t.inputs.push_back(t.inputs[0]); });
        tx("a null input among others", Rule::kTxPrevoutNull, [](Transaction& t) { t.inputs.emplace_back(); });
    }

    void amounts() {
        tx("a fee of nothing", Rule::kTxFeeRange, [](Transaction& t) { t.outputs.back().value = Amount{0}; });
        tx("one satoshi too much", Rule::kTxInNotOut,
           [](Transaction& t) { t.outputs[0].value = Amount{t.outputs[0].value.explicit_value().sat + 1}; });
        tx("one satoshi lost", Rule::kTxInNotOut,
           [](Transaction& t) { t.outputs[0].value = Amount{t.outputs[0].value.explicit_value().sat - 1}; });
        tx("an asset from nowhere", Rule::kTxInNotOut, [](Transaction& t) {
            t.outputs.push_back(t.outputs[0]);
            t.outputs.back().asset = AssetId{};
            t.outputs.back().value = Amount{1};
        });
        tx("a spendable output of nothing", Rule::kTxInNotOut, [](Transaction& t) {
            t.outputs.push_back(t.outputs[0]);
            t.outputs.back().value = Amount{0};
        });
        tx("an unspendable output of nothing", std::nullopt, [](Transaction& t) {
            t.outputs.push_back(t.outputs[0]);
            t.outputs.back().value = Amount{0};
            t.outputs.back().script.bytes = {0x6a};
        });
        tx("a range proof on an open amount", Rule::kTxInNotOut,
           [](Transaction& t) { t.outputs[0].witness.rangeproof = {1}; });
        tx("a commitment without a proof", Rule::kTxInNotOut, [](Transaction& t) {
            ValueCommitment value;
            value.bytes[0] = 8;
            t.outputs[0].value = value;
        });
        issuances();
    }

    void issuances() {
        // A transaction without any witness cannot issue; a peg-in stack on a plain input is a witness that nobody
        // looks at.
        const auto issue = [&](Transaction& t, int64_t amount, int64_t tokens) {
            TxIn& in = t.inputs[0];
            if (amount != 0) in.issuance.amount = Amount{amount};
            if (tokens != 0) in.issuance.inflation_keys = Amount{tokens};
            in.witness.pegin_witness = {Bytes{}};
            const IssuanceIds ids = issuance_ids(in);
            const auto pay = [&](const AssetId& asset, int64_t sat) {
                TxOut out;
                out.asset = asset;
                out.value = Amount{sat};
                out.script = anyone();
                if (sat > 0 && sat <= kMaxMoney.sat) t.outputs.push_back(out);
            };
            pay(ids.asset, amount);
            pay(ids.token, tokens);
        };
        // The first coin is all the money there is: outputs of other assets would exceed it in sum.
        const auto small = [&](Transaction& t) {
            t.outputs[0].value = Amount{1};
            t.outputs[1].value = Amount{1};
            t.outputs.back().value = Amount{coin_.value - 2};
        };
        if (coin_.value > kMaxMoney.sat / 2) return;
        tx("an issuance with tokens", std::nullopt, [&](Transaction& t) { small(t), issue(t, 10, 3); });
        tx("an issuance of tokens only", std::nullopt, [&](Transaction& t) { small(t), issue(t, 0, 3); });
        tx("an issuance that nobody gets", Rule::kTxInNotOut, [&](Transaction& t) {
            small(t), issue(t, 10, 0);
            t.outputs.pop_back();
        });
        tx("an issuance of a negative amount", Rule::kTxInNotOut, [&](Transaction& t) { small(t), issue(t, -5, 0); });
        tx("an issuance without a witness", Rule::kTxInNotOut, [&](Transaction& t) {
            small(t), issue(t, 10, 0);
            t.inputs[0].witness = {};
        });
        tx("a reissuance by an open token", Rule::kTxInNotOut, [&](Transaction& t) {
            t.inputs[0].issuance.blinding_nonce.bytes[0] = 1;
            small(t), issue(t, 10, 0);
        });
    }

    void spends() {
        tx("a coin that never was", Rule::kTxInputsMissing,
           [](Transaction& t) { t.inputs[0].prevout.txid.bytes[0] ^= 1; });
        {
            Transaction other = spend();
            other.outputs[0].script.bytes = {0x52};
            add("a coin twice", Rule::kTxInputsMissing, block({make_tx(spend()), make_tx(std::move(other))}));
        }
        tx("a coinbase too young", Rule::kTxPrematureCoinbase, [&](Transaction& t) { t.inputs[0].prevout = young_; });
        tx("a script that leaves false", Rule::kTxScript,
           [](Transaction& t) { t.inputs[0].script_sig.bytes = {0x6a}; });
        tx("a claim without a proof", Rule::kTxPeginWitness, [](Transaction& t) {
            TxIn in;
            in.is_pegin = true;
            in.prevout = {Txid(std::array<uint8_t, 32>{7}), 0};
            t.inputs.push_back(in);
        });
    }

    const ChainParams& params_;
    const BlockHeader& tip_;
    uint32_t median_;
    OpenCoin coin_;
    OutPoint young_;
    int64_t now_;
    std::vector<BlockCase> cases_;
};

}  // namespace sluice::test
