#include "pset/pset.h"

#include <algorithm>
#include <tuple>

namespace sluice::pset {

bool operator<(const ExtendedKey& a, const ExtendedKey& b) {
    const ByteView ka = a.pubkey();
    const ByteView kb = b.pubkey();
    if (!equal(ka, kb)) return std::ranges::lexicographical_compare(ka, kb);
    if (!equal(a.chain_code(), b.chain_code()))
        return std::ranges::lexicographical_compare(a.chain_code(), b.chain_code());
    return a.bytes < b.bytes;
}

OutPoint Input::outpoint() const {
    return {previous_txid, previous_index == kNullIndex ? kNullIndex : previous_index & kOutPointIndexMask};
}

bool Pset::wants_blinding() const { return std::ranges::any_of(outputs, &Output::wants_blinding); }

bool Pset::is_fully_blinded() const {
    return std::ranges::all_of(outputs, [](const Output& o) { return !o.wants_blinding() || o.is_fully_blinded(); });
}

}  // namespace sluice::pset
