// FollowedChain: the signer's own opinion on the next header (federation-design section 7, Advance): it is the chain's
// genesis, or it extends the last one, holds under the parameters that the headers before it voted for, and carries the
// block signatures that those parameters ask for. Only sets of the manifest can become active. Pure; owned by
// MemberSigner. Fed anew from genesis at each start: whoever knows from the journal that a header was checked before
// may say so and save its signatures' check.
#pragma once

#include <optional>
#include <vector>

#include "consensus/params/chain_params.h"
#include "federation/agreement/signer.h"
#include "federation/signer/known_set.h"

namespace sluice::signer {

enum class Proof { kCheck, kKnownGood };

class FollowedChain {
public:
    // `sets` in the manifest's order: the first holds from block 1 on. `chain` outlives this.
    FollowedChain(const ChainParams& chain, std::vector<KnownSet> sets) : chain_(chain), sets_(std::move(sets)) {}

    // A successor manifest adds sets. The followed headers stay.
    void set_sets(std::vector<KnownSet> sets) { sets_ = std::move(sets); }
    [[nodiscard]] const std::vector<KnownSet>& sets() const { return sets_; }

    // Height of the next header.
    [[nodiscard]] agreement::Height next() const { return next_; }
    // Whether it may be the next one; kWrongHeader if not.
    [[nodiscard]] Result<void, agreement::Refusal> check(const BlockHeader& header, Proof proof) const;
    // Precondition: it was checked.
    void take(const BlockHeader& header);

    // Root of the parameters that hold at next().
    [[nodiscard]] Hash256 active_root() const;

private:
    const ChainParams& chain_;
    std::vector<KnownSet> sets_;
    agreement::Height next_ = 0;
    BlockHash tip_;
    Hash256 root_;                    // in force at the tip
    std::vector<Hash256> proposals_;  // of the epoch that the tip is in, by height; zeros: none
};

}  // namespace sluice::signer
