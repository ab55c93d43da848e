// Handlers that need keys but no wallet: descriptors, multisig addresses, signing with keys that the caller brings, and
// signed messages. Stateless.
#pragma once

#include "rpc/dispatcher.h"
#include "rpc/pool_methods.h"
#include "rpc/ports.h"

namespace sluice::rpc {

// All of them.
void add_sign_methods(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool);
// getdescriptorinfo, deriveaddresses, createmultisig; add_sign_methods() calls it.
void add_descriptor_methods(Dispatcher& dispatcher, const ChainPorts& ports);
// signmessagewithprivkey, verifymessage; add_sign_methods() calls it.
void add_message_methods(Dispatcher& dispatcher, const ChainPorts& ports);

}  // namespace sluice::rpc
