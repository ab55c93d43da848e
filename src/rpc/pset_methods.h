// Methods about PSETs (doc: protocol page "confidential", section 12), in the shapes of Elements' psbt methods. The
// face of that group for the composition of the node.
#pragma once

#include <functional>

#include "consensus/primitives/transaction.h"
#include "rpc/asset_labels.h"
#include "rpc/dispatcher.h"
#include "rpc/ports.h"

namespace sluice::index {
class TxIndex;
}

namespace sluice::rpc {

// All outlives the dispatcher.
struct PsetPorts {
    ChainPorts chain;
    const AssetLabels* labels = nullptr;
    std::function<TxRef(const Txid&)> find_in_pool;  // any thread; nullptr if the pool does not have it
    const index::TxIndex* txs = nullptr;             // null where none is kept
};

void add_pset_methods(Dispatcher& dispatcher, const PsetPorts& ports);

struct WalletPorts;
// Those that the wallet takes part in.
void add_wallet_pset_methods(Dispatcher& dispatcher, const WalletPorts& ports);

}  // namespace sluice::rpc
