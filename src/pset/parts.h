// Between the fields of a PSET's input and what the signing module works with. Pure; any thread.
#pragma once

#include "pset/pset.h"
#include "signing/solve.h"

namespace sluice::pset {

// What signers and updaters left in the input.
signing::InputParts parts_of(const Input& in);
// Puts scripts and signatures of a solution into the input; returns how many signatures are new or other ones.
size_t take_parts(Input& in, const signing::InputParts& parts);

}  // namespace sluice::pset
