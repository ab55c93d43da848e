#include "consensus/script/trace.h"

#include "util/check.h"

namespace sluice::script {
namespace {

// The first run: how far each script comes.
class Outline final : public ScriptObserver {
public:
    void on_script(ByteView script, SigVersion version, const std::vector<Bytes>& stack) override {
        TracedScript& out = scripts.emplace_back();
        out.script = to_bytes(script);
        out.version = version;
        out.before = stack;
    }
    void on_step(ScriptPosition, uint8_t, bool, const std::vector<Bytes>&, const std::vector<Bytes>&) override {
        ++scripts.back().steps;
    }
    void on_end(ScriptPosition at, const ScriptResult& result, const std::vector<Bytes>& stack) override {
        TracedScript& out = scripts.back();
        out.end = at;
        if (result) {
            out.after = stack;
        } else {
            out.error = result.error();
        }
    }
    std::vector<TracedScript> scripts;
};

// The second: the stacks near the end of the last script.
class Details final : public ScriptObserver {
public:
    Details(size_t script, uint32_t from_step) : script_(script), from_step_(from_step) {}

    void on_script(ByteView, SigVersion, const std::vector<Bytes>&) override {
        ++seen_scripts_;
        seen_steps_ = 0;
    }
    void on_step(ScriptPosition at, uint8_t opcode, bool executing, const std::vector<Bytes>& stack,
                 const std::vector<Bytes>& alt_stack) override {
        if (seen_scripts_ == script_ + 1 && seen_steps_ >= from_step_)
            steps.push_back({at, opcode, executing, stack, alt_stack});
        ++seen_steps_;
    }
    void on_end(ScriptPosition, const ScriptResult&, const std::vector<Bytes>&) override {}
    std::vector<TracedStep> steps;

private:
    size_t script_;
    uint32_t from_step_;
    size_t seen_scripts_ = 0;
    uint32_t seen_steps_ = 0;
};

}  // namespace

ScriptTrace trace_script(const std::function<ScriptResult(ScriptObserver&)>& run, size_t steps) {
    CHECK(steps > 0);
    ScriptTrace out;
    Outline outline;
    out.result = run(outline);
    out.scripts = std::move(outline.scripts);
    const TracedScript* const failed = out.failed_script();
    // A failure between two instructions is none of the last one that ran: the end stands behind it.
    if (failed == nullptr || failed->steps == 0) return out;
    const uint32_t kept = static_cast<uint32_t>(std::min<size_t>(steps, failed->steps));
    Details details(out.scripts.size() - 1, failed->steps - kept);
    run(details);
    if (details.steps.back().at.index == failed->end.index) out.last_steps = std::move(details.steps);
    return out;
}

std::string_view role_of(const ScriptTrace& trace, size_t script) {
    switch (trace.scripts[script].version) {
        case SigVersion::kBase: return script == 0 ? "scriptSig" : script == 1 ? "scriptPubKey" : "redeemScript";
        case SigVersion::kWitnessV0: return "witnessScript";
        case SigVersion::kTapscript:
        case SigVersion::kTaproot: return "tapscript";
    }
    return "";
}

}  // namespace sluice::script
