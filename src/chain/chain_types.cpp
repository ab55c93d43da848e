#include "chain/chain_types.h"

namespace sluice::chain {

std::optional<std::string> BlockOutcome::bip22() const {
    if (failure && failure->kind == Failure::Kind::kInvalid) return failure->reason;
    if (!is_new && !failure) return "duplicate";
    if (!active) return "inconclusive";
    return std::nullopt;
}

}  // namespace sluice::chain
