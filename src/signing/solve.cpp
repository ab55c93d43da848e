#include "signing/solve.h"

#include "consensus/script/script.h"
#include "consensus/script/taproot.h"
#include "consensus/script/templates.h"
#include "signing/detail/signature_source.h"
#include "signing/sign.h"

namespace sluice::signing {
namespace {

using detail::SignatureSource;
using script::SigVersion;
using script::Template;
using script::TemplateKind;

Script push_all(const WitnessStack& stack) {
    script::ScriptBuilder builder;
    for (const Bytes& item : stack) {
        // Small numbers have opcodes of their own (BIP62 rule 3).
        if (item.empty() || (item.size() == 1 && item[0] >= 1 && item[0] <= 16)) {
            builder.number(item.empty() ? 0 : item[0]);
        } else {
            builder.push(item);
        }
    }
    return builder.build();
}

size_t weight_of(const WitnessStack& stack) {
    size_t out = 0;
    for (const Bytes& item : stack) out += 1 + item.size();
    return out;
}

// "<key> CHECKSIG", or "<key> CHECKSIG <key> CHECKSIGADD ... <number> NUMEQUAL" (BIP387).
struct LeafKeys {
    std::vector<XOnlyPubKey> keys;
    size_t required = 1;
};

std::optional<size_t> small_number(const script::Instruction& instruction) {
    if (instruction.opcode >= script::OP_1 && instruction.opcode <= script::OP_16)
        return static_cast<size_t>(instruction.opcode - script::OP_1 + 1);
    if (!instruction.is_push() || instruction.data.empty() || instruction.data.size() > 2) return std::nullopt;
    const size_t high = instruction.data.size() == 2 ? instruction.data[1] : 0;
    return high < 0x80 ? std::optional(instruction.data[0] + (high << 8)) : std::nullopt;
}

std::optional<LeafKeys> leaf_keys_of(ByteView leaf) {
    LeafKeys out;
    script::ScriptParser parser(leaf);
    while (const auto first = parser.next()) {
        const auto second = parser.next();
        if (!second) return std::nullopt;
        if (second->opcode == script::OP_NUMEQUAL) {
            const auto required = small_number(*first);
            if (!required || *required < 1 || *required > out.keys.size() || parser.next() || !parser.at_end())
                return std::nullopt;
            out.required = *required;
            return out;
        }
        const uint8_t wanted = out.keys.empty() ? script::OP_CHECKSIG : script::OP_CHECKSIGADD;
        const auto key = first->is_push() ? XOnlyPubKey::parse(first->data) : std::nullopt;
        if (!key || second->opcode != wanted) return std::nullopt;
        out.keys.push_back(*key);
    }
    return parser.at_end() && out.keys.size() == 1 ? std::optional(std::move(out)) : std::nullopt;
}

bool is_committed(const TapLeaf& leaf, ByteView program) {
    const size_t size = leaf.control.size();
    const bool shaped = size >= script::kControlBase && (size - script::kControlBase) % script::kControlNode == 0 &&
                        (size - script::kControlBase) / script::kControlNode <= script::kControlMaxNodes;
    return shaped && (leaf.control[0] & 0xfe) == leaf.version &&
           script::verify_taproot_commitment(leaf.control, program, leaf.hash());
}

class Solver {
public:
    Solver(SignatureSource& source, const KeyRing& keys, const InputParts& given)
        : source_(source), keys_(keys), given_(given) {}

