#include "consensus/params/detail/genesis.h"

#include "codec/hex.h"
#include "consensus/primitives/issuance.h"
#include "consensus/primitives/merkle.h"

namespace sluice::detail {
namespace {

constexpr uint32_t kGenesisTime = 1'296'688'602;
constexpr uint8_t kOpReturn = 0x6a;
constexpr uint8_t kOpTrue = 0x51;
constexpr uint8_t kOpCheckSig = 0xac;

OutPoint issuance_source(const ChainParams& params) { return {Txid::from(genesis_commitment(params)), 0}; }

TxRef coinbase(Bytes script_sig, Amount value, Script script) {
    Transaction tx;
    tx.version = 1;
    tx.inputs.emplace_back();
    tx.inputs[0].script_sig.bytes = std::move(script_sig);
    tx.outputs.emplace_back();
    tx.outputs[0].asset = AssetId{};  // explicit, but of no asset
    tx.outputs[0].value = value;
    tx.outputs[0].script = std::move(script);
    return make_tx(std::move(tx));
}

void pay_anyone(Transaction& tx, const AssetId& asset, int64_t sat) {
    if (sat <= 0) return;
    TxOut out;
    out.asset = asset;
    out.value = Amount{sat};
    out.script.bytes = {kOpTrue};
    tx.outputs.push_back(std::move(out));
}

TxRef initial_issuance(const ChainParams& params) {
    const AssetEntropy contract = AssetEntropy::from(params.parent.genesis);
    Transaction tx;
    tx.version = 1;
    tx.inputs.emplace_back();
    TxIn& in = tx.inputs[0];
    in.prevout = issuance_source(params);
    in.issuance.entropy = contract;
    in.issuance.amount = Amount{std::max<int64_t>(params.initial_free_coins, 0)};
    in.issuance.inflation_keys = Amount{std::max<int64_t>(params.initial_reissuance_tokens, 0)};
    const IssuanceIds ids = issuance_ids(in);
    pay_anyone(tx, ids.asset, params.initial_free_coins);
    pay_anyone(tx, ids.token, params.initial_reissuance_tokens);
    return make_tx(std::move(tx));
}

// Bitcoin's own first coinbase, as the "bitcoin" style repeats it.
TxRef bitcoin_coinbase() {
    static constexpr std::string_view kHeadline =
        "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
    static constexpr std::string_view kKey =
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b"
        "8d578a4c702b"
        "6bf11d5f";
    Bytes script_sig = {0x04, 0xff, 0xff, 0x00, 0x1d, 0x01, 0x04, static_cast<uint8_t>(kHeadline.size())};
    append(script_sig, as_bytes(kHeadline));
    Script script{{0x41}};
    append(script.bytes, *from_hex(kKey));
    script.bytes.push_back(kOpCheckSig);
    return coinbase(std::move(script_sig), Amount{50 * kCoin}, std::move(script));
}

}  // namespace

Hash256 genesis_commitment(const ChainParams& params) {
    Sha256 hasher;
    hasher.write(as_bytes(params.name));
    hasher.write(as_bytes(to_hex(params.fedpegscript.view())));
    hasher.write(as_bytes(to_hex(params.signblockscript.view())));
    return hasher.finish();
}

AssetId genesis_asset(const ChainParams& params) {
    return issued_asset(issuance_entropy(issuance_source(params), AssetEntropy::from(params.parent.genesis)));
}

Result<Block> make_genesis(const ChainParams& params) {
    Block block;
    block.header.version = 1;
    block.header.time = kGenesisTime;
    block.header.seal = BlockProof{params.signblockscript, {}};
    if (params.genesis_style == "elements") {
        Bytes script_sig = {32};
        append(script_sig, genesis_commitment(params).view());
        block.transactions.push_back(coinbase(std::move(script_sig), Amount{0}, Script{{kOpReturn}}));
        if (params.initial_free_coins != 0 || params.initial_reissuance_tokens != 0) {
            block.transactions.push_back(initial_issuance(params));
        }
    } else if (params.genesis_style == "bitcoin") {
        block.transactions.push_back(bitcoin_coinbase());
    } else {
        return fail("Invalid -genesis_style (" + params.genesis_style + ")");
    }
    block.header.merkle_root = tx_merkle_root(block.transactions).root;
    return block;
}

}  // namespace sluice::detail
