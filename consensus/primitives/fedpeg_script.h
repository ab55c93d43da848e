// A federation's script on the parent chain, as the sidechain's blocks name it (blocks-and-dynafed.md section 8).
#pragma once

#include "consensus/primitives/script_bytes.h"

namespace sluice {

struct FedpegScript {
    Script program;  // the type of the parent-chain output: P2WSH, or P2SH of it
    Script script;   // the script that it hides; untweaked
    bool operator==(const FedpegScript&) const = default;
};

}  // namespace sluice
