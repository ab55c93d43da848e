// What the chain and descriptors tell about a PSET.
#include "chain/chain_state.h"
#include "consensus/script/script.h"
#include "peg/parent/merkle_block.h"
#include "peg/parent/transaction.h"
#include "pset/sign.h"
#include "pset/tx.h"
#include "rpc/descriptor.h"
#include "rpc/pset_parts.h"
#include "rpc/rawtx.h"
#include "util/random.h"

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

// Scripts and keys, as far as the ring knows them.
void describe(pset::Pset& pset, const signing::KeyRing& keys, const ChainParams& params) {
    for (Input& in : pset.inputs) pset::update_input(in, pset::spent_output(in, params.pegged_asset), keys, params);
    for (pset::Output& out : pset.outputs) pset::update_output(out, keys);
}

RpcResult update_pset(const PsetPorts& ports, const Args& args) {
    pset::Pset pset = TRY(pset_from_base64(args.text(0)));
    signing::KeyRing keys;
    if (args.has(1)) keys = TRY(scan_object_keys(args.json(1), *ports.chain.params));
    TRY_VOID(add_spent_outputs(pset, ports));
    describe(pset, keys, *ports.chain.params);
    return pset_to_base64(pset);
}

RpcResult process_with_descriptors(const PsetPorts& ports, const Args& args) {
    const ChainParams& params = *ports.chain.params;
    pset::Pset pset = TRY(pset_from_base64(args.text(0)));
    const signing::KeyRing keys = TRY(scan_object_keys(args.json(1), params));
    pset::SignOptions options;
    random_bytes(options.auxiliary);
    const std::string type = args.text_or(2, "DEFAULT");
    if (type != "DEFAULT") options.hash_type = TRY(sighash_from_name(type));
    TRY_VOID(add_spent_outputs(pset, ports));
    if (args.flag_or(3, true)) {
        describe(pset, keys, params);
    } else {
        signing::KeyRing silent = TRY(scan_object_keys(args.json(1), params));
        for (auto& [id, known] : silent.keys) known.path.reset();
        describe(pset, silent, params);
    }
    const auto signing = pset::signing_of(pset, params);
    if (!signing) return rpc_error(Code::kVerify, signing.error().message);
    for (size_t i = 0; i < pset.inputs.size(); ++i) {
        Input& in = pset.inputs[i];
        if (in.sighash_type && options.hash_type && *in.sighash_type != *options.hash_type)
            return rpc_error(Code::kDeserialization, "Specified sighash value does not match value stored in PSBT");
        (void)pset::sign_input(in, *signing, i, keys, options);
        if (args.flag_or(4, true)) (void)pset::finalize_input(in, *signing, i);
    }
    return processed_pset_json(pset, params);
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
    add("descriptorprocesspsbt", process_with_descriptors);
    add("updatepsbtpegin", update_pegin);
}

}  // namespace sluice::rpc
