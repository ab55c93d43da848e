// Handlers about the transaction pool and about making blocks from it. All of it lives on the state thread.
#pragma once

#include <functional>

#include "assembly/block_policy.h"
#include "consensus/primitives/transaction.h"
#include "rpc/dispatcher.h"
#include "rpc/ports.h"

namespace sluice::mempool {
class Mempool;
class TipSource;
}  // namespace sluice::mempool

namespace sluice::rpc {

struct PoolPorts {
    mempool::Mempool* pool = nullptr;
    mempool::TipSource* tips = nullptr;
    // Announces a transaction to the peers; any thread. May be empty.
    std::function<void(const TxRef&)> relay;
    // Writes the pool to its file and returns its name; state thread. May be empty.
    std::function<Result<std::string>()> save = nullptr;
    assembly::BlockPolicy blocks = {};
};

// getrawmempool, getmempoolentry, gettxout, ..., and the next.
void add_pool_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);
// sendrawtransaction, submitpackage, testmempoolaccept.
void add_submit_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);
// getnewblockhex, generatetoaddress, getmininginfo, ...
void add_mining_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);
// getutxos.
void add_utxos_method(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);

// getblocktemplate.
void add_template_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);

// For add_rawtx_methods.
std::function<TxRef(const Txid&)> pool_finder(const ChainPorts& chain, const PoolPorts& pool);

}  // namespace sluice::rpc
