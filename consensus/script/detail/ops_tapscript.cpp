// Opcodes that exist in tapscript only.
#include "consensus/script/detail/evaluation.h"

namespace sluice::script::detail {

ScriptResult Evaluation::tapscript_op(uint8_t) { return script_fail(ScriptError::kTaprootUnavailable); }

}  // namespace sluice::script::detail
