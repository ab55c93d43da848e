// NextBlock: what the federation's parameters say of the block after a tip. It depends on the headers alone and is
// worked out once a tip: a PAK list is up to 255 entries of two points each, and anybody may send a transaction. A
// value.
#pragma once

#include <vector>

#include "consensus/primitives/fedpeg_script.h"
#include "consensus/primitives/ids.h"
#include "federation/rules/pak.h"

namespace sluice::mempool {

struct NextBlock {
    BlockHash tip;
    std::vector<FedpegScript> fedpegs;     // that claims may be made for
    std::vector<fed_rules::PakEntry> pak;  // empty: no peg-out is authorized
};

}  // namespace sluice::mempool
