// The trace of an input's scripts up to where they fail: which script, which opcode, what stood on the stacks before
// it. Made by running the input again, so that the path that only judges pays nothing. Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "consensus/script/observer.h"
#include "consensus/script/sighash.h"

namespace sluice::script {

struct TracedStep {
    ScriptPosition at;
    uint8_t opcode = 0;
    bool executing = true;
    std::vector<Bytes> stack;  // before it, bottom first
    std::vector<Bytes> alt_stack;
};
struct TracedScript {
    Bytes script;
    SigVersion version = SigVersion::kBase;
    uint32_t steps = 0;         // instructions that it came to
    std::vector<Bytes> before;  // stack at its start
    std::vector<Bytes> after;   // at its end, if it ended well
    std::optional<ScriptError> error;
    ScriptPosition end;
};
struct ScriptTrace {
    ScriptResult result;
    std::vector<TracedScript> scripts;  // in the order in which they ran
    // Of the script that failed, its last instructions, the failing one last. Empty: it failed before its first or
    // after its last (an IF left open), or no script failed by itself but what came before or after (an empty stack, a
    // witness not asked for).
    std::vector<TracedStep> last_steps;

    [[nodiscard]] const TracedScript* failed_script() const {
        return scripts.empty() || !scripts.back().error ? nullptr : &scripts.back();
    }
    // The instruction that failed.
    [[nodiscard]] const TracedStep* failed_step() const { return last_steps.empty() ? nullptr : &last_steps.back(); }
};

// `run` verifies the input with the observer that it is given; it is called twice. At most `steps` (> 0) of the last
// instructions are kept. Their stacks are bounded by the interpreter's own limits.
ScriptTrace trace_script(const std::function<ScriptResult(ScriptObserver&)>& run, size_t steps);

// Of an input, as verify_input judges it. Without the outputs that the other inputs spend, a taproot spend says that it
// cannot be told.
ScriptTrace trace_input(const Transaction& tx, size_t index, std::span<const TxOut> spent, Flags flags,
                        const TxHashes& hashes, size_t steps);
ScriptTrace trace_input(const Transaction& tx, size_t index, const TxOut& spent, Flags flags, const TxHashes& hashes,
                        size_t steps);

// "scriptSig", "scriptPubKey", "redeemScript", "witnessScript", "tapscript".
std::string_view role_of(const ScriptTrace& trace, size_t script);

}  // namespace sluice::script
