#include "consensus/rules/proof_cache.h"

namespace sluice::rules {

void ProofCache::insert(const Hash256& name) {
    if (half_ == 0 || contains(name)) return;
    if (young_.size() >= half_) {
        old_ = std::move(young_);
        young_ = {};
    }
    young_.insert(name);
}

}  // namespace sluice::rules
