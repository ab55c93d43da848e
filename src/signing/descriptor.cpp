#include "signing/descriptor.h"

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "crypto/bip32.h"
#include "signing/checksum.h"
#include "signing/detail/descriptor_node.h"
#include "util/check.h"

namespace sluice::signing {
namespace {

void each_key(DescriptorNode& node, const std::function<void(KeyExpression&)>& visit) {
    for (KeyExpression& key : node.keys) visit(key);
    for (DescriptorNode& child : node.children) each_key(child, visit);
}

bool any_key(const DescriptorNode& node, bool (KeyExpression::*is)() const) {
    return std::ranges::any_of(node.keys, [&](const KeyExpression& key) { return (key.*is)(); }) ||
           std::ranges::any_of(node.children, [&](const DescriptorNode& child) { return any_key(child, is); });
}

// Scripts at one index of the range.
class Expander {
public:
    Expander(uint32_t index, bool with_secrets) : index_(index), with_secrets_(with_secrets) {}

    // False: a key cannot be derived.
    bool top(const DescriptorNode& node) {
        if (node.function == Function::kCombo) return combo(node.keys[0]);
        const auto made = script(node);
        if (!made) return false;
        out.scripts.push_back(made->script);
        out.texts.push_back(made->text);
        return true;
    }
    Descriptor::Expansion out;

private:
    struct Made {
        Script script;
        std::string text;
    };
    struct Tree {
        Hash256 hash;
        std::string text;
        std::vector<TapLeaf> leaves;  // their control blocks without the head
    };

    std::optional<KeyExpression::Derived> key_of(const KeyExpression& key) {
        auto derived = key.derive(index_, with_secrets_);
        if (!derived) return std::nullopt;
        out.keys.add_key(derived->key, derived->path);
        if (derived->secret) out.keys.add_secret(*derived->secret, derived->key.is_compressed());
        out.bases.insert_or_assign(derived->key.hash160(), key.base());
        return derived;
    }
    bool combo(const KeyExpression& expression) {
        const auto key = key_of(expression);
        if (!key) return false;
        const std::string text = key->text(false);
        const Hash160 hash = key->key.hash160();
        const auto add = [&](Script script, std::string desc) {
            out.scripts.push_back(std::move(script));
            out.texts.push_back(std::move(desc));
        };
        add(script::make_p2pk(key->key.view()), "pk(" + text + ")");
        add(script::make_p2pkh(hash), "pkh(" + text + ")");
        if (!key->key.is_compressed()) return true;
        const Script program = script::make_p2wpkh(hash);
        add(program, "wpkh(" + text + ")");
        add(script::p2sh_of(program), "sh(wpkh(" + text + "))");
        out.keys.redeem_scripts.insert_or_assign(hash160(program.view()), program);
        return true;
    }

