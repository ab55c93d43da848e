// Handlers about transactions, scripts and addresses as such.
#pragma once

#include "consensus/primitives/transaction.h"
#include "rpc/dispatcher.h"
#include "rpc/ports.h"

namespace sluice::index {
class TxIndex;
}

namespace sluice::rpc {

// `tx_index`: null where none is kept. `find_in_pool`: any thread; nullptr if the pool does not have it.
void add_rawtx_methods(Dispatcher& dispatcher, const ChainPorts& ports, std::function<TxRef(const Txid&)> find_in_pool,
                       const index::TxIndex* tx_index = nullptr);

// In the pool, or in a block that the index (which may be null) names; nullptr: in neither.
TxRef find_transaction(const ChainPorts& ports, const std::function<TxRef(const Txid&)>& find_in_pool,
                       const index::TxIndex* txs, const Txid& txid);

// -22 "TX decode failed" with the reference's advice.
Result<TxRef, RpcError> tx_from_hex(std::string_view hex, std::string_view message);

}  // namespace sluice::rpc
