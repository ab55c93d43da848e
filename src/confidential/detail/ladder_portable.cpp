#include "confidential/detail/ladder_words.h"

namespace sluice::confidential::detail {

const LadderBackend& portable_ladder() {
    static constexpr LadderBackend kBackend{"portable", WordLadder<PlainOps>::prepare,
                                            WordLadder<PlainOps>::multiply_add, WordLadder<PlainOps>::add_pairs,
                                            WordLadder<PlainOps>::root_candidates};
    return kBackend;
}

}  // namespace sluice::confidential::detail