    std::optional<Made> script(const DescriptorNode& node) {
        switch (node.function) {
            case Function::kPk:
            case Function::kPkh:
            case Function::kWpkh: return of_key(node);
            case Function::kMulti: return multi(node);
            case Function::kSh: {
                const auto inner = script(node.children[0]);
                if (!inner) return std::nullopt;
                out.keys.redeem_scripts.insert_or_assign(hash160(inner->script.view()), inner->script);
                return Made{script::p2sh_of(inner->script), "sh(" + inner->text + ")"};
            }
            case Function::kWsh: {
                const auto inner = script(node.children[0]);
                if (!inner) return std::nullopt;
                out.keys.witness_scripts.insert_or_assign(sha256(inner->script.view()), inner->script);
                return Made{script::p2wsh_of(inner->script), "wsh(" + inner->text + ")"};
            }
            case Function::kTr: return taproot(node);
            case Function::kRawTr: {
                const auto key = key_of(node.keys[0]);
                if (!key) return std::nullopt;
                return Made{script::make_witness_program(1, XOnlyPubKey::from(key->key).view()),
                            "rawtr(" + key->text(true) + ")"};
            }
            case Function::kAddr:
            case Function::kRaw: return Made{node.script, ""};
            case Function::kCombo:
            case Function::kBranch: break;  // not where a script is wanted
        }
        return std::nullopt;
    }
    std::optional<Made> of_key(const DescriptorNode& node) {
        const auto key = key_of(node.keys[0]);
        if (!key) return std::nullopt;
        const std::string text = "(" + key->text(node.in_taproot) + ")";
        if (node.function == Function::kPkh) return Made{script::make_p2pkh(key->key.hash160()), "pkh" + text};
        if (node.function == Function::kWpkh) return Made{script::make_p2wpkh(key->key.hash160()), "wpkh" + text};
        if (!node.in_taproot) return Made{script::make_p2pk(key->key.view()), "pk" + text};
        script::ScriptBuilder builder;
        builder.push(XOnlyPubKey::from(key->key).view()).op(script::OP_CHECKSIG);
        return Made{builder.build(), "pk" + text};
    }
    std::optional<Made> multi(const DescriptorNode& node) {
        std::vector<std::pair<Bytes, std::string>> keys;
        for (const KeyExpression& expression : node.keys) {
            const auto key = key_of(expression);
            if (!key) return std::nullopt;
            const XOnlyPubKey x_only = XOnlyPubKey::from(key->key);
            keys.emplace_back(to_bytes(node.in_taproot ? x_only.view() : key->key.view()), key->text(node.in_taproot));
        }
        if (node.sorted) std::ranges::stable_sort(keys, {}, [](const auto& each) { return each.first; });
        std::string text = std::string(node.in_taproot ? "multi_a(" : "multi(") + std::to_string(node.threshold);
        for (const auto& [bytes, shown] : keys) text += "," + shown;
        text += ")";
        if (node.in_taproot) {
            script::ScriptBuilder builder;
            for (size_t i = 0; i < keys.size(); ++i)
                builder.push(keys[i].first).op(i == 0 ? script::OP_CHECKSIG : script::OP_CHECKSIGADD);
            builder.number(static_cast<int64_t>(node.threshold)).op(script::OP_NUMEQUAL);
            return Made{builder.build(), std::move(text)};
        }
        std::vector<Bytes> list;
        for (const auto& [bytes, shown] : keys) list.push_back(bytes);
        return Made{script::make_multisig(static_cast<int>(node.threshold), list), std::move(text)};
    }

    std::optional<Tree> tree(const DescriptorNode& node) {
        if (node.function != Function::kBranch) {
            auto leaf = script(node);
            if (!leaf) return std::nullopt;
            TapLeaf made{0, script::kLeafTapscript, std::move(leaf->script.bytes), {}};
            const Hash256 hash = made.hash();
            return Tree{hash, std::move(leaf->text), {std::move(made)}};
        }
        auto left = tree(node.children[0]);
        auto right = tree(node.children[1]);
        if (!left || !right) return std::nullopt;
        Tree out{script::tapbranch_hash(left->hash.view(), right->hash.view()),
                 "{" + left->text + "," + right->text + "}",
                 {}};
        const auto take = [&out](std::vector<TapLeaf>& leaves, const Hash256& sibling) {
            for (TapLeaf& leaf : leaves) {
                ++leaf.depth;
                append(leaf.control, sibling.view());
                out.leaves.push_back(std::move(leaf));
            }
        };
        take(left->leaves, right->hash);
        take(right->leaves, left->hash);
        return out;
    }
    std::optional<Made> taproot(const DescriptorNode& node) {
        const auto key = key_of(node.keys[0]);
        if (!key) return std::nullopt;
        TaprootOutput made{XOnlyPubKey::from(key->key), {}, {}};
        std::string text = "tr(" + key->text(true);
        if (!node.children.empty()) {
            auto root = tree(node.children[0]);
            if (!root) return std::nullopt;
            made.merkle_root = to_bytes(root->hash.view());
            made.leaves = std::move(root->leaves);
            text += "," + root->text;
        }
        const auto output =
            made.internal_key.add_tweak(script::taptweak_hash(made.internal_key.view(), made.merkle_root).view());
        if (!output) return std::nullopt;
        for (TapLeaf& leaf : made.leaves) {
            Bytes control = {static_cast<uint8_t>(leaf.version | (output->is_odd ? 1 : 0))};
            append(control, made.internal_key.view());
            append(control, leaf.control);
            leaf.control = std::move(control);
        }
        out.keys.taproot.insert_or_assign(output->key, std::move(made));
        return Made{script::make_witness_program(1, output->key.view()), text + ")"};
    }

