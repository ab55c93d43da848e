#include "confidential/detail/field_adx.h"
#include "confidential/detail/ladder_words.h"

namespace sluice::confidential::detail {

const LadderBackend* adx_ladder() {
#ifdef SLUICE_ADX
    static constexpr LadderBackend kBackend{"adx", WordLadder<AdxOps>::prepare, WordLadder<AdxOps>::multiply_add,
                                            WordLadder<AdxOps>::add_pairs, WordLadder<AdxOps>::root_candidates};
    return adx_is_right() ? &kBackend : nullptr;
#else
    return nullptr;
#endif
}

}  // namespace sluice::confidential::detail
