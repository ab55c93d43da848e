// explaintransaction with what it looks up, and getblockrejection.
#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/primitives/issuance.h"
#include "consensus/rules/script_flags.h"
#include "consensus/rules/tx_inputs.h"
#include "federation/rules/dynafed.h"
#include "mempool/mempool.h"
#include "mempool/tip_source.h"
#include "rpc/chain_methods.h"
#include "rpc/explain.h"
#include "rpc/rawtx.h"

namespace sluice::rpc {
namespace {

constexpr size_t kLastSteps = 20;  // instructions that a trace shows

// "prevouts": what the caller says that inputs spend.
Result<std::map<OutPoint, TxOut>, RpcError> given_outputs(const Json& list) {
    std::map<OutPoint, TxOut> out;
    for (const Json& item : list) {
        if (!item.is_object() || !item.contains("txid") || !item.contains("vout") || !item.contains("scriptPubKey")) {
            return rpc_error(
                Code::kInvalidParameter,
                "prevouts need txid, vout, scriptPubKey, amount or amountcommitment, and asset or assetcommitment");
        }
        OutPoint at;
        at.txid = Txid::from_view(TRY(id_bytes_from_text(item["txid"].get<std::string>(), "txid")));
        const int64_t index = TRY(integer_from_json(item["vout"]));
        if (index < 0 || index > UINT32_MAX) return rpc_error(Code::kInvalidParameter, "vout is out of range");
        at.index = static_cast<uint32_t>(index);
        TxOut coin;
        coin.script.bytes = TRY(hex_from_json(item["scriptPubKey"], "scriptPubKey"));
        const auto commitment = [&](const char* name) -> Result<Bytes, RpcError> {
            Bytes bytes = TRY(hex_from_json(item[name], name));
            if (bytes.size() != 33)
                return rpc_error(Code::kInvalidParameter, std::string(name) + " must have 33 bytes");
            return bytes;
        };
        const auto decoded = [](auto& field, const Bytes& bytes) {
            Reader reader(bytes);
            describe(reader, field);
            return reader.finish();
        };
        bool good = true;
        if (item.contains("amountcommitment")) {
            good = decoded(coin.value, TRY(commitment("amountcommitment")));
        } else if (item.contains("amount")) {
            coin.value = TRY(amount_from_json(item["amount"]));
        }
        if (item.contains("assetcommitment")) {
            good = good && decoded(coin.asset, TRY(commitment("assetcommitment")));
        } else if (item.contains("asset")) {
            coin.asset = AssetId::from_view(TRY(id_bytes_from_text(item["asset"].get<std::string>(), "asset")));
        }
        if (!good) return rpc_error(Code::kInvalidParameter, "a commitment has an unknown first byte");
        out[at] = std::move(coin);
    }
    return out;
}

}  // namespace

Explained look_up(const ChainPorts& chain, const PoolPorts& ports, const TxRef& tx,
                  const std::map<OutPoint, TxOut>& given) {
    Explained out;
    out.tx = tx;
    out.spent.resize(tx->tx.inputs.size());
    (void)ports.tips->with_tip([&](const mempool::Tip& tip) {
        const auto fedpegs = fed_rules::fedpeg_scripts_after(tip.headers, *chain.params);
        const script::Flags block = rules::block_script_flags(*chain.params, tip.headers, tip.version_bits);
        out.flags = script::kStandardFlags | (block & script::kVerifySighashRangeproof);
        for (size_t i = 0; i < out.spent.size(); ++i) {
            const TxIn& in = tx->tx.inputs[i];
            if (in.is_pegin) {
                if (const auto proof = rules::check_claim(in, fedpegs, *chain.params))
                    out.spent[i] = peg::claimed_output(proof->claim);
                continue;
            }
            const mempool::Entry* const entry = ports.pool->find(in.prevout.txid);
            if (const auto found = given.find(in.prevout); found != given.end()) {
                out.spent[i] = found->second;
            } else if (entry != nullptr && in.prevout.index < entry->tx->tx.outputs.size()) {
                out.spent[i] = entry->tx->tx.outputs[in.prevout.index];
            } else if (const auto coin = tip.coins.get(in.prevout)) {
                out.spent[i] = coin->out;
            }
        }
    });
    return out;
}

Json balance_json(const Explained& about) {
    const Transaction& tx = about.tx->tx;
    const auto& spent = about.spent;
    struct Sums {
        int64_t in = 0, issued = 0, out = 0, fee = 0;
    };
    std::map<AssetId, Sums> sums;
    size_t hidden_in = 0;
    size_t hidden_out = 0;
    size_t unknown = 0;
    // Sums of amounts that a decoder let pass: wrapping is said by the rule, not by this.
    const auto add = [](int64_t& sum, Amount amount) {
        sum = static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(amount.sat));
    };
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (!spent[i]) {
            ++unknown;
        } else if (spent[i]->is_explicit()) {
            add(sums[spent[i]->asset.explicit_value()].in, spent[i]->value.explicit_value());
        } else {
            ++hidden_in;
        }
        if (in.issuance.is_null()) continue;
        const IssuanceIds ids = issuance_ids(in);
        if (in.issuance.amount.is_explicit()) add(sums[ids.asset].issued, in.issuance.amount.explicit_value());
        if (in.issuance.inflation_keys.is_explicit())
            add(sums[ids.token].issued, in.issuance.inflation_keys.explicit_value());
        if (in.issuance.amount.is_commitment() || in.issuance.inflation_keys.is_commitment()) ++hidden_in;
    }
    for (const TxOut& out : tx.outputs) {
        if (!out.is_explicit()) {
            ++hidden_out;
            continue;
        }
        Sums& of = sums[out.asset.explicit_value()];
        add(out.is_fee() ? of.fee : of.out, out.value.explicit_value());
    }
    Json assets = Json::object();
    for (const auto& [asset, of] : sums) {
        const int64_t left = static_cast<int64_t>(static_cast<uint64_t>(of.in) + static_cast<uint64_t>(of.issued) -
                                                  static_cast<uint64_t>(of.out) - static_cast<uint64_t>(of.fee));
        assets[to_display(asset)] = {{"in", amount_json(Amount{of.in})},
                                     {"issued", amount_json(Amount{of.issued})},
                                     {"out", amount_json(Amount{of.out})},
                                     {"fee", amount_json(Amount{of.fee})},
                                     {"left", amount_json(Amount{left})}};
    }
    return {{"assets", std::move(assets)},
            {"blinded_inputs", hidden_in},
            {"blinded_outputs", hidden_out},
            {"unknown_inputs", unknown}};
}

