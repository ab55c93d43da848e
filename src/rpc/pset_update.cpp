// What the chain and descriptors tell about a PSET.
#include "chain/chain_state.h"
#include "consensus/script/script.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"
#include "pset/sign.h"
#include "pset/tx.h"
#include "rpc/pset_parts.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

using pset::Input;

bool is_segwit(const Script& script) { return script::parse_witness_program(script.view()).has_value(); }

// The output alone is enough to sign for where signatures cover its value.
void add_coin(Input& in, const TxOut& coin) {
    if (!is_segwit(coin.script)) return;
    in.witness_utxo = coin;
    in.witness_utxo->witness = {};
}

Result<std::vector<std::optional<TxOut>>, RpcError> coins_of(const PsetPorts& ports, std::vector<OutPoint> wanted) {
    return on_state(ports.chain, [chain = ports.chain.chain, wanted = std::move(wanted)] {
        std::vector<std::optional<TxOut>> out;
        auto coins = chain->coins();
        for (const OutPoint& each : wanted) {
            const auto coin = coins.get(each);
            out.push_back(coin ? std::optional(coin->out) : std::nullopt);
        }
        return out;
    });
}

Result<void, RpcError> add_spent_outputs(pset::Pset& pset, const PsetPorts& ports) {
    std::vector<size_t> missing;
    std::vector<OutPoint> wanted;
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        Input& in = pset.inputs[i];
        if (in.non_witness_utxo || in.is_pegin()) continue;
        // Enough to sign, and libraries look for the range proof beside the output alone.
        if (in.witness_utxo && is_segwit(in.witness_utxo->script)) continue;
        const OutPoint at = in.outpoint();
        const TxRef tx = find_transaction(ports.chain, ports.find_in_pool, ports.txs, at.txid);
        if (tx != nullptr && at.index < tx->tx.outputs.size()) {
            in.non_witness_utxo = pset::without_witness(*tx);
            in.utxo_rangeproof = tx->tx.outputs[at.index].witness.rangeproof;
            continue;
        }
        missing.push_back(i);
        wanted.push_back(at);
    }
    if (missing.empty()) return {};
    const auto coins = TRY(coins_of(ports, std::move(wanted)));
    for (size_t k = 0; k < missing.size(); ++k) {
        if (coins[k]) add_coin(pset.inputs[missing[k]], *coins[k]);
    }
    return {};
}

RpcResult update_pset(const PsetPorts& ports, const Args& args) {
    pset::Pset pset = TRY(pset_from_base64(args.text(0)));
    if (args.has(1) && !args.json(1).empty()) {
        return rpc_error(Code::kInvalidParameter, "descriptors are not supported here");
    }
    TRY_VOID(add_spent_outputs(pset, ports));
    return pset_to_base64(pset);
}

RpcResult update_pegin(const PsetPorts& ports, const Args& args) {
    pset::Pset pset = TRY(pset_from_base64(args.text(0)));
    const int64_t index = TRY(args.integer(1));
    if (index < 0 || index >= static_cast<int64_t>(pset.inputs.size())) {
        return rpc_error(Code::kInvalidParameter, "Invalid parameter, input index out of range");
    }
    Input& in = pset.inputs[static_cast<size_t>(index)];
    const bool bitcoin = ports.chain.params->parent.has_work();
    if (args.has(2)) in.pegin_value = TRY(args.amount(2));
    if (args.has(3)) {
        in.pegin_tx = TRY(args.hex(3, "bitcoin_tx"));
        const bool good =
            bitcoin ? parent::decode_parent_tx(in.pegin_tx).has_value() : parse_tx(in.pegin_tx) != nullptr;
        if (!good) return rpc_error(Code::kType, "The bitcoin_tx is malformed");
        if (bitcoin)
            in.pegin_tx = encode_parent_tx(*parent::decode_parent_tx(in.pegin_tx), parent::ParentWitness::kWithout);
    }
    if (args.has(4)) {
        in.pegin_txout_proof = TRY(args.hex(4, "txout_proof"));
        if (bitcoin && !decode<parent::MerkleBlock>(in.pegin_txout_proof)) {
            return rpc_error(Code::kType, "The txout proof is malformed");
        }
    }
    if (args.has(5)) in.pegin_claim_script = Script{TRY(args.hex(5, "claim_script"))};
    if (args.has(6)) in.pegin_genesis = TRY(args.id<ParentGenesis>(6, "genesis_hash"));
    return pset_to_base64(pset);
}

}  // namespace

void add_pset_update_methods(Dispatcher& dispatcher, const PsetPorts& ports) {
    const auto add = [&](std::string_view name, RpcResult (*handler)(const PsetPorts&, const Args&)) {
        dispatcher.add(name, [ports, handler](const Args& args, const Caller&) { return handler(ports, args); });
    };
    add("utxoupdatepsbt", update_pset);
    add("updatepsbtpegin", update_pegin);
}

}  // namespace sluice::rpc
