// Taproot as Elements has it: tagged hashes of its own, tapscript leaf version 0xc4 (protocol page "script", section 5;
// BIP341). Pure; any thread.
#pragma once

#include <span>

#include "consensus/primitives/transaction.h"
#include "consensus/script/checker.h"
#include "consensus/script/sighash.h"

namespace sluice::script {

inline constexpr uint8_t kLeafTapscript = 0xc4;
inline constexpr uint8_t kLeafSimplicity = 0xbe;
inline constexpr uint8_t kAnnexTag = 0x50;
inline constexpr size_t kControlBase = 33;  // leaf version and parity, internal key
inline constexpr size_t kControlNode = 32;
inline constexpr size_t kControlMaxNodes = 128;

Hash256 tapleaf_hash(uint8_t leaf_version, ByteView script);
// The smaller of the two first.
Hash256 tapbranch_hash(ByteView a, ByteView b);
// What is added to the internal key; of a key path without scripts `merkle_root` is empty.
Hash256 taptweak_hash(ByteView internal_key, ByteView merkle_root);
// Whether the control block proves that the leaf is in the output key's tree. Precondition: its size is one of a
// control block.
bool verify_taproot_commitment(ByteView control, ByteView program, const Hash256& leaf);

}  // namespace sluice::script
