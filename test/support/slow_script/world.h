// Transactions drawn from octets: issuances, peg-ins, confidential fields and proofs of any content.
#pragma once

#include "support/slow_script/cases.h"

namespace sluice::slow {

TxOut draw_output(Draw& draw);
// All but the scripts of the input that is judged.
SpendCase draw_world(Draw& draw);

}  // namespace sluice::slow
