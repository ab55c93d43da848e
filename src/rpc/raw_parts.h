// What handlers of raw transactions share: outputs put back into the open, and blinding what the nonces mark. Pure.
#pragma once

#include <functional>

#include "rpc/dispatcher.h"
#include "rpc/ports.h"
#include "wallet/blind_tx.h"

namespace sluice::rpc {

// The output with its content in the open and no proofs.
TxOut opened_output(const TxOut& out, const wallet::Opened& opened);
// The same of what an input issues; what is nullopt stays.
void open_issuance_amounts(TxIn& in, const std::optional<wallet::Opened>& amount,
                           const std::optional<wallet::Opened>& tokens);

// Blinds the outputs in the open whose nonce is a public key, for its holder, and what `request` says of issuances;
// hex. Where inputs hide something and no output is marked, a dummy output is added for the key that `key_of` gives for
// its script; nullopt: an error.
RpcResult blind_marked(Transaction tx, wallet::BlindRequest request, bool hidden_inputs,
                       const std::function<std::optional<PubKey>(const Script&)>& key_of, bool ignore_failure);

// createrawtransaction and its kin; stateless.
void add_raw_make_methods(Dispatcher& dispatcher, const ChainPorts& ports);
void add_raw_blind_methods(Dispatcher& dispatcher, const ChainPorts& ports);

}  // namespace sluice::rpc
