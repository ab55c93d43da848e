// Scripts as JSON, key for key as the reference prints them (asm, descriptor, hex, address, type, peg-out fields).
// Pure.
#pragma once

#include <string>

#include "consensus/params/chain_params.h"
#include "rpc/json.h"
#include "signing/checksum.h"

namespace sluice::rpc {

// {"asm", "hex"} of an input script.
Json script_sig_json(const Script& script);
// "scriptPubKey" of an output; of a peg-out also the parent-chain script in it.
Json script_pubkey_json(const Script& script, const ChainParams& params);
// The output descriptor that a node without keys infers: pk, multi, rawtr, addr or raw, with its checksum.
std::string infer_descriptor(const Script& script, const ChainParams& params);
using signing::descriptor_checksum;

}  // namespace sluice::rpc
