// A chain whose genesis block gives free coins that anybody may spend, and somebody who is not the wallet.
#pragma once

#include "consensus/params/chain_params.h"

namespace sluice::wallet {

inline const Script kStranger{{0x00, 0x14, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}};

inline ChainParams params_with_free_coins(int64_t sat) {
    Options options;
    options.add("initialfreecoins", std::to_string(sat));
    options.add("anyonecanspendaremine", "1");
    return make_chain_params("elementsregtest", options).value();
}

}  // namespace sluice::wallet