    uint32_t index_;
    bool with_secrets_;
};

}  // namespace

Descriptor::Descriptor(std::unique_ptr<DescriptorNode> node) : node_(std::move(node)) {}
Descriptor::Descriptor(Descriptor&&) noexcept = default;
Descriptor& Descriptor::operator=(Descriptor&&) noexcept = default;
Descriptor::~Descriptor() = default;

Result<std::vector<Descriptor>> Descriptor::parse(std::string_view text, const ChainParams& params,
                                                  bool checksum_required) {
    const std::string body = TRY(strip_checksum(text, checksum_required));
    std::vector<Descriptor> out;
    for (const std::string& each : TRY(split_multipath(body))) {
        out.push_back(Descriptor(std::make_unique<DescriptorNode>(TRY(parse_descriptor(each, params)))));
    }
    return out;
}

bool Descriptor::is_range() const { return any_key(*node_, &KeyExpression::is_range); }
bool Descriptor::has_secrets() const { return any_key(*node_, &KeyExpression::has_secret); }
bool Descriptor::is_solvable() const { return node_->function != Function::kAddr && node_->function != Function::kRaw; }
bool Descriptor::is_combo() const { return node_->function == Function::kCombo; }

std::optional<OutputKind> Descriptor::output_kind() const {
    const DescriptorNode* inner = node_->children.empty() ? nullptr : &node_->children[0];
    switch (node_->function) {
        case Function::kPkh: return OutputKind::kLegacy;
        case Function::kWpkh:
        case Function::kWsh: return OutputKind::kBech32;
        case Function::kTr:
        case Function::kRawTr: return OutputKind::kBech32m;
        case Function::kSh:
            return inner->function == Function::kWpkh || inner->function == Function::kWsh ? OutputKind::kNestedSegwit
                                                                                           : OutputKind::kLegacy;
        case Function::kAddr:
        case Function::kRaw:
            switch (script::classify(node_->script.view()).kind) {
                case script::TemplateKind::kPubkeyHash:
                case script::TemplateKind::kScriptHash: return OutputKind::kLegacy;
                case script::TemplateKind::kWitnessV0KeyHash:
                case script::TemplateKind::kWitnessV0ScriptHash: return OutputKind::kBech32;
                case script::TemplateKind::kWitnessV1Taproot: return OutputKind::kBech32m;
                default: return std::nullopt;
            }
        default: return std::nullopt;
    }
}

std::string Descriptor::to_string() const { return write_descriptor(*node_, &KeyExpression::to_string); }

std::string Descriptor::secret_text(const ChainParams& params) const {
    return write_descriptor(*node_, [&params](const KeyExpression& key) { return key.secret_text(params); });
}

std::optional<Descriptor::Normal> Descriptor::normalized(const ChainParams& params) const {
    Normal out;
    bool whole = true;
    out.text = write_descriptor(*node_, [&](const KeyExpression& key) {
        auto normal = key.normalized(params);
        whole = whole && normal;
        if (!normal) return std::string();
        if (normal->secret) out.secrets.push_back({normal->base, std::move(*normal->secret)});
        return std::move(normal->text);
    });
    return whole ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<PubKey> Descriptor::bases() const {
    std::vector<PubKey> out;
    each_key(*node_, [&](const KeyExpression& key) { out.push_back(key.base()); });
    return out;
}

void Descriptor::give_secrets(const std::function<std::optional<SecretKey>(const PubKey&)>& secret_of) {
    each_key(*node_, [&](KeyExpression& key) {
        if (const auto secret = secret_of(key.base())) key.give_secret(*secret);
    });
}

std::optional<Descriptor::Expansion> Descriptor::expand(uint32_t index, bool with_secrets) const {
    CHECK(index < kHardened);
    Expander expander(index, with_secrets);
    if (!expander.top(*node_)) return std::nullopt;
    return std::move(expander.out);
}

}  // namespace sluice::signing
