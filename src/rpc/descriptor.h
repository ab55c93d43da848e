// Descriptors as far as the node itself reads them: addr(ADDRESS) and raw(HEX), with or without a checksum. Others are the wallet's.
#pragma once

#include <string>

#include "consensus/primitives/script_bytes.h"
#include "rpc/error.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::rpc {

struct ScriptDescriptor {
    Script script;
    std::string text;  // without checksum
};
Result<ScriptDescriptor, RpcError> read_descriptor(const std::string& text, const ChainParams& params);

}  // namespace sluice::rpc
