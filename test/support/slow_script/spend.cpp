// Which scripts an input runs (BIP 16, 141, 341, 342; protocol page "script", section 5).
#include <algorithm>

#include "support/slow_script/curve.h"
#include "support/slow_script/digest.h"
#include "support/slow_script/machine.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

namespace {

class Spend {
public:
    explicit Spend(const Spending& on)
        : on_(on),
          witness_(on.tx.inputs[on.index].witness.script_witness.begin(),
                   on.tx.inputs[on.index].witness.script_witness.end()) {}

    void judge() {
        const Octets script_sig = bytes_of(on_.tx.inputs[on_.index].script_sig);
        const Octets script_pubkey = bytes_of(on_.spent[on_.index].script);
        if (has(kSigPushOnly) && !only_pushes(script_sig)) refuse("SIG_PUSHONLY");
        const std::vector<Octets> pushed = evaluate({}, script_sig);
        std::vector<Octets> stack = evaluate(pushed, script_pubkey);
        demand_true(stack);
        bool used_witness = false;
        if (has(kWitness) && read_program(script_pubkey).version >= 0) {
            if (!script_sig.empty()) refuse("WITNESS_MALLEATED");
            judge_program(read_program(script_pubkey), false);
            used_witness = true;
            stack = {Octets{1}};
        }
        const bool pays_hash = script_pubkey.size() == 23 && script_pubkey[0] == 0xa9 && script_pubkey[1] == 20 &&
                               script_pubkey[22] == 0x87;
        if (has(kP2sh) && pays_hash) {
            if (!only_pushes(script_sig)) refuse("SIG_PUSHONLY");
            const Octets redeem = pushed.back();
            stack = evaluate({pushed.begin(), pushed.end() - 1}, redeem);
            demand_true(stack);
            if (has(kWitness) && read_program(redeem).version >= 0) {
                if (script_sig != push_instruction(redeem)) refuse("WITNESS_MALLEATED_P2SH");
                judge_program(read_program(redeem), true);
                used_witness = true;
                stack = {Octets{1}};
            }
        }
        if (has(kCleanStack) && stack.size() != 1) refuse("CLEANSTACK");
        if (has(kWitness) && !used_witness && !witness_.empty()) refuse("WITNESS_UNEXPECTED");
    }

private:
    [[nodiscard]] bool has(uint32_t flag) const { return (on_.flags & flag) != 0; }
    static Octets bytes_of(const Script& script) { return {script.bytes.begin(), script.bytes.end()}; }
    static void demand_true(const std::vector<Octets>& stack) {
        if (stack.empty() || !is_true(stack.back())) refuse("EVAL_FALSE");
    }
    std::vector<Octets> evaluate(const std::vector<Octets>& stack, const Octets& script) const {
        TaprootState none;
        Machine machine(on_, Version::kLegacy, stack, script, none);
        machine.run();
        return machine.stack();
    }
    void run_witness(const std::vector<Octets>& stack, const Octets& script, Version version,
                     TaprootState state) const {
        for (const Octets& item : stack) {
            if (item.size() > 520) refuse("PUSH_SIZE");
        }
        Machine machine(on_, version, stack, script, state);
        machine.run();
        if (machine.stack().size() != 1) refuse("CLEANSTACK");
        demand_true(machine.stack());
    }

    void judge_program(const Program& program, bool wrapped) const {
        if (program.version == 0) return judge_v0(program.bytes);
        if (program.version == 1 && program.bytes.size() == 32 && !wrapped) {
            if (has(kTaproot)) judge_taproot(program.bytes);
            return;
        }
        if (program.version == 1 && program.bytes == Octets{0x4e, 0x73} && !wrapped) return;
        if (has(kDiscourageProgram)) refuse("DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM");
    }

    void judge_v0(const Octets& program) const {
        if (program.size() == 20) {
            if (witness_.size() != 2) refuse("WITNESS_PROGRAM_MISMATCH");
            Octets script{0x76, 0xa9, 20};
            script.insert(script.end(), program.begin(), program.end());
            script.push_back(0x88);
            script.push_back(0xac);
            return run_witness(witness_, script, Version::kV0, {});
        }
        if (program.size() != 32) refuse("WITNESS_PROGRAM_WRONG_LENGTH");
        if (witness_.empty()) refuse("WITNESS_PROGRAM_WITNESS_EMPTY");
        if (octets(sha(witness_.back())) != program) refuse("WITNESS_PROGRAM_MISMATCH");
        run_witness({witness_.begin(), witness_.end() - 1}, witness_.back(), Version::kV0, {});
    }