    Solution run(const Script& spent) {
        WitnessStack stack;
        Template shape = script::classify(spent.view(), true);
        Script redeem;
        bool solved = true;
        if (shape.kind == TemplateKind::kScriptHash) {
            const auto found = redeem_script(shape.parts[0]);
            if (!found) return std::move(out_);
            redeem = *found;
            out_.parts.redeem_script = redeem;
            shape = script::classify(redeem.view(), true);
            // Neither P2SH nor taproot nests.
            solved = shape.kind != TemplateKind::kScriptHash && shape.kind != TemplateKind::kWitnessV1Taproot;
        }
        const Script& program = redeem.empty() ? spent : redeem;
        if (shape.kind == TemplateKind::kWitnessV0KeyHash) {
            const Script code = script::make_p2pkh(Hash160::from_view(shape.parts[0]));
            solved = plain(script::classify(code.view()), code, SigVersion::kWitnessV0, stack);
            out_.witness = std::exchange(stack, {});
        } else if (shape.kind == TemplateKind::kWitnessV0ScriptHash) {
            solved = witness_script_hash(shape.parts[0]);
        } else if (shape.kind == TemplateKind::kWitnessV1Taproot) {
            solved = solved && taproot(shape.parts[0]);
        } else if (shape.kind != TemplateKind::kAnchor) {
            solved = solved && plain(shape, program, SigVersion::kBase, stack);
        }
        if (!redeem.empty()) stack.push_back(redeem.bytes);
        out_.script_sig = push_all(stack);
        out_.complete = solved;
        return std::move(out_);
    }

private:
    template <class Id>
    static const Script* find_script(const std::map<Id, Script>& known, const Script& given, const Bytes& hash,
                                     const Id& hash_of_given) {
        const Id id = Id::from_view(hash);
        if (const auto found = known.find(id); found != known.end()) return &found->second;
        return !given.empty() && hash_of_given == id ? &given : nullptr;
    }
    const Script* redeem_script(const Bytes& hash) {
        const Script* found =
            find_script(keys_.redeem_scripts, given_.redeem_script, hash, hash160(given_.redeem_script.view()));
        if (found == nullptr) out_.missing_redeem_script = hash;
        return found;
    }

    bool witness_script_hash(const Bytes& hash) {
        const Script* inner =
            find_script(keys_.witness_scripts, given_.witness_script, hash, sha256(given_.witness_script.view()));
        if (inner == nullptr) {
            out_.missing_witness_script = hash;
            return false;
        }
        out_.parts.witness_script = *inner;
        WitnessStack stack;
        const bool solved = plain(script::classify(inner->view(), true), *inner, SigVersion::kWitnessV0, stack);
        stack.push_back(inner->bytes);
        out_.witness = std::move(stack);
        return solved;
    }

    // What signatures satisfy directly.
    bool plain(const Template& shape, const Script& code, SigVersion version, WitnessStack& stack) {
        switch (shape.kind) {
            case TemplateKind::kOpTrue: return true;
            case TemplateKind::kPubkey: {
                auto signature = signature_of(shape.parts[0], code, version);
                if (!signature) return false;
                stack.push_back(std::move(*signature));
                return true;
            }
            case TemplateKind::kPubkeyHash: {
                const auto key = key_of(Hash160::from_view(shape.parts[0]));
                if (!key) return false;
                out_.parts.keys.push_back(*key);
                auto signature = signature_of(key->view(), code, version);
                if (!signature) return false;
                stack = {std::move(*signature), to_bytes(key->view())};
                return true;
            }
            case TemplateKind::kMultisig: return multisig(shape, code, version, stack);
            default: return false;
        }
    }
    bool multisig(const Template& shape, const Script& code, SigVersion version, WitnessStack& stack) {
        const size_t size = 1 + static_cast<size_t>(shape.required);
        stack.emplace_back();  // CHECKMULTISIG takes one item too many
        // All are signed for: who puts copies together may want any of them.
        for (const Bytes& key : shape.parts) {
            auto signature = signature_of(key, code, version);
            if (signature && stack.size() < size) stack.push_back(std::move(*signature));
        }
        const bool complete = stack.size() == size;
        stack.resize(size);
        return complete;
    }

    std::optional<Bytes> signature_of(ByteView key, const Script& code, SigVersion version) {
        const auto pubkey = PubKey::parse(key);
        if (!pubkey) return std::nullopt;
        auto out = source_.ecdsa(*pubkey, code, version);
        if (out) {
            out_.parts.signatures.insert_or_assign(pubkey->hash160(), PartialSignature{*pubkey, *out});
        } else {
            out_.missing_signatures.push_back(pubkey->hash160());
        }
        return out;
    }
    std::optional<PubKey> key_of(const Hash160& hash) {
        if (const auto found = keys_.keys.find(hash); found != keys_.keys.end()) return found->second.key;
        if (const auto found = given_.signatures.find(hash); found != given_.signatures.end()) return found->second.key;
        for (const PubKey& key : given_.keys) {
            if (key.hash160() == hash) return key;
        }
        out_.missing_keys.push_back(hash);
        return std::nullopt;
    }

