// The script interpreter: runs one script on a stack. Which scripts an input runs, and in what order, is verify.h.
// Pure; any thread. Sources: BIP 16, 62, 65, 66, 112, 141, 143, 342; protocol page "script" sections 1, 3 and 4.
#pragma once

#include <vector>

#include "consensus/script/checker.h"

namespace sluice::script {

using Stack = std::vector<Bytes>;

class ScriptObserver;

// Runs `script` on `stack` (in-out: it is the machine's state). `taproot` is needed for SigVersion::kTapscript and
// counts down its budget; other versions ignore it. An observer (observer.h) may watch. Never runs
// SigVersion::kTaproot: a key path has no script.
ScriptResult eval_script(Stack& stack, ByteView script, Flags flags, const SignatureChecker& checker,
                         SigVersion version, TaprootContext& taproot, ScriptObserver* observer = nullptr);

}  // namespace sluice::script
