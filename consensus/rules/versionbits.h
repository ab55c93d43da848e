// Version bits (BIP9) with the block height as clock (chain-params.md section 7). VersionBits remembers what it worked
// out at period boundaries, so that asking for each block is cheap; what it says depends on the branch only.
//
// Owner: whoever checks headers (chain); used on one thread.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "consensus/params/chain_params.h"
#include "consensus/primitives/header_view.h"

namespace sluice::rules {

enum class DeploymentState { kDefined, kStarted, kLockedIn, kActive, kFailed };
// As RPC prints it: "defined", "started", "locked_in", "active", "failed".
std::string_view to_string(DeploymentState state);

struct SignallingCount {
    uint32_t period = 0;
    uint32_t threshold = 0;
    uint32_t elapsed = 0;  // blocks of the current period
    uint32_t count = 0;    // of these, signalling
    bool possible = false;
    std::vector<bool> signalled;  // whether each of them does, the oldest first
};

class VersionBits {
public:
    // `params` must outlive it.
    explicit VersionBits(const ChainParams& params) : params_(params) {}

    // For the block after the branch's last.
    [[nodiscard]] DeploymentState state_after(const HeaderView& branch, Deployment deployment);
    [[nodiscard]] bool active_after(const HeaderView& branch, Deployment deployment) {
        return state_after(branch, deployment) == DeploymentState::kActive;
    }
    // Height of the first block to which that state applies.
    [[nodiscard]] uint32_t since_height(const HeaderView& branch, Deployment deployment);
    // Signals in the period that holds the branch's last block.
    [[nodiscard]] SignallingCount count(const HeaderView& branch, Deployment deployment) const;
    // The version that a block after the branch's last should have.
    [[nodiscard]] int32_t block_version_after(const HeaderView& branch);

private:
    [[nodiscard]] uint32_t period(Deployment deployment) const;
    [[nodiscard]] uint32_t threshold(Deployment deployment) const;
    [[nodiscard]] bool signals(int32_t version, Deployment deployment) const;
    // State for the blocks after `end`, the last height of a period on the branch.
    [[nodiscard]] DeploymentState state_at_end(const HeaderView& branch, Deployment deployment, uint32_t end);
    [[nodiscard]] DeploymentState next_state(const HeaderView& branch, Deployment deployment, uint32_t end,
                                             DeploymentState before) const;

    const ChainParams& params_;
    // State after a period, by the hash of its last block.
    std::array<std::map<BlockHash, DeploymentState>, kDeploymentCount> known_;
};

}  // namespace sluice::rules
