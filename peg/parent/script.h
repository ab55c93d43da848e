// Bitcoin output scripts as far as payouts need them.
#pragma once

#include <cstdint>
#include <optional>

#include "consensus/primitives/script_bytes.h"
#include "peg/parent/transaction.h"

namespace sluice::parent {

enum class OutputKind { kP2pkh, kP2sh, kP2wpkh, kP2wsh, kWitnessFuture };  // kWitnessFuture: version 1 to 16

// nullopt for any other script: bare multisig, data, a version 0 program of another length.
std::optional<OutputKind> classify(const Script& script);

// The least value in satoshi that Bitcoin Core relays in an output with this script at its default dust rate of 3000
// sat/kvB.
int64_t dust_limit(const Script& script);

// OP_0 and the SHA-256 of the witness script.
Script p2wsh(const Script& witness_script);

}  // namespace sluice::parent