    void judge_taproot(const Octets& output_key) const {
        if (witness_.empty()) refuse("WITNESS_PROGRAM_WITNESS_EMPTY");
        std::vector<Octets> stack = witness_;
        TaprootState state;
        if (stack.size() > 1 && !stack.back().empty() && stack.back()[0] == 0x50) {
            Tape annex;
            state.has_annex = true;
            state.annex = sha(annex.sized(stack.back()).bytes);
            stack.pop_back();
        }
        if (stack.size() == 1) return demand_schnorr(on_, stack[0], output_key, false, state);

        const Octets control = stack.back();
        stack.pop_back();
        const Octets script = stack.back();
        stack.pop_back();
        if (control.size() < 33 || control.size() > 33 + 32 * 128 || control.size() % 32 != 1)
            refuse("TAPROOT_WRONG_CONTROL_SIZE");
        const auto leaf_version = static_cast<uint8_t>(control[0] & 0xfe);
        Tape leaf;
        state.leaf = tagged("TapLeaf/elements", leaf.u8(leaf_version).sized(script).bytes);
        Octets node = octets(state.leaf);
        for (size_t at = 33; at < control.size(); at += 32) {
            const Octets other(control.begin() + static_cast<std::ptrdiff_t>(at),
                               control.begin() + static_cast<std::ptrdiff_t>(at + 32));
            Tape both;
            both.raw(std::min(node, other)).raw(std::max(node, other));
            node = octets(tagged("TapBranch/elements", both.bytes));
        }
        const Octets internal(control.begin() + 1, control.begin() + 33);
        Tape tweak;
        const Octets t = octets(tagged("TapTweak/elements", tweak.raw(internal).raw(node).bytes));
        if (!tweaks(output_key, control[0] % 2 == 1, internal, t)) refuse("WITNESS_PROGRAM_MISMATCH");

        if (leaf_version == 0xc4) return judge_tapscript(stack, script, state);
        if (leaf_version == 0xbe && has(kSimplicity)) {
            refuse(stack.size() != 2 || script.size() != 32 ? "SIMPLICITY_WRONG_LENGTH" : "SIMPLICITY_UNAVAILABLE");
        }
        if (has(kDiscourageLeaf)) refuse("DISCOURAGE_UPGRADABLE_TAPROOT_VERSION");
    }

    void judge_tapscript(const std::vector<Octets>& stack, const Octets& script, TaprootState state) const {
        for (size_t at = 0; at < script.size();) {
            const Token token = read_token(script, at);
            if (!token.whole) refuse("BAD_OPCODE");
            if (is_success(token.opcode)) {
                if (has(kDiscourageSuccess)) refuse("DISCOURAGE_OP_SUCCESS");
                return;
            }
            at = token.end;
        }
        if (stack.size() > 1000) refuse("STACK_SIZE");
        Tape serialized;
        serialized.size(witness_.size());
        for (const Octets& item : witness_) serialized.sized(item);
        state.budget = static_cast<int64_t>(serialized.bytes.size()) + 50;
        run_witness(stack, script, Version::kTapscript, state);
    }

    static bool is_success(uint8_t opcode) {
        static const std::vector<std::pair<int, int>> kRanges = {{80, 80},   {98, 98},   {137, 138}, {141, 142},
                                                                 {149, 151}, {187, 191}, {229, 254}};
        return std::ranges::any_of(kRanges,
                                   [&](const auto& range) { return opcode >= range.first && opcode <= range.second; });
    }

    const Spending& on_;
    const std::vector<Octets> witness_;
};

}  // namespace

std::string spend(const Spending& spending) {
    try {
        Spend(spending).judge();
    } catch (const Refusal& refusal) { return refusal.name; }
    return "OK";
}

Outcome run(const Spending& spending, Version version, std::vector<Octets> stack, const Octets& script,
            TaprootState state) {
    Machine machine(spending, version, std::move(stack), script, state);
    try {
        machine.run();
    } catch (const Refusal& refusal) { return {refusal.name, {}, state.budget}; }
    return {"OK", machine.stack(), state.budget};
}

}  // namespace sluice::slow
