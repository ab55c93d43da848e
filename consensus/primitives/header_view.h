// HeaderView: the headers of one branch, from genesis up to some block, as rules look back on them (times, heights,
// version bits, dynafed entries). A port: the chain module implements it over its index; tests over a vector.
//
// The rules that use it are pure and know no faults: an implementation that cannot read a header from disk returns an
// empty one, remembers the fault, and its owner throws the verdict away. Heights outside 0..height() are a bug of the
// caller.
#pragma once

#include <memory>

#include "consensus/primitives/block.h"

namespace sluice {

class HeaderView {
public:
    virtual ~HeaderView() = default;

    // Of the last header of the branch.
    [[nodiscard]] virtual uint32_t height() const = 0;

    // From memory, cheap.
    [[nodiscard]] virtual BlockHash hash_at(uint32_t height) const = 0;
    [[nodiscard]] virtual int32_t version_at(uint32_t height) const = 0;
    [[nodiscard]] virtual uint32_t time_at(uint32_t height) const = 0;              // Unix seconds
    [[nodiscard]] virtual uint32_t median_time_past_at(uint32_t height) const = 0;  // of it and its 10 predecessors
    [[nodiscard]] virtual bool is_dynafed_at(uint32_t height) const = 0;
    // Root of the proposed entry; zero if it is null or the header is legacy.
    [[nodiscard]] virtual Hash256 proposed_root_at(uint32_t height) const = 0;

    // Whole, perhaps from disk. Never null.
    [[nodiscard]] virtual std::shared_ptr<const BlockHeader> header_at(uint32_t height) const = 0;
};

}  // namespace sluice
