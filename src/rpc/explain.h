// explain: why a transaction or block was refused, in parts that a program can read. The reject strings that clients
// know stay as they are; this stands beside them. Rule, place and values come from where the rule was applied (Breach);
// scripts are run again here, so that what judges pays nothing for it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "consensus/primitives/block.h"
#include "consensus/rules/script_check.h"
#include "rpc/pool_methods.h"

namespace sluice::rpc {

// A transaction with what its inputs spend, as far as that is known.
struct Explained {
    TxRef tx;
    std::vector<std::optional<TxOut>> spent;  // by input
    script::Flags flags = script::kStandardFlags;
};
// State thread. `given` wins over pool and chain.
Explained look_up(const ChainPorts& chain, const PoolPorts& pool, const TxRef& tx,
                  const std::map<OutPoint, TxOut>& given = {});

// {"rule", "reject", "kind", "stage", "punished", "page" or "asks", "detail", "place", "input" or "output",
// "transaction", "txid", "values", "script"}; what does not apply is left out. It may run scripts again: not for the
// state thread.
Json explain_json(const std::string& reason, const std::string& detail, const Breach& breach,
                  const ChainParams& params);
// Each input's scripts up to where they fail, with up to `steps` of the last instructions.
Json inputs_json(const Explained& about, const ChainParams& params, size_t steps);
// Explicit amounts by asset; what is hidden is counted.
Json balance_json(const Explained& about);

// explaintransaction, getblockrejection.
void add_explain_methods(Dispatcher& dispatcher, const ChainPorts& chain, const PoolPorts& pool);

}  // namespace sluice::rpc
