// What a PSET still lacks, and whose turn it is. Pure; any thread.
#pragma once

#include <string>

#include "consensus/params/chain_params.h"
#include "pset/proofs.h"

namespace sluice::pset {

// In the order of the work.
enum class Role { kCreator, kUpdater, kBlinder, kSigner, kFinalizer, kExtractor };
const char* to_string(Role role);

struct InputAnalysis {
    bool has_utxo = false;
    bool is_final = false;
    Role next = Role::kExtractor;
    Bytes missing_redeem_script;        // hash160
    Bytes missing_witness_script;       // sha256
    std::vector<Hash160> missing_keys;  // hashes of keys whose origin is not known
    std::vector<Hash160> missing_signatures;
};
struct OutputAnalysis {
    bool blind = false;
    ProofState proofs = ProofState::kGood;
};
struct Analysis {
    std::vector<InputAnalysis> inputs;
    std::vector<OutputAnalysis> outputs;
    std::optional<size_t> virtual_size;  // of the signed transaction; known where every input's script is a template
    std::optional<Amount> fee;
    Role next = Role::kExtractor;
    std::string error;  // empty: none; else the rest says nothing
};
Analysis analyze(const Pset& pset, const ChainParams& params);

}  // namespace sluice::pset
