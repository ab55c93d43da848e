// Dynamic federations: parameter entries, their roots, the epochs in which they hold, and what a block header must say
// about them. Pure; any thread. Source: protocol page "blocks-and-dynafed", sections 3, 6, 7 and 8.
#pragma once

#include "consensus/params/chain_params.h"
#include "consensus/primitives/block.h"
#include "consensus/primitives/fedpeg_script.h"
#include "consensus/primitives/header_view.h"
#include "consensus/primitives/verdict.h"

namespace sluice::fed_rules {

// A compact and a full entry of the same parameters have the same root; a null entry has zero.
Hash256 entry_root(const DynafedEntry& entry);
// The half that a compact entry carries as elided_root: fedpeg program and script, extension space. Of a full entry.
Hash256 extra_root(const DynafedEntry& entry);
// Over current and proposed; zero when both are null. Shown by RPC, not part of any hash.
Hash256 params_root(const DynafedHeader& header);

// Kind and fields, but not elided_root: a compact entry with a wrong one is accepted by the network.
bool same_parameters(const DynafedEntry& a, const DynafedEntry& b);
DynafedEntry to_compact(const DynafedEntry& full);

// In the functions below `parents` is the branch that ends at the parent of the block in question.

// The full parameters that hold for the block: the winner of the vote if it starts an epoch and one has four fifths of
// the epoch before, otherwise those of the last epoch start (made up from the chain's options before dynafed).
DynafedEntry full_parameters(const HeaderView& parents, const ChainParams& params);
// The same as the block must publish them: full at an epoch start and in the first dynafed block, else compact.
DynafedEntry expected_current(const HeaderView& parents, const ChainParams& params);

// The header rules that begin when dynafed is active for the block (that is known from version bits: consensus/rules).
// Every failure is "invalid-dyna-fed"; the detail says which.
Judged<void> check_dynafed_header(const BlockHeader& header, const HeaderView& parents, const ChainParams& params);

// Valid for peg-ins in `block`, newest first, at most total_valid_epochs of them; entries may repeat.
std::vector<FedpegScript> fedpeg_scripts_in(const BlockHeader& block, const HeaderView& parents,
                                            const ChainParams& params);
// Valid for peg-ins in the block after the end of `branch`: what the mempool and RPC use.
std::vector<FedpegScript> fedpeg_scripts_after(const HeaderView& branch, const ChainParams& params);

}  // namespace sluice::fed_rules
