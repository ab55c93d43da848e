// Block proofs: whether a header carries the signatures that its chain asks for, and how signatures become a proof. The
// proof is not part of the block hash: a bad one says nothing about the hash. Pure; any thread. Source: protocol page
// "blocks-and-dynafed", section 4.
#pragma once

#include <optional>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/block.h"
#include "crypto/keys.h"

namespace sluice::fed_rules {

// Legacy headers answer to the chain's signblockscript (whether the header's challenge repeats its parent's is a rule
// of its own), dynafed headers to their current entry. The genesis block passes. The caller's reject reason:
// "block-proof-invalid".
bool check_block_proof(const BlockHeader& header, const ChainParams& params);

// The same for a legacy header of a signed parent chain. Dynafed parent headers cannot be judged from outside and pass.
bool check_signed_parent_proof(const BlockHeader& header, const Script& signblockscript, uint32_t max_signature_size);

// A member's signature of a block: DER, S in the lower half, without a hash type byte.
struct BlockSignature {
    PubKey key;
    Bytes signature;
};
BlockSignature sign_block(const BlockHash& hash, const SecretKey& key);
bool verify_block_signature(const BlockHash& hash, const BlockSignature& signature);

// Keys of a k-of-n script that signs blocks, in script order.
struct SigningScript {
    int required = 0;
    std::vector<PubKey> keys;
};
// nullopt unless it is a bare multisig script whose keys are all valid.
std::optional<SigningScript> parse_signing_script(const Script& script);

// The header with a proof made of the valid ones among `signatures`: in script order, no more than needed. `script` is
// the challenge of a legacy header; for a dynafed header the witness script of its P2WSH program, or empty for P2WPKH.
// Shapes: k-of-n multisig, one key, OP_TRUE. nullopt for another shape. With too few signatures the proof is
// incomplete: ask check_block_proof.
std::optional<BlockHeader> seal(BlockHeader header, const Script& script,
                                const std::vector<BlockSignature>& signatures);

}  // namespace sluice::fed_rules
