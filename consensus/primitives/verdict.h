// Failure: why a check of something from outside did not end in "valid". Valid is the value of a Result; the other
// three of the four verdicts are here. Plain data.
//   Invalid   breaks a rule, for ever. The sender is punished and the hash remembered (unless `mutated`).
//   Deferred  cannot be judged now: something outside is missing (a parent block, its depth). Nobody is punished;
//   retried. Fault     the machine failed (I/O, corruption). Nothing is said about the input; the node stops.
#pragma once

#include <string>

#include "util/result.h"

namespace sluice {

struct Failure {
    enum class Kind { kInvalid, kDeferred, kFault };
    Kind kind = Kind::kInvalid;
    std::string reason;  // Invalid: Elements' reject string; others: for people
    std::string detail;  // more for the log; may be empty
    // Invalid: the block's bytes differ from what its hash commits to (proof, witness, repeated transactions), so
    // another block with this hash may be valid.
    bool mutated = false;

    bool operator==(const Failure&) const = default;
};

template <class T>
using Judged = Result<T, Failure>;

inline tl::unexpected<Failure> invalid(std::string reason, std::string detail = {}) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kInvalid, std::move(reason), std::move(detail), false});
}
inline tl::unexpected<Failure> mutated(std::string reason, std::string detail = {}) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kInvalid, std::move(reason), std::move(detail), true});
}
inline tl::unexpected<Failure> deferred(std::string missing) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kDeferred, std::move(missing), {}, false});
}
inline tl::unexpected<Failure> fault(std::string what) {
    return tl::unexpected<Failure>(Failure{Failure::Kind::kFault, std::move(what), {}, false});
}

}  // namespace sluice
