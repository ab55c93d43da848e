// Range proofs by who knows the value: making one, and opening one with the nonce that both sides share
// (confidential.md sections 4 and 5). Byte for byte the proofs of libsecp256k1-zkp. Signing time depends on the public
// parts of the proof only (its number of digits), never on the digits, the blinding factor or the nonce. Any thread.
#pragma once

#include "confidential/secret/blinding.h"
#include "confidential/secret/error.h"
#include "util/result.h"

namespace sluice::confidential {

// Which range to prove; the signer may widen it where the encoding forces that.
struct RangeParams {
    uint64_t min_value = 0;  // public; at most the value
    int exponent = 0;   // -1: the exact value is public; 0..18: value - min_value is proven in units of 10^exponent
    int min_bits = 52;  // 0..64: at least so many bits are hidden
};

// What a proof is about. `extra` is committed to: an output's script; empty for issuances.
struct RangeStatement {
    CommitmentBytes commitment;
    GeneratorBytes generator;
    ByteView extra;
};

// Proves that the commitment opens to `value` and `blind`, which must be so (not checked here: a proof of something
// else does not verify). `nonce`, 32 bytes, seeds all that is random in the proof: never use one nonce for two proofs.
// `message` is carried to whoever knows the nonce: at most 128 bytes for each ring but the last.
Result<Bytes, SecretError> sign_range_proof(const RangeStatement& about, const RangeParams& params, uint64_t value,
                                            const BlindingFactor& blind, ByteView nonce, ByteView message);

struct Rewound {
    uint64_t value = 0;
    BlindingFactor blind;
    Bytes message;  // all of it, zeros where nothing was put; the first 64 bytes are Elements'. Wipe it.
    uint64_t min_value = 0;
    uint64_t max_value = 0;

    Rewound() = default;
    Rewound(Rewound&&) = default;
    Rewound& operator=(Rewound&&) = default;
    Rewound(const Rewound&) = delete;
    Rewound& operator=(const Rewound&) = delete;
    ~Rewound() { wipe(message); }
};

// Verifies the proof and opens it. kBadProof, or kNotForThisKey when the proof is sound but the nonce is another's.
Result<Rewound, SecretError> rewind_range_proof(const RangeStatement& about, ByteView proof, ByteView nonce);

}  // namespace sluice::confidential
