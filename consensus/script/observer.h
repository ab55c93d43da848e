// ScriptObserver: a port that watches scripts run, for explaining a refusal. It changes nothing. Without one, a run
// costs a comparison with null an opcode. One evaluation at a time.
#pragma once

#include <vector>

#include "consensus/script/checker.h"

namespace sluice::script {

// Where in a script the machine stands.
struct ScriptPosition {
    uint32_t index = 0;  // instructions before
    size_t offset = 0;   // bytes before
};

class ScriptObserver {
public:
    virtual ~ScriptObserver() = default;
    virtual void on_script(ByteView script, SigVersion version, const std::vector<Bytes>& stack) = 0;
    // Before an instruction; `executing` is false in a branch that is not taken.
    virtual void on_step(ScriptPosition at, uint8_t opcode, bool executing, const std::vector<Bytes>& stack,
                         const std::vector<Bytes>& alt_stack) = 0;
    // The script ended here, well or with an error. The stack of a script that failed is in whatever state that left
    // it.
    virtual void on_end(ScriptPosition at, const ScriptResult& result, const std::vector<Bytes>& stack) = 0;
};

}  // namespace sluice::script
