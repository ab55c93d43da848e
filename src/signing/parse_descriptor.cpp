#include <charconv>

#include "codec/hex.h"
#include "consensus/params/address.h"
#include "consensus/params/chain_params.h"
#include "consensus/script/taproot.h"
#include "signing/detail/descriptor_node.h"

namespace sluice::signing {
namespace {

constexpr size_t kMostKeys = 20;
constexpr size_t kMostLeafKeys = 999;
constexpr size_t kMostBareKeys = 3;
constexpr size_t kMostRedeemScript = 520;

// If `text` is name(...), what is inside of it.
std::optional<std::string_view> inside(std::string_view name, std::string_view text) {
    if (text.size() < name.size() + 2 || !text.starts_with(name) || text[name.size()] != '(' || text.back() != ')')
        return std::nullopt;
    return text.substr(name.size() + 1, text.size() - name.size() - 2);
}

// The front of `rest` up to a comma or closing mark outside of all brackets; `rest` keeps what follows.
std::string_view take_argument(std::string_view& rest) {
    size_t depth = 0;
    size_t end = 0;
    for (; end < rest.size(); ++end) {
        const char c = rest[end];
        if (c == '(' || c == '{') {
            ++depth;
        } else if (c == ')' || c == '}') {
            if (depth == 0) break;
            --depth;
        } else if (c == ',' && depth == 0) {
            break;
        }
    }
    const std::string_view out = rest.substr(0, end);
    rest.remove_prefix(end);
    return out;
}

class Parser {
public:
    explicit Parser(const ChainParams& params) : params_(params) {}

    Result<DescriptorNode> script(std::string_view text, KeyPlace place) const {
        const bool top = place == KeyPlace::kTop;
        const bool hashed = place == KeyPlace::kP2sh || place == KeyPlace::kWitness;
        if (const auto key = inside("pk", text)) return one_key(Function::kPk, "pk", *key, place);
        if (const auto key = inside("pkh", text); key && (top || hashed))
            return one_key(Function::kPkh, "pkh", *key, place);
        if (const auto key = inside("combo", text)) {
            if (!top) return fail("Can only have combo() at top level");
            return one_key(Function::kCombo, "combo", *key, place);
        }
        for (const bool sorted : {false, true}) {
            if (const auto arguments = inside(sorted ? "sortedmulti" : "multi", text)) {
                if (!top && !hashed) return fail("Can only have multi/sortedmulti at top level, in sh(), or in wsh()");
                return multi(*arguments, sorted, place);
            }
            if (const auto arguments = inside(sorted ? "sortedmulti_a" : "multi_a", text)) {
                if (top || hashed) return fail("Can only have multi_a/sortedmulti_a inside tr()");
                return multi(*arguments, sorted, place);
            }
        }
        if (const auto key = inside("wpkh", text)) {
            if (!top && place != KeyPlace::kP2sh) return fail("Can only have wpkh() at top level or inside sh()");
            return one_key(Function::kWpkh, "wpkh", *key, KeyPlace::kWitness);
        }
        if (const auto inner = inside("sh", text)) {
            if (!top) return fail("Can only have sh() at top level");
            return wrap(Function::kSh, *inner, KeyPlace::kP2sh);
        }
        if (const auto inner = inside("wsh", text)) {
            if (!top && place != KeyPlace::kP2sh) return fail("Can only have wsh() at top level or inside sh()");
            return wrap(Function::kWsh, *inner, KeyPlace::kWitness);
        }
        if (const auto address = inside("addr", text)) {
            if (!top) return fail("Can only have addr() at top level");
            const auto decoded = decode_address(*address, params_.address);
            if (!decoded) return fail("Address is not valid");
            return fixed(Function::kAddr, decoded->script, *address);
        }
        if (const auto arguments = inside("tr", text)) {
            if (!top) return fail("Can only have tr at top level");
            return taproot(*arguments);
        }
        if (const auto key = inside("rawtr", text)) {
            if (!top) return fail("Can only have rawtr at top level");
            if (key->find(',') != key->npos) return fail("rawtr(): only one key expected.");
            return one_key(Function::kRawTr, "rawtr", *key, KeyPlace::kTaproot);
        }
        if (const auto hex = inside("raw", text)) {
            if (!top) return fail("Can only have raw() at top level");
            const auto bytes = from_hex(*hex);
            if (!bytes || bytes->empty()) return fail("Raw script is not hex");
            return fixed(Function::kRaw, Script{*bytes}, to_hex(*bytes));
        }
        if (place == KeyPlace::kP2sh) return fail("A function is needed within P2SH");
        if (place == KeyPlace::kWitness && text.find('(') == text.npos)
            return fail("A function is needed within P2WSH");
        if (!top && text.find('(') != text.npos)
            return fail("'" + std::string(text) + "' is miniscript, which this program does not read");
        return fail("'" + std::string(text) + "' is not a valid descriptor function");
    }

private:
    static DescriptorNode fixed(Function function, Script script, std::string_view text) {
        DescriptorNode out;
        out.function = function;
        out.script = std::move(script);
        out.text = std::string(text);
        return out;
    }
    [[nodiscard]] Result<DescriptorNode> one_key(Function function, const std::string& name, std::string_view text,
                                                 KeyPlace place) const {
        DescriptorNode out;
        out.function = function;
        out.in_taproot = place == KeyPlace::kTaproot;
        auto key = KeyExpression::parse(text, place, params_);
        if (!key) return fail(name + "(): " + key.error().message);
        out.keys.push_back(std::move(*key));
        return out;
    }
    [[nodiscard]] Result<DescriptorNode> wrap(Function function, std::string_view inner, KeyPlace place) const {
        DescriptorNode out;
        out.function = function;
        out.children.push_back(TRY(script(inner, place)));
        return out;
    }

