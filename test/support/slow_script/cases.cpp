#include "support/slow_script/cases.h"

#include "crypto/keys.h"
#include "support/slow_script/assembler.h"
#include "support/slow_script/curve.h"
#include "support/slow_script/digest.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

namespace {

enum class Shape { kBare, kP2sh, kP2wsh, kP2shP2wsh, kTapscript, kKeyPath, kKeyHash, kOddProgram };

Octets script_hash(const Octets& script) {
    Octets out{0xa9, 20};
    append(out, named_hash("RIPEMD160", octets(sha(script))));
    out.push_back(0x87);
    return out;
}
Octets program(uint8_t opcode, const Octets& bytes) {
    Octets out{opcode, static_cast<uint8_t>(bytes.size())};
    append(out, bytes);
    return out;
}
Octets pushes(const std::vector<Octets>& items) {
    Octets out;
    for (const Octets& item : items) append(out, push_instruction(item));
    return out;
}

// Draws a script; half of them end with what cleans the stack that they leave.
struct Drawn {
    Octets script;
    std::vector<Octets> arguments;
};
Drawn draw_code(Draw& draw, const SpendCase& c, Version version, TaprootState state) {
    Assembler assembler(draw, version);
    assembler.draw_script();
    const auto leaf = [&](const Octets& script) {
        Tape t;
        return tagged("TapLeaf/elements", t.u8(0xc4).sized(script).bytes);
    };
    state.leaf = leaf(assembler.script());
    state.budget = 100'000;
    const Outcome first =
        run(c.spending(), version, assembler.arguments(c.spending(), state), assembler.script(), state);
    if (first.verdict == "OK" || first.verdict == "UNBALANCED_CONDITIONAL") assembler.finish(first.stack.size());
    state.leaf = leaf(assembler.script());
    return {assembler.script(), assembler.arguments(c.spending(), state)};
}

void spend_taproot(Draw& draw, SpendCase& c, bool script_path) {
    WitnessStack& witness = c.tx.inputs[c.index].witness.script_witness;
    Octets& script_pubkey = c.spent[c.index].script.bytes;
    const auto key = static_cast<uint8_t>(draw.below(3));
    const XOnlyPubKey internal = XOnlyPubKey::from(PubKey::parse(test_key(key)).value());
    TaprootState state;
    Octets annex;
    if (draw.once_in(4)) {
        annex = draw.bytes(1 + draw.below(10));
        annex[0] = 0x50;
        Tape t;
        state.has_annex = true;
        state.annex = sha(t.sized(annex).bytes);
    }
    if (!script_path) {
        script_pubkey = program(0x51, to_bytes(internal.view()));
        const auto type = draw.of<uint8_t>({0, 1, 2, 3, 0x81, 0x82, 0x83, 0x41, 4});
        Octets sig = sign_message(key, octets(taproot_digest(c.spending(), type, false, state).value_or(Digest{})));
        if (type != 0 || draw.once_in(8)) sig.push_back(type);
        if (draw.once_in(6)) sig[draw.below(64)] ^= draw.byte();
        witness = {sig};
        if (!annex.empty()) witness.push_back(annex);
        return;
    }
    // The output commits to the script, the signatures to the output: two rounds settle the script first.
    const auto leaf_version = draw.of<uint8_t>({0xc4, 0xc4, 0xc4, 0xc4, 0xc4, 0xc0, 0xbe, 0x50});
    std::vector<Octets> path;
    for (uint32_t i = draw.below(3); i > 0; --i) path.push_back(draw.bytes(32));
    const auto commit = [&](const Octets& script) {
        Tape leaf;
        Octets node = octets(tagged("TapLeaf/elements", leaf.u8(leaf_version).sized(script).bytes));
        for (const Octets& other : path) {
            Tape both;
            node =
                octets(tagged("TapBranch/elements", both.raw(std::min(node, other)).raw(std::max(node, other)).bytes));
        }
        Tape tweak;
        const auto out = internal.add_tweak(
            Hash256(tagged("TapTweak/elements", tweak.raw(to_bytes(internal.view())).raw(node).bytes)).view());
        script_pubkey = program(0x51, to_bytes(out->key.view()));
        Octets control{static_cast<uint8_t>(leaf_version | (out->is_odd ? 1 : 0))};
        append(control, internal.view());
        for (const Octets& other : path) append(control, other);
        return control;
    };
    Assembler assembler(draw, Version::kTapscript);
    assembler.draw_script();
    const auto arguments = [&] {
        Tape leaf;
        state.leaf = tagged("TapLeaf/elements", leaf.u8(leaf_version).sized(assembler.script()).bytes);
        return assembler.arguments(c.spending(), state);
    };
    commit(assembler.script());
    state.budget = 100'000;
    const std::vector<Octets> first = arguments();
    const Outcome outcome = run(c.spending(), Version::kTapscript, first, assembler.script(), state);
    if (outcome.verdict == "OK") assembler.finish(outcome.stack.size());
    Octets control = commit(assembler.script());
    witness = arguments();
    witness.push_back(assembler.script());
    if (draw.once_in(12)) control[draw.below(33)] ^= draw.byte();
    if (draw.once_in(12)) control.pop_back();
    witness.push_back(control);
    if (!annex.empty()) witness.push_back(annex);
}

void spend_key_hash(Draw& draw, SpendCase& c) {
    const auto key = static_cast<uint8_t>(draw.below(3));
    const Octets hash = named_hash("RIPEMD160", octets(sha(test_key(key))));
    Octets code{0x76, 0xa9, 20};
    append(code, hash);
    append(code, Octets{0x88, 0xac});
    const bool segwit = draw.once_in(2);
    c.spent[c.index].script.bytes = segwit ? program(0, hash) : code;
    const auto type = draw.of<uint8_t>({1, 2, 3, 0x81, 0x82, 0x83, 0x41, 0x42, 0x43, 0xc1, 0xc3, 0});
    Octets sig =
        sign_digest(key, segwit ? v0_digest(c.spending(), code, type) : legacy_digest(c.spending(), code, type));
    sig.push_back(type);
    if (draw.once_in(6)) sig[draw.below(60)] ^= draw.byte();
    TxIn& in = c.tx.inputs[c.index];
    if (segwit) {
        in.witness.script_witness = {sig, test_key(key)};
    } else {
        in.script_sig.bytes = pushes({sig, test_key(key)});
    }
}

}  // namespace

