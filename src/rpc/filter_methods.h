// Handlers that look through blocks for scripts: getblockfilter and scanblocks by the index of block filters,
// getdescriptoractivity by reading blocks.
#pragma once

#include "rpc/dispatcher.h"
#include "rpc/pool_methods.h"
#include "rpc/ports.h"

namespace sluice::index {
struct StoredFilter;
}

namespace sluice::rpc {

void add_filter_methods(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool);
// add_filter_methods() calls it, and add_utxos_method().
void add_activity_method(Dispatcher& dispatcher, const ChainPorts& ports, const PoolPorts& pool);

// The kind of filter that a caller names: -5 if unknown, -1 if no such index is kept.
Result<const index::FilterIndex*, RpcError> named_filters(const ChainPorts& ports, const std::string& type);
// The filter of a block. Waits a little for the index; the error says why there is none.
Result<index::StoredFilter, RpcError> filter_of(const ChainPorts& ports, const BlockHash& hash);

}  // namespace sluice::rpc
