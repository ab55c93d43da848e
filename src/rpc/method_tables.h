// The groups of the method table (see method.h); one file each.
#pragma once

#include "rpc/method.h"

namespace sluice::rpc {

std::vector<Method> chain_methods();
std::vector<Method> control_methods();
std::vector<Method> federation_methods();
std::vector<Method> mining_methods();
std::vector<Method> network_methods();
std::vector<Method> pset_methods();
std::vector<Method> rawtx_methods();
std::vector<Method> signing_methods();
std::vector<Method> wallet_methods();
std::vector<Method> zmq_methods();

}  // namespace sluice::rpc