    [[nodiscard]] Result<DescriptorNode> multi(std::string_view rest, bool sorted, KeyPlace place) const {
        DescriptorNode out;
        out.function = Function::kMulti;
        out.in_taproot = place == KeyPlace::kTaproot;
        out.sorted = sorted;
        const std::string_view threshold = take_argument(rest);
        uint32_t required = 0;
        const auto [end, error] = std::from_chars(threshold.data(), threshold.data() + threshold.size(), required);
        if (threshold.empty() || error != std::errc() || end != threshold.data() + threshold.size())
            return fail("Multi threshold '" + std::string(threshold) + "' is not valid");
        size_t script_size = 3;
        while (!rest.empty()) {
            if (rest[0] != ',') return fail("Multi: expected ',', got '" + std::string(1, rest[0]) + "'");
            rest.remove_prefix(1);
            auto key = KeyExpression::parse(take_argument(rest), place, params_);
            if (!key) return fail("Multi: " + key.error().message);
            script_size += key->is_compressed() ? 34 : 66;
            out.keys.push_back(std::move(*key));
        }
        const std::string count = std::to_string(out.keys.size());
        const size_t most = out.in_taproot ? kMostLeafKeys : kMostKeys;
        if (out.keys.empty() || out.keys.size() > most) {
            return fail("Cannot have " + count + " keys in " + (out.in_taproot ? "multi_a" : "multisig") +
                        "; must have between 1 and " + std::to_string(most) + " keys, inclusive");
        }
        if (required < 1) return fail("Multisig threshold cannot be 0, must be at least 1");
        if (required > out.keys.size()) {
            return fail("Multisig threshold cannot be larger than the number of keys; threshold is " +
                        std::to_string(required) + " but only " + count + " keys specified");
        }
        if (place == KeyPlace::kTop && out.keys.size() > kMostBareKeys)
            return fail("Cannot have " + count + " pubkeys in bare multisig; only at most 3 pubkeys");
        if (place == KeyPlace::kP2sh && script_size > kMostRedeemScript) {
            return fail("P2SH script is too large, " + std::to_string(script_size) + " bytes is larger than 520 bytes");
        }
        out.threshold = required;
        return out;
    }

    [[nodiscard]] Result<DescriptorNode> taproot(std::string_view rest) const {
        DescriptorNode out = TRY(one_key(Function::kTr, "tr", take_argument(rest), KeyPlace::kTaproot));
        if (rest.empty()) return out;
        if (rest[0] != ',') return fail("tr: expected ',', got '" + std::string(1, rest[0]) + "'");
        rest.remove_prefix(1);
        out.children.push_back(TRY(tree(rest, 0)));
        if (!rest.empty()) return fail("tr(): expected ')' after script expression");
        return out;
    }
    // One leaf or {tree,tree} off the front of `rest`.
    Result<DescriptorNode> tree(std::string_view& rest, size_t depth) const {
        if (depth > script::kControlMaxNodes)
            return fail("tr() supports at most " + std::to_string(script::kControlMaxNodes) + " nesting levels");
        if (!rest.starts_with('{')) return script(take_argument(rest), KeyPlace::kTaproot);
        rest.remove_prefix(1);
        DescriptorNode out;
        out.function = Function::kBranch;
        out.children.push_back(TRY(tree(rest, depth + 1)));
        if (!rest.starts_with(',')) return fail("tr(): expected ',' after script expression");
        rest.remove_prefix(1);
        out.children.push_back(TRY(tree(rest, depth + 1)));
        if (!rest.starts_with('}')) return fail("tr(): expected '}' after script expression");
        rest.remove_prefix(1);
        return out;
    }

    const ChainParams& params_;
};

std::string join_keys(const DescriptorNode& node, const KeyText& text_of) {
    std::string out;
    for (const KeyExpression& key : node.keys) out += (out.empty() ? "" : ",") + text_of(key);
    return out;
}

}  // namespace

Result<DescriptorNode> parse_descriptor(std::string_view text, const ChainParams& params) {
    return Parser(params).script(text, KeyPlace::kTop);
}

std::string write_descriptor(const DescriptorNode& node, const KeyText& text_of) {
    switch (node.function) {
        case Function::kPk: return "pk(" + join_keys(node, text_of) + ")";
        case Function::kPkh: return "pkh(" + join_keys(node, text_of) + ")";
        case Function::kWpkh: return "wpkh(" + join_keys(node, text_of) + ")";
        case Function::kCombo: return "combo(" + join_keys(node, text_of) + ")";
        case Function::kRawTr: return "rawtr(" + join_keys(node, text_of) + ")";
        case Function::kMulti:
            return std::string(node.sorted ? "sortedmulti" : "multi") + (node.in_taproot ? "_a(" : "(") +
                   std::to_string(node.threshold) + "," + join_keys(node, text_of) + ")";
        case Function::kSh: return "sh(" + write_descriptor(node.children[0], text_of) + ")";
        case Function::kWsh: return "wsh(" + write_descriptor(node.children[0], text_of) + ")";
        case Function::kTr:
            return "tr(" + join_keys(node, text_of) +
                   (node.children.empty() ? "" : "," + write_descriptor(node.children[0], text_of)) + ")";
        case Function::kBranch:
            return "{" + write_descriptor(node.children[0], text_of) + "," +
                   write_descriptor(node.children[1], text_of) + "}";
        case Function::kAddr: return "addr(" + node.text + ")";
        case Function::kRaw: return "raw(" + node.text + ")";
    }
    return {};
}

}  // namespace sluice::signing
