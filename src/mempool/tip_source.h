// TipSource: the chain at its tip, as the mempool judges transactions against it. A port: ChainTipSource (chain_tip.h)
// has it from ChainState; tests from memory. State thread.
#pragma once

#include <functional>
#include <optional>

#include "consensus/primitives/header_view.h"
#include "consensus/rules/coin_view.h"
#include "consensus/rules/proof_cache.h"
#include "consensus/rules/versionbits.h"
#include "peg/proof/parent_view.h"

namespace sluice::mempool {

// Good during the call that hands it out.
struct Tip {
    const HeaderView& headers;  // ends at the tip
    const rules::CoinView& coins;
    rules::VersionBits& version_bits;
    const peg::ParentView* parent = nullptr;
    bool judge_pegin_depth = true;        // -validatepegin
    rules::ProofCache* proofs = nullptr;  // shared with the chain; null: none
};

class TipSource {
public:
    virtual ~TipSource() = default;
    // Calls `use` once with the tip. An error means that data could not be read: what `use` found out means nothing.
    virtual std::optional<Error> with_tip(const std::function<void(const Tip&)>& use) = 0;
};

}  // namespace sluice::mempool
