// getblocktemplate (BIP22, BIP23): a template for who makes blocks outside of this node; the tests of a proposal.
// Blocks of these chains are signed: bits and target are 0.
#include "assembly/assemble.h"
#include "chain/chain_reader.h"
#include "chain/chain_state.h"
#include "codec/hex.h"
#include "consensus/rules/block_check.h"
#include "consensus/rules/limits.h"
#include "consensus/rules/versionbits.h"
#include "mempool/mempool.h"
#include "rpc/block_argument.h"
#include "rpc/pool_methods.h"
#include "util/clock.h"

namespace sluice::rpc {
namespace {

// What BIP22 answers of a block; null: it is good.
RpcResult test_proposal(const ChainPorts& chain, const Json& request) {
    const auto data = request.find("data");
    if (data == request.end() || !data->is_string())
        return rpc_error(Code::kType, "Missing data String key for proposal");
    const std::optional<Bytes> bytes = from_hex(data->get<std::string>());
    std::optional<Block> parsed = bytes ? parse_block(*bytes) : std::nullopt;
    if (!parsed) return rpc_error(Code::kDeserialization, "Block decode failed");
    const auto block = std::make_shared<const Block>(std::move(*parsed));
    if (const auto known = chain.reader->find(compute_hash(block->header))) {
        if (known->failed) return Json("duplicate-invalid");
        return Json(known->has_block ? "duplicate" : "duplicate-inconclusive");
    }
    if (block->header.prev != chain.reader->tip().hash) return Json("inconclusive-not-best-prevblk");
    const auto verdict = TRY(
        on_state(chain, [state = chain.chain, block] { return state->test_block(block, chain::TestBlockOptions{}); }));
    return verdict ? Json() : Json(verdict.error().reason);
}

// What testproposedblock holds to be standard: the reference's defaults, but no data outputs at all.
mempool::PolicyOptions proposal_policy() {
    mempool::PolicyOptions out;
    out.max_data_carrier = std::nullopt;
    return out;
}

RpcResult test_proposed_block(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const auto block = std::make_shared<const Block>(TRY(block_from_hex(args, 0)));
    if (chain.reader->find(compute_hash(block->header))) return rpc_error(Code::kAlreadyInChain, "already have block");
    if (block->header.prev != chain.reader->tip().hash)
        return rpc_error(Code::kVerify, "proposal was not based on our best chain");
    const auto verdict = TRY(
        on_state(chain, [state = chain.chain, block] { return state->test_block(block, chain::TestBlockOptions{}); }));
    if (!verdict) return rpc_error(Code::kVerify, verdict.error().reason);
    if (args.flag_or(1, !ports.pool->policy().require_standard)) return Json();
    const mempool::PolicyOptions policy = proposal_policy();
    for (const TxRef& tx : block->transactions) {
        if (tx->tx.is_coinbase()) continue;
        if (const auto reason = mempool::check_standard(*tx, *chain.params, policy)) {
            return rpc_error(Code::kVerify, "Block proposal included a non-standard transaction: " + reason->reason);
        }
    }
    return Json();
}

struct Priced {
    Amount fee;
    int64_t sigop_cost = 0;
};
struct Template {
    std::shared_ptr<Block> block;
    std::map<Txid, Priced> priced;
    std::vector<std::string> rules;
    Json available = Json::object();
    uint32_t least_time = 0;
    uint64_t pool_sequence = 0;
};

Result<Template> make_template(const ChainPorts& chain, const PoolPorts& ports) {
    assembly::BlockRequest request = assembly::getnewblock_request(*chain.params, {}, {}, chain.clock->unix_time(), 0);
    assembly::apply(request, ports.blocks);
    Template out;
    out.block = TRY(assembly::new_block(*chain.chain, *ports.pool, *ports.tips, request));
    for (const TxRef& tx : out.block->transactions) {
        if (const mempool::Entry* entry = ports.pool->find(tx->txid))
            out.priced[tx->txid] = {entry->fee, entry->sigop_cost};
    }
    out.pool_sequence = ports.pool->info().sequence;
    const auto fault = ports.tips->with_tip([&](const mempool::Tip& tip) {
        out.least_time = tip.headers.median_time_past_at(tip.headers.height()) + 1;
        for (size_t i = 0; i < kDeploymentCount; ++i) {
            const auto deployment = static_cast<Deployment>(i);
            switch (tip.version_bits.state_after(tip.headers, deployment)) {
                case rules::DeploymentState::kActive: out.rules.emplace_back(to_string(deployment)); break;
                case rules::DeploymentState::kStarted:
                case rules::DeploymentState::kLockedIn:
                    out.available[std::string(to_string(deployment))] = chain.params->deployments[i].bit;
                    break;
                default: break;
            }
        }
    });
    if (fault) return fail(fault->message);
    return out;
}

Json transactions_json(const Template& made, bool segwit) {
    std::map<Txid, size_t> at;
    Json out = Json::array();
    for (size_t i = 0; i < made.block->transactions.size(); ++i) {
        const ParsedTx& tx = *made.block->transactions[i];
        at.emplace(tx.txid, i);
        if (i == 0) continue;
        Json depends = Json::array();
        for (const TxIn& in : tx.tx.inputs) {
            if (const auto found = at.find(in.prevout.txid); found != at.end()) depends.push_back(found->second);
        }
        const auto priced = made.priced.find(tx.txid);
        const Priced price = priced == made.priced.end() ? Priced{} : priced->second;
        out.push_back({{"data", to_hex(encode_tx(tx.tx))},
                       {"txid", to_display(tx.txid)},
                       {"hash", to_display(tx.wtxid)},
                       {"depends", std::move(depends)},
                       {"fee", price.fee.sat},
                       {"sigops", segwit ? price.sigop_cost : price.sigop_cost / 4},
                       {"weight", tx.weight()}});
    }
    return out;
}

RpcResult block_template(const ChainPorts& chain, const PoolPorts& ports, const Args& args) {
    const Json request = args.has(0) ? args.json(0) : Json::object();
    const auto mode = request.find("mode");
    if (mode != request.end() && !mode->is_null()) {
        if (*mode == "proposal") return test_proposal(chain, request);
        if (*mode != "template") return rpc_error(Code::kInvalidParameter, "Invalid mode");
    }
    const Json rules = request.value("rules", Json::array());
    if (!rules.is_array() || std::ranges::find(rules, Json("segwit")) == rules.end()) {
        return rpc_error(
            Code::kInvalidParameter,
            "getblocktemplate must be called with the segwit rule set (call with {\"rules\": [\"segwit\"]})");
    }
    const Result<Template> made = TRY(on_state(chain, [chain, ports] { return make_template(chain, ports); }));
    if (!made) return rpc_error(Code::kMisc, made.error().message);
    const BlockHeader& header = made->block->header;
    const Transaction& coinbase = made->block->transactions[0]->tx;
    const bool segwit = static_cast<int64_t>(header.height) >= chain.params->segwit_height;
    Json active = Json::array({"csv"});
    if (segwit) active.push_back("!segwit");
    for (const std::string& rule : made->rules) active.push_back(rule);
    Json out = Json::object();
    out["capabilities"] = Json::array({"proposal"});
    out["version"] = header.version;
    out["rules"] = std::move(active);
    out["vbavailable"] = made->available;
    out["vbrequired"] = 0;
    out["previousblockhash"] = to_display(header.prev);
    out["transactions"] = transactions_json(*made, segwit);
    out["coinbaseaux"] = Json::object();
    out["coinbasevalue"] = coinbase.outputs[0].value.explicit_value().sat;
    out["longpollid"] = to_display(header.prev) + std::to_string(made->pool_sequence);
    out["target"] = std::string(64, '0');
    out["mintime"] = made->least_time;
    out["mutable"] = Json::array({"time", "transactions", "prevblock"});
    out["noncerange"] = "00000000ffffffff";
    constexpr auto kSize = static_cast<int64_t>(rules::kMaxBlockWeight);
    out["sigoplimit"] = segwit ? rules::kMaxBlockSigopsCost : rules::kMaxBlockSigopsCost / 4;
    out["sizelimit"] = segwit ? kSize : kSize / 4;
    if (segwit) out["weightlimit"] = kSize;
    out["curtime"] = header.time;
    out["bits"] = "00000000";
    out["height"] = header.height;
    if (const auto at = rules::witness_commitment_output(coinbase))
        out["default_witness_commitment"] = to_hex(coinbase.outputs[*at].script.view());
    return out;
}

}  // namespace

void add_template_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& ports) {
    dispatcher.add("getblocktemplate",
                   [chain, ports](const Args& args, const Caller&) { return block_template(chain, ports, args); });
    dispatcher.add("testproposedblock",
                   [chain, ports](const Args& args, const Caller&) { return test_proposed_block(chain, ports, args); });
}

}  // namespace sluice::rpc
