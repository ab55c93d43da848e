// What handlers of raw transactions share: outputs put back into the open, and blinding what the nonces mark. Pure.
#pragma once

#include <functional>

#include "consensus/primitives/fedpeg_script.h"
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

// createrawtransaction's arguments.
struct RawOrder {
    Json inputs;
    Json outputs;
    int64_t lock_time = 0;
    std::optional<bool> replaceable;
    std::optional<std::vector<FedpegScript>> fedpegs;  // whose deposits inputs may claim; absent: none
};
// From the first four arguments; one in the fourth place that is no flag is another method's.
Result<RawOrder, RpcError> read_raw_order(const Args& args);
Result<Transaction, RpcError> make_raw_transaction(const RawOrder& order, const ChainParams& params);
// The addresses of such outputs, in order; an output without one has an empty text.
std::vector<std::string> destinations_of(const Json& outputs);

// createrawtransaction and its kin; stateless.
void add_raw_make_methods(Dispatcher& dispatcher, const ChainPorts& ports);
void add_raw_blind_methods(Dispatcher& dispatcher, const ChainPorts& ports);

}  // namespace sluice::rpc
