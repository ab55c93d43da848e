#include "rpc/explain.h"

#include <algorithm>

#include "codec/hex.h"
#include "consensus/primitives/failed_script.h"
#include "consensus/rules/rule.h"
#include "consensus/script/opcodes.h"
#include "consensus/script/trace.h"
#include "mempool/policy_rule.h"
#include "rpc/json_script.h"

namespace sluice::rpc {
namespace {

Json stack_json(const std::vector<Bytes>& stack) {
    Json out = Json::array();
    for (const Bytes& item : stack) out.push_back(to_hex(item));
    return out;
}

std::string_view version_name(script::SigVersion version) {
    switch (version) {
        case script::SigVersion::kBase: return "base";
        case script::SigVersion::kWitnessV0: return "witness_v0";
        case script::SigVersion::kTaproot: return "taproot";
        case script::SigVersion::kTapscript: return "tapscript";
    }
    return "";
}

Json step_json(const script::TracedStep& step) {
    return {
        {"position", step.at.index},  {"offset", step.at.offset},        {"opcode", script::opcode_name(step.opcode)},
        {"executed", step.executing}, {"stack", stack_json(step.stack)}, {"altstack", stack_json(step.alt_stack)}};
}

Json rule_json(const rules::RuleInfo* rule, std::string_view reason) {
    Json out = Json::object();
    if (rule != nullptr) {
        out["rule"] = rule->name;
        out["reject"] = rule->reject;
        out["kind"] = "consensus";
        out["stage"] = rules::to_string(rule->stage);
        out["punished"] = rule->punish;
        out["page"] = rule->page;
        return out;
    }
    const mempool::PolicyRule* const policy = mempool::find_policy_rule(reason);
    out["rule"] = policy != nullptr ? policy->reject : reason;
    out["reject"] = out["rule"];
    out["kind"] = "policy";
    if (policy != nullptr) out["asks"] = policy->about;
    return out;
}

std::string_view part_name(BreachPlace::Part part) {
    switch (part) {
        case BreachPlace::Part::kUnknown: return "";
        case BreachPlace::Part::kHeader: return "header";
        case BreachPlace::Part::kBlock: return "block";
        case BreachPlace::Part::kTransaction: return "transaction";
        case BreachPlace::Part::kInput: return "input";
        case BreachPlace::Part::kOutput: return "output";
    }
    return "";
}

void put_place(Json& out, const BreachPlace& place) {
    if (place.part == BreachPlace::Part::kUnknown) return;
    const std::string part(part_name(place.part));
    out["place"] = part;
    if (place.part == BreachPlace::Part::kInput || place.part == BreachPlace::Part::kOutput) out[part] = place.index;
    if (!place.transaction) return;
    out["transaction"] = place.transaction->index;
    out["txid"] = to_display(place.transaction->txid);
}

Json values_json(const NamedValues& values) {
    Json out = Json::object();
    for (const NamedValue& each : values) {
        const std::string name(each.name);
        if (const auto* number = std::get_if<int64_t>(&each.value)) {
            out[name] = *number;
        } else {
            out[name] = std::get<std::string>(each.value);
        }
    }
    return out;
}

Json trace_json(const script::ScriptTrace& trace, size_t steps) {
    Json out = Json::object();
    out["ok"] = trace.result.has_value();
    if (!trace.result) {
        out["error"] = script::to_string(trace.result.error());
        out["code"] = script::short_name(trace.result.error());
    }
    if (const script::TracedScript* failed = trace.failed_script()) {
        out["script"] = script::role_of(trace, trace.scripts.size() - 1);
        out["position"] = failed->end.index;
        out["offset"] = failed->end.offset;
        if (const script::TracedStep* step = trace.failed_step()) {
            out["opcode"] = script::opcode_name(step->opcode);
            out["stack"] = stack_json(step->stack);
            out["altstack"] = stack_json(step->alt_stack);
        }
    }
    Json scripts = Json::array();
    for (size_t i = 0; i < trace.scripts.size(); ++i) {
        const script::TracedScript& each = trace.scripts[i];
        Json one = {{"role", script::role_of(trace, i)},
                    {"version", version_name(each.version)},
                    {"hex", to_hex(each.script)},
                    {"instructions", each.steps},
                    {"ok", !each.error},
                    {"stack_before", stack_json(each.before)}};
        if (!each.error) one["stack_after"] = stack_json(each.after);
        scripts.push_back(std::move(one));
    }
    out["scripts"] = std::move(scripts);
    if (steps > 1) {
        Json last = Json::array();
        for (const script::TracedStep& step : trace.last_steps) last.push_back(step_json(step));
        out["last_steps"] = std::move(last);
    }
    return out;
}

// Without the other inputs' outputs a taproot spend says that it cannot be told.
script::ScriptTrace trace(const Explained& about, size_t input, const ChainParams& params, size_t steps) {
    const Transaction& tx = about.tx->tx;
    const bool complete = std::ranges::all_of(about.spent, [](const auto& spent) { return spent.has_value(); });
    if (!complete) {
        return script::trace_input(tx, input, *about.spent[input], about.flags,
                                   script::compute_tx_hashes(tx, {}, params.genesis_hash), steps);
    }
    std::vector<TxOut> spent;
    for (const auto& each : about.spent) spent.push_back(*each);
    return script::trace_input(tx, input, spent, about.flags, script::compute_tx_hashes(tx, spent, params.genesis_hash),
                               steps);
}

Json spent_json(const TxOut& spent, const ChainParams& params) {
    Json out = Json::object();
    if (spent.value.is_explicit()) out["value"] = amount_json(spent.value.explicit_value());
    if (spent.value.is_commitment()) out["valuecommitment"] = to_hex(spent.value.commitment().view());
    if (spent.asset.is_explicit()) out["asset"] = to_display(spent.asset.explicit_value());
    if (spent.asset.is_commitment()) out["assetcommitment"] = to_hex(spent.asset.commitment().view());
    out["scriptPubKey"] = script_pubkey_json(spent.script, params);
    return out;
}

}  // namespace

Json inputs_json(const Explained& about, const ChainParams& params, size_t steps) {
    Json out = Json::array();
    for (size_t i = 0; i < about.tx->tx.inputs.size(); ++i) {
        const TxIn& in = about.tx->tx.inputs[i];
        Json one = {
            {"index", i}, {"txid", to_display(in.prevout.txid)}, {"vout", in.prevout.index}, {"is_pegin", in.is_pegin}};
        one["found"] = about.spent[i].has_value();
        if (about.spent[i]) {
            one["spent"] = spent_json(*about.spent[i], params);
            one["script"] = trace_json(trace(about, i, params, steps), steps);
        }
        out.push_back(std::move(one));
    }
    return out;
}

Json explain_json(const std::string& reason, const std::string& detail, const Breach& breach,
                  const ChainParams& params) {
    Json out = rule_json(rules::find_rule(breach), reason);
    if (!detail.empty()) out["detail"] = detail;
    put_place(out, breach.place);
    if (!breach.values.empty()) out["values"] = values_json(breach.values);
    if (breach.script != nullptr) {
        const FailedScript& failed = *breach.script;
        const Transaction& tx = failed.tx->tx;
        const script::TxHashes hashes = script::compute_tx_hashes(tx, failed.spent, params.genesis_hash);
        out["script"] = trace_json(script::trace_input(tx, failed.input, failed.spent, failed.flags, hashes, 1), 1);
    }
    return out;
}

}  // namespace sluice::rpc
