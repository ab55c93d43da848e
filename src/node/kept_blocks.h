// KeptBlocks: blocks from peers that are stored without having been connected, so that their givers hear of it when one
// proves bad later. State thread. Bounded: the oldest is forgotten first.
#pragma once

#include <deque>

#include "chain/chain_state.h"
#include "p2p/sync/ports.h"

namespace sluice::node {

class KeptBlocks {
public:
    // `hash` was handed to the chain just now. Answers which of those kept before were refused since the last call for
    // a rule that they break themselves: not for their ancestors, nor by the operator's word.
    std::vector<sync::RefusedBlock> after(const BlockHash& hash, const chain::ChainState& chain);

private:
    std::deque<BlockHash> kept_;
};

}  // namespace sluice::node
