#include "mempool/policy.h"

#include <algorithm>

#include "consensus/primitives/discount.h"
#include "consensus/script/interpreter.h"
#include "consensus/script/script.h"
#include "consensus/script/sigops.h"
#include "consensus/script/templates.h"
#include "peg/proof/pegout.h"

namespace sluice::mempool {
namespace {

using script::TemplateKind;

constexpr size_t kMaxScriptSig = 1650;  // bytes
constexpr size_t kMaxP2shSigops = 15;
constexpr size_t kMaxWitnessScript = 3600;  // bytes, P2WSH
constexpr size_t kMaxWitnessItems = 100;
constexpr size_t kMaxWitnessItem = 80;  // bytes
constexpr size_t kMaxDust = 1;          // outputs
constexpr uint32_t kMaxReplaceableSequence = 0xfffffffd;
constexpr uint8_t kAnnexTag = 0x50;
constexpr uint8_t kLeafMask = 0xfe;
constexpr uint8_t kTapscriptLeaf = 0xc4;
// Bytes of an input that spends: its fixed parts, and a signature with a key (107), which a witness discounts.
constexpr size_t kSpendLegacy = 32 + 4 + 1 + 107 + 4;
constexpr size_t kSpendWitness = 32 + 4 + 1 + 107 / 4 + 4;

NotStandard not_standard(std::string reason, const BreachPlace& place, NamedValues values = {}) {
    return {std::move(reason), place, std::move(values)};
}

// What the scriptSig leaves on top when it runs by itself: the redeem script of a P2SH output. nullopt: it fails, or
// leaves nothing.
std::optional<Script> top_of(const Script& script_sig) {
    script::Stack stack;
    script::TaprootContext none;
    if (!script::eval_script(stack, script_sig.view(), script::kVerifyNone, script::SignatureChecker{},
                             script::SigVersion::kBase, none)) {
        return std::nullopt;
    }
    if (stack.empty()) return std::nullopt;
    return Script{std::move(stack.back())};
}

bool is_standard_output(const TxOut& out, const script::Template& shape, const ChainParams& params,
                        const PolicyOptions& policy) {
    switch (shape.kind) {
        case TemplateKind::kNonStandard: return false;
        case TemplateKind::kMultisig:
            return !shape.parts.empty() && shape.parts.size() <= 3 && shape.required >= 1 &&
                   static_cast<size_t>(shape.required) <= shape.parts.size();
        case TemplateKind::kNullData:
            // Peg-outs carry an authorization proof where the chain asks for one.
            if (params.enforce_pak && peg::is_pegout_script(out.script, params.parent.genesis)) return true;
            return policy.max_data_carrier && out.script.size() <= *policy.max_data_carrier;
        default: return true;
    }
}

size_t output_size(const TxOut& out) {
    SizeWriter size;
    describe(size, out);
    return size.size();
}

// A script-path or key-path spend of a native taproot output.
bool taproot_witness_is_standard(std::span<const Bytes> stack) {
    if (stack.empty()) return false;
    if (stack.size() >= 2 && !stack.back().empty() && stack.back()[0] == kAnnexTag) return false;
    if (stack.size() == 1) return true;
    const Bytes& control = stack.back();
    if (control.empty()) return false;
    if ((control[0] & kLeafMask) != kTapscriptLeaf) return true;
    const auto arguments = stack.first(stack.size() - 2);
    return std::ranges::all_of(arguments, [](const Bytes& item) { return item.size() <= kMaxWitnessItem; });
}

bool script_hash_witness_is_standard(const WitnessStack& stack) {
    if (stack.back().size() > kMaxWitnessScript || stack.size() - 1 > kMaxWitnessItems) return false;
    return std::all_of(stack.begin(), stack.end() - 1,
                       [](const Bytes& item) { return item.size() <= kMaxWitnessItem; });
}

bool witness_is_standard(const TxIn& in, Script script) {
    const WitnessStack& stack = in.witness.script_witness;
    if (stack.empty()) return true;
    if (script::is_pay_to_anchor(script.view())) return false;
    bool wrapped = false;
    if (script::is_pay_to_script_hash(script.view())) {
        std::optional<Script> redeem = top_of(in.script_sig);
        if (!redeem) return false;
        script = std::move(*redeem);
        wrapped = true;
    }
    const auto program = script::parse_witness_program(script.view());
    if (!program) return false;
    if (program->is_script_hash()) return script_hash_witness_is_standard(stack);
    if (program->version == 1 && program->program.size() == 32 && !wrapped) return taproot_witness_is_standard(stack);
    return true;
}

}  // namespace

Result<PolicyOptions> make_policy_options(const Options& options, const ChainParams& params) {
    PolicyOptions out;
    // Rates are given in coins for 1000 virtual bytes.
    const auto rate = [&](std::string_view name, FeeRate otherwise) -> Result<FeeRate> {
        const std::optional<std::string> text = options.get(name);
        if (!text) return otherwise;
        char* end = nullptr;
        const double coins = std::strtod(text->c_str(), &end);
        if (text->empty() || *end != 0 || !(coins >= 0 && coins <= 1)) {
            return fail("Invalid amount for -" + std::string(name) + "=<amount>: '" + *text + "'");
        }
        return FeeRate{static_cast<int64_t>(coins * static_cast<double>(kCoin) + 0.5)};
    };
    const auto number = [&](std::string_view name, int64_t otherwise, int64_t least, int64_t most) -> Result<int64_t> {
        const int64_t value = TRY(options.get_int(name, otherwise));
        if (value < least || value > most)
            return fail("-" + std::string(name) + "=" + std::to_string(value) + " is out of range");
        return value;
    };
    out.min_relay = TRY(rate("minrelaytxfee", out.min_relay));
    out.incremental = TRY(rate("incrementalrelayfee", out.incremental));
    if (!options.is_set("minrelaytxfee")) out.min_relay = std::max(out.min_relay, out.incremental);
    out.dust_relay = TRY(rate("dustrelayfee", out.dust_relay));
    out.require_standard = !options.get_bool("acceptnonstdtxn", false);
    if (!out.require_standard && !params.is_test_chain())
        return fail("acceptnonstdtxn is not currently supported for " + params.name + " chain");
    out.permit_bare_multisig = options.get_bool("permitbaremultisig", out.permit_bare_multisig);
    out.max_data_carrier = static_cast<uint32_t>(TRY(number("datacarriersize", 83, 0, 4'000'000)));
    if (!options.get_bool("datacarrier", true)) out.max_data_carrier = std::nullopt;
    out.bytes_per_sigop = static_cast<uint32_t>(TRY(number("bytespersigop", out.bytes_per_sigop, 0, 10'000)));
    out.ancestor_count = static_cast<size_t>(TRY(number("limitancestorcount", 25, 1, 10'000)));
    out.descendant_count = static_cast<size_t>(TRY(number("limitdescendantcount", 25, 1, 10'000)));
    out.ancestor_vsize = 1000 * TRY(number("limitancestorsize", 101, 1, 1'000'000));
    out.descendant_vsize = 1000 * TRY(number("limitdescendantsize", 101, 1, 1'000'000));
    out.max_bytes = static_cast<size_t>(TRY(number("maxmempool", 300, 5, 1'000'000))) * 1'000'000;
    out.expiry = TRY(number("mempoolexpiry", 336, 1, 1'000'000)) * 60 * 60;
    return out;
}

Reason check_standard(const ParsedTx& parsed, const ChainParams& params, const PolicyOptions& policy) {
    const Transaction& tx = parsed.tx;
    if (tx.version < 1 || tx.version > 3) return not_standard("version", at_transaction(), {{"version", tx.version}});
    if (parsed.weight() > kMaxStandardWeight) {
        return not_standard("tx-size", at_transaction(), {{"weight", parsed.weight()}, {"limit", kMaxStandardWeight}});
    }
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const Script& script_sig = tx.inputs[i].script_sig;
        if (script_sig.size() > kMaxScriptSig) {
            return not_standard("scriptsig-size", at_input(i), {{"size", script_sig.size()}, {"limit", kMaxScriptSig}});
        }
        if (!script::is_push_only(script_sig.view())) return not_standard("scriptsig-not-pushonly", at_input(i));
    }
    std::optional<size_t> second_data_output;
    size_t data_outputs = 0;
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        const script::Template shape = script::classify(out.script.view(), params.anyone_can_spend_are_mine);
        if (!is_standard_output(out, shape, params, policy)) {
            return not_standard("scriptpubkey", at_output(i), {{"size", out.script.size()}});
        }
        if (shape.kind == TemplateKind::kNullData && ++data_outputs == 2) second_data_output = i;
        if (shape.kind == TemplateKind::kMultisig && !policy.permit_bare_multisig)
            return not_standard("bare-multisig", at_output(i));
    }
    if (const auto dust = dust_outputs(tx, params, policy.dust_relay); dust.size() > kMaxDust) {
        return not_standard("dust", at_output(dust[kMaxDust]), {{"dust", dust.size()}, {"limit", kMaxDust}});
    }
    if (!params.multi_data_permitted && second_data_output) {
        return not_standard("multi-op-return", at_output(*second_data_output),
                            {{"data_outputs", data_outputs}, {"limit", 1}});
    }
    return std::nullopt;
}

Reason check_inputs_standard(const Transaction& tx, std::span<const TxOut> spent, const ChainParams& params) {
    const auto refuse = [](size_t i, NamedValues values) {
        return not_standard("bad-txns-nonstandard-inputs", at_input(i), std::move(values));
    };
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        if (in.is_pegin) continue;
        const TemplateKind kind = script::classify(spent[i].script.view(), params.anyone_can_spend_are_mine).kind;
        if (kind == TemplateKind::kNonStandard || kind == TemplateKind::kWitnessUnknown) return refuse(i, {});
        if (kind != TemplateKind::kScriptHash) continue;
        const std::optional<Script> redeem = top_of(in.script_sig);
        if (!redeem) return refuse(i, {});
        const size_t sigops = script::count_sigops(redeem->view(), true);
        if (sigops > kMaxP2shSigops) return refuse(i, {{"sigops", sigops}, {"limit", kMaxP2shSigops}});
    }
    return std::nullopt;
}

Reason check_witness_standard(const Transaction& tx, std::span<const TxOut> spent) {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        if (!witness_is_standard(tx.inputs[i], spent[i].script))
            return not_standard("bad-witness-nonstandard", at_input(i));
    }
    return std::nullopt;
}

Reason check_issuance_proofs(const Transaction& tx) {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        const TxIn& in = tx.inputs[i];
        const Bytes& amount_proof = in.witness.issuance_amount_rangeproof;
        const Bytes& tokens_proof = in.witness.inflation_keys_rangeproof;
        if (!in.issuance.amount.is_commitment() && !amount_proof.empty()) {
            return not_standard("bad-txin-extra-issuance-rangeproof", at_input(i), {{"size", amount_proof.size()}});
        }
        if (!in.issuance.inflation_keys.is_commitment() && !tokens_proof.empty()) {
            return not_standard("bad-txin-extra-inflation-rangeproof", at_input(i), {{"size", tokens_proof.size()}});
        }
    }
    return std::nullopt;
}

Reason check_issued_amounts(const Transaction& tx) {
    for (size_t i = 0; i < tx.inputs.size(); ++i) {
        for (const ConfidentialValue* value : {&tx.inputs[i].issuance.amount, &tx.inputs[i].issuance.inflation_keys}) {
            if (!value->is_explicit() || in_money_range(value->explicit_value())) continue;
            return not_standard("issuance-out-of-range", at_input(i),
                                {{"amount", value->explicit_value().sat}, {"limit", kMaxMoney.sat}});
        }
    }
    return std::nullopt;
}

bool signals_replacement(const Transaction& tx) {
    return std::ranges::any_of(tx.inputs, [](const TxIn& in) { return in.sequence <= kMaxReplaceableSequence; });
}

std::vector<size_t> dust_outputs(const Transaction& tx, const ChainParams& params, FeeRate dust_relay) {
    std::vector<size_t> dust;
    for (size_t i = 0; i < tx.outputs.size(); ++i) {
        const TxOut& out = tx.outputs[i];
        if (!out.is_explicit() || out.is_fee() || out.asset.explicit_value() != params.policy_asset) continue;
        if (is_unspendable(out.script)) continue;
        const bool witness = script::parse_witness_program(out.script.view()).has_value();
        const auto size = static_cast<int64_t>(output_size(out) + (witness ? kSpendWitness : kSpendLegacy));
        if (out.value.explicit_value() < dust_relay.fee(size)) dust.push_back(i);
    }
    return dust;
}

int64_t virtual_size(const ParsedTx& tx, int64_t sigop_cost, uint32_t bytes_per_sigop) {
    return (std::max<int64_t>(tx.weight(), sigop_cost * bytes_per_sigop) + 3) / 4;
}

int64_t discount_weight(const ParsedTx& parsed) { return discounted_weight(parsed.tx, parsed.weight()); }

int64_t discount_virtual_size(const ParsedTx& tx) { return (discount_weight(tx) + 3) / 4; }

}  // namespace sluice::mempool