namespace {

RpcResult explain_transaction(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const TxRef tx = TRY(tx_from_hex(args.text(0), "TX decode failed. Make sure the tx has at least one input."));
    const auto given = TRY(given_outputs(args.has(1) ? args.json(1) : Json::array()));
    struct Looked {
        Explained about;
        bool judged = false;  // against the pool
        std::optional<mempool::Refusal> refusal;
    };
    const Looked looked = TRY(on_state(chain, [chain, ports, tx, given] {
        Looked out{look_up(chain, ports, tx, given), false, std::nullopt};
        // The pool would not know what the caller says.
        if (!given.empty() || ports.pool->find(tx->txid) != nullptr) return out;
        out.judged = true;
        auto verdict = ports.pool->test_accept(tx);
        if (!verdict) out.refusal = std::move(verdict).error();
        return out;
    }));
    Json out = {{"txid", to_display(tx->txid)}, {"wtxid", to_display(tx->wtxid)}, {"weight", tx->weight()}};
    if (looked.judged) {
        out["allowed"] = !looked.refusal;
        if (looked.refusal) {
            out["reject-reason"] = looked.refusal->test_accept_reason();
            out["explain"] =
                explain_json(looked.refusal->reason, looked.refusal->detail, looked.refusal->breach, *chain.params);
        }
    }
    if (!tx->tx.is_coinbase()) {
        out["inputs"] = inputs_json(looked.about, *chain.params, kLastSteps);
        out["balance"] = balance_json(looked.about);
    }
    return out;
}

RpcResult get_block_rejection(const ChainPorts& chain, const Args& args) {
    const BlockHash hash = TRY(args.id<BlockHash>(0, "blockhash"));
    const std::optional<chain::RefusedBlock> found =
        TRY(on_state(chain, [state = chain.chain, hash] { return state->refusal_of(hash); }));
    if (!found) {
        return rpc_error(Code::kInvalidAddressOrKey,
                         "No refusal of this block is remembered (since the last start; reconsiderblock judges again)");
    }
    const Failure& failure = found->failure;
    const bool waits = failure.kind == Failure::Kind::kDeferred;
    Json out = {{"hash", to_display(hash)}};
    if (found->height) out["height"] = *found->height;
    out["verdict"] = waits ? "deferred" : "invalid";
    if (waits) {
        out["waits-for"] = failure.reason;
        if (!failure.detail.empty()) out["detail"] = failure.detail;
        return out;
    }
    out["mutated"] = failure.mutated;
    out["reject-reason"] = failure.reason;
    out["explain"] = explain_json(failure.reason, failure.detail, failure.breach, *chain.params);
    return out;
}

}  // namespace

void add_explain_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool) {
    dispatcher.add("explaintransaction",
                   [chain, pool](const Args& args, const Caller&) { return explain_transaction(chain, pool, args); });
    dispatcher.add("getblockrejection",
                   [chain](const Args& args, const Caller&) { return get_block_rejection(chain, args); });
}

}  // namespace sluice::rpc