SpendCase draw_spend(Draw& draw) {
    SpendCase c = draw_world(draw);
    const auto shape =
        draw.of<Shape>({Shape::kBare, Shape::kP2sh, Shape::kP2wsh, Shape::kP2wsh, Shape::kP2shP2wsh, Shape::kTapscript,
                        Shape::kTapscript, Shape::kTapscript, Shape::kKeyPath, Shape::kKeyHash, Shape::kOddProgram});
    TxIn& in = c.tx.inputs[c.index];
    Octets& script_pubkey = c.spent[c.index].script.bytes;
    switch (shape) {
        case Shape::kTapscript: spend_taproot(draw, c, true); break;
        case Shape::kKeyPath: spend_taproot(draw, c, false); break;
        case Shape::kKeyHash: spend_key_hash(draw, c); break;
        case Shape::kOddProgram: {
            script_pubkey = program(draw.of<uint8_t>({0x00, 0x51, 0x52, 0x60, 0x4f}), draw.bytes(2 + draw.below(40)));
            if (draw.once_in(4)) script_pubkey = {0x51, 2, 0x4e, 0x73};
            if (draw.once_in(4)) {
                in.script_sig.bytes = push_instruction(script_pubkey);
                script_pubkey = script_hash(script_pubkey);
            }
            for (uint32_t i = draw.below(3); i > 0; --i)
                in.witness.script_witness.push_back(draw.bytes(draw.below(40)));
            break;
        }
        case Shape::kBare:
        case Shape::kP2sh: {
            const Drawn drawn = draw_code(draw, c, Version::kLegacy, {});
            script_pubkey = shape == Shape::kBare ? drawn.script : script_hash(drawn.script);
            in.script_sig.bytes = pushes(drawn.arguments);
            if (shape == Shape::kP2sh) append(in.script_sig.bytes, push_instruction(drawn.script));
            break;
        }
        default: {
            const Drawn drawn = draw_code(draw, c, Version::kV0, {});
            const Octets inner = program(0, octets(sha(drawn.script)));
            script_pubkey = shape == Shape::kP2wsh ? inner : script_hash(inner);
            if (shape == Shape::kP2shP2wsh) in.script_sig.bytes = push_instruction(inner);
            in.witness.script_witness = drawn.arguments;
            in.witness.script_witness.push_back(drawn.script);
            break;
        }
    }
    if (draw.once_in(20)) in.witness.script_witness.push_back(draw.bytes(draw.below(40)));
    if (draw.once_in(20)) in.witness.script_witness.clear();
    if (draw.once_in(20)) append(in.script_sig.bytes, draw.bytes(1 + draw.below(3)));
    return c;
}

ScriptCase draw_script(Draw& draw) {
    ScriptCase c;
    c.on = draw_world(draw);
    c.version = draw.of<Version>({Version::kLegacy, Version::kV0, Version::kTapscript, Version::kTapscript});
    Assembler assembler(draw, c.version);
    assembler.draw_script();
    c.script = assembler.script();
    c.state.leaf[0] = 1;
    c.state.has_annex = draw.once_in(4);
    c.stack = assembler.arguments(c.on.spending(), c.state);
    c.state.budget = draw.once_in(6) ? draw.byte() : 10'000;
    return c;
}

}  // namespace sluice::slow
