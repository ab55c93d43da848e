// Handlers about the chain: reading it (getblock, gettxout, ...) and feeding it (submitblock, invalidateblock, ...).
#pragma once

#include "rpc/dispatcher.h"
#include "rpc/json_block.h"
#include "rpc/ports.h"

namespace sluice::chain {
struct BlockInfo;
}

namespace sluice::rpc {

void add_chain_read_methods(Dispatcher& dispatcher, const ChainPorts& ports);
void add_chain_info_methods(Dispatcher& dispatcher, const ChainPorts& ports);
void add_chain_stats_methods(Dispatcher& dispatcher, const ChainPorts& ports);
void add_chain_write_methods(Dispatcher& dispatcher, const ChainPorts& ports);
// scantxoutset; add_chain_write_methods() calls it.
void add_coin_scan_method(Dispatcher& dispatcher, const ChainPorts& ports);

// Shared with other handlers.
HeaderFacts header_facts(const chain::ChainReader& reader, const chain::BlockInfo& info);
// -5 "Block not found" if unknown.
Result<chain::BlockInfo, RpcError> known_block(const chain::ChainReader& reader, const BlockHash& hash);
// The block's bytes as a value; -1 if its data is not here.
Result<std::shared_ptr<const Block>, RpcError> stored_block(const chain::ChainReader& reader,
                                                            const chain::BlockInfo& info);

}  // namespace sluice::rpc
