// ChainTipSource: the mempool's tip, from ChainState. State thread; outlived by the ChainState.
#pragma once

#include "chain/chain_state.h"
#include "mempool/tip_source.h"

namespace sluice::mempool {

class ChainTipSource final : public TipSource {
public:
    ChainTipSource(chain::ChainState& chain, bool judge_pegin_depth)
        : chain_(chain), version_bits_(chain.params()), judge_pegin_depth_(judge_pegin_depth) {}
    std::optional<Error> with_tip(const std::function<void(const Tip&)>& use) override;

private:
    chain::ChainState& chain_;
    rules::VersionBits version_bits_;
    const bool judge_pegin_depth_;
};

}  // namespace sluice::mempool
