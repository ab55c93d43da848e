// What handlers of PSETs share.
#pragma once

#include "pset/proofs.h"
#include "pset/pset.h"
#include "rpc/pset_methods.h"

namespace sluice::rpc {

inline constexpr int64_t kPsetVersion = 2;  // the only one there is

// The parts of add_pset_methods.
void add_pset_make_methods(Dispatcher& dispatcher, const PsetPorts& ports);
void add_pset_join_methods(Dispatcher& dispatcher, const PsetPorts& ports);    // combine, finalize
void add_pset_update_methods(Dispatcher& dispatcher, const PsetPorts& ports);  // from the chain and from descriptors

// -22 "TX decode failed ..."
Result<pset::Pset, RpcError> pset_from_base64(std::string_view text);
std::string pset_to_base64(const pset::Pset& pset);
// {"psbt", "complete", "hex"}; complete: every input's final scripts satisfy what it spends. -25 as unsigned_tx.
RpcResult processed_pset_json(const pset::Pset& pset, const ChainParams& params);
// decodepsbt.
Json pset_json(const pset::Pset& pset, const ChainParams& params, const AssetLabels& labels);

// Elements' words for what is wrong with the proofs of an output or a coin; `good` and `not_blinded` where nothing is.
std::string_view proof_status(pset::ProofState state, std::string_view good, std::string_view not_blinded);
// "ALL|ANYONECANPAY"; empty if the type has no name.
std::string sighash_name(int32_t type);
// -8 for a text that names none.
Result<uint8_t, RpcError> sighash_from_name(const std::string& name);

}  // namespace sluice::rpc
