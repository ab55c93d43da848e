// Descriptors as far as the node itself reads them: addr(ADDRESS), raw(HEX), and pk, pkh, wpkh, sh(wpkh) and combo of
// one public key in hex, with or without a checksum. Others are the wallet's.
#pragma once

#include <string>
#include <vector>

#include "consensus/primitives/script_bytes.h"
#include "rpc/error.h"

namespace sluice {
struct ChainParams;
}

namespace sluice::rpc {

struct ScriptDescriptor {
    Script script;
    std::string text;  // of this script, without checksum
};
// All scripts that the descriptor stands for: combo has several.
Result<std::vector<ScriptDescriptor>, RpcError> expand_descriptor(const std::string& text, const ChainParams& params);
// One of them, to pay to: of combo the witness program if the key has one, else the key's hash.
Result<ScriptDescriptor, RpcError> read_descriptor(const std::string& text, const ChainParams& params);

}  // namespace sluice::rpc