    bool taproot(const Bytes& program) {
        const auto output = XOnlyPubKey::parse(program);
        if (!output) return false;
        const auto found = keys_.taproot.find(*output);
        const TaprootOutput* made = found != keys_.taproot.end() ? &found->second
                                    : given_.taproot             ? &*given_.taproot
                                                                 : nullptr;
        if (made != nullptr) list_keys(*made);
        // What was given is where it came from.
        if (found != keys_.taproot.end()) out_.parts.taproot = *made;
        if (auto signature = source_.tap_key(*output, made)) {
            out_.parts.tap_key_signature = *signature;
            out_.witness = {std::move(*signature)};
            return true;
        }
        bool complete = false;
        for (const TapLeaf& leaf : made != nullptr ? made->leaves : std::vector<TapLeaf>()) {
            WitnessStack stack;
            if (!is_committed(leaf, program) || !leaf_stack(leaf, stack)) continue;
            if (!complete || weight_of(stack) < weight_of(out_.witness)) out_.witness = std::move(stack);
            complete = true;
        }
        return complete;
    }
    void list_keys(const TaprootOutput& made) {
        out_.tap_keys[made.internal_key];
        for (const TapLeaf& leaf : made.leaves) {
            const auto wanted = leaf_keys_of(leaf.script);
            for (const XOnlyPubKey& key : wanted ? wanted->keys : std::vector<XOnlyPubKey>())
                out_.tap_keys[key].insert(leaf.hash());
        }
    }
    bool leaf_stack(const TapLeaf& leaf, WitnessStack& stack) {
        if (leaf.version != script::kLeafTapscript) return false;
        const auto wanted = leaf_keys_of(leaf.script);
        if (!wanted) return false;
        const Hash256 hash = leaf.hash();
        size_t found = 0;
        for (const XOnlyPubKey& key : wanted->keys) {
            auto signature = source_.tap_leaf({key, hash});
            if (signature) out_.parts.tap_leaf_signatures.insert_or_assign(LeafKey{key, hash}, *signature);
            const bool taken = signature && found < wanted->required;
            stack.push_back(taken ? std::move(*signature) : Bytes());
            found += taken ? 1 : 0;
        }
        // The first key's is on top.
        std::ranges::reverse(stack);
        stack.push_back(leaf.script);
        stack.push_back(leaf.control);
        return found == wanted->required;
    }

    SignatureSource& source_;
    const KeyRing& keys_;
    const InputParts& given_;
    Solution out_;
};

}  // namespace

Solution solve(const Transaction& tx, size_t index, const TxOut& spent, const SignContext& context, const KeyRing& keys,
               const InputParts& given) {
    SignatureSource source(tx, index, spent, context, keys, given);
    return Solver(source, keys, given).run(spent.script);
}

Solution look_into(const Script& spent, const KeyRing& keys, const InputParts& given) {
    const KeyRing nobody;
    SignatureSource source(nobody, false);
    return Solver(source, keys, given).run(spent);
}

bool can_sign(const Script& spent, const KeyRing& keys) {
    const InputParts nothing;
    SignatureSource source(keys, false);
    return Solver(source, keys, nothing).run(spent).complete;
}

std::optional<DummyScripts> dummy_scripts(const Script& spent, const KeyRing& keys, const InputParts& given) {
    for (const bool any_key : {false, true}) {
        SignatureSource source(keys, any_key);
        Solution made = Solver(source, keys, given).run(spent);
        if (made.complete) return DummyScripts{std::move(made.script_sig), std::move(made.witness)};
    }
    return std::nullopt;
}

}  // namespace sluice::signing
