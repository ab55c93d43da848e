// The combiner: several PSETs of one transaction become one that holds what any of them holds. Pure; any thread.
#pragma once

#include <vector>

#include "pset/pset.h"

namespace sluice::pset {

// Where two say different things of one field, the first stands; but blinding of an output must not differ. Errors:
// different transactions; outputs blinded in two ways; and parts that, each balanced by itself, would not balance
// together (an output's blinder and the last one's work must not be mixed from PSETs none of which is complete).
// Precondition: not empty.
Result<Pset> combine(std::vector<Pset> parts);

}  // namespace sluice::pset
