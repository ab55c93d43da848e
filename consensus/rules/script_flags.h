// The script rules that hold in a block (script.md section 2). Pure.
#pragma once

#include "consensus/rules/versionbits.h"
#include "consensus/script/flags.h"

namespace sluice::rules {

// For the block after the end of `parents`. Transactions of the mempool add policy's flags.
script::Flags block_script_flags(const ChainParams& params, const HeaderView& parents, VersionBits& version_bits);

}  // namespace sluice::rules
