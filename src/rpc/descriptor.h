// Descriptors as RPC arguments: with ranges where a scan takes them, one script where somebody is to be paid. The
// language itself is signing/descriptor.h. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "rpc/error.h"
#include "signing/key_ring.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::rpc {

struct ScriptDescriptor {
    Script script;
    std::string text;  // the descriptor of this script alone, with its checksum
};

// First and last index: a number (from 0 on), or [first, last].
Result<std::pair<uint32_t, uint32_t>, RpcError> descriptor_range(const Json& value);

// A scan object: a descriptor, or {"desc", "range"} (0 to 1000 where a ranged one has none). All scripts that it stands
// for, of every path and index.
Result<std::vector<ScriptDescriptor>, RpcError> scan_object_scripts(const Json& object, const ChainParams& params);

// What scan objects tell of keys and scripts, secrets included where they have them.
Result<signing::KeyRing, RpcError> scan_object_keys(const Json& objects, const ChainParams& params);

inline constexpr std::string_view kNeedsPrivateKeys = "Cannot derive script without private keys";

// One script to pay to: of combo the witness program if the key has one, else the key's hash.
Result<Script, RpcError> payable_script(const std::string& descriptor, const ChainParams& params);

}  // namespace sluice::rpc
