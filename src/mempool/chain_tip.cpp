#include "mempool/chain_tip.h"

namespace sluice::mempool {

std::optional<Error> ChainTipSource::with_tip(const std::function<void(const Tip&)>& use) {
    const chain::HeaderViewPtr headers = chain_.reader().branch(chain_.reader().tip().hash);
    if (headers == nullptr) return Error{"the tip is not known"};
    const chain::TipCoinView coins = chain_.coins();
    use(Tip{*headers, coins, version_bits_, chain_.parent_view().get(), judge_pegin_depth_, &chain_.proofs()});
    return coins.fault();
}

}  // namespace sluice::mempool
