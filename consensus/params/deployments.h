// Deployments by version bits (BIP9 with the block height as its clock; chain-params.md section 7). Values; pure. The
// state machine that reads them is in consensus/rules/versionbits.h.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace sluice {

enum class Deployment : uint8_t { kTestDummy, kTaproot, kDynafed, kSimplicity };
inline constexpr size_t kDeploymentCount = 4;
inline constexpr std::array<Deployment, kDeploymentCount> kAllDeployments = {
    Deployment::kTestDummy, Deployment::kTaproot, Deployment::kDynafed, Deployment::kSimplicity};

constexpr std::string_view to_string(Deployment deployment) {
    switch (deployment) {
        case Deployment::kTestDummy: return "testdummy";
        case Deployment::kTaproot: return "taproot";
        case Deployment::kDynafed: return "dynafed";
        case Deployment::kSimplicity: return "simplicity";
    }
    return "";
}

struct DeploymentParams {
    static constexpr int64_t kAlwaysActive = -1;
    static constexpr int64_t kNeverActive = -2;
    static constexpr int64_t kNoTimeout = std::numeric_limits<int64_t>::max();

    int bit = 28;
    int64_t start = kNeverActive;  // height of a period's last block, or one of the two constants
    int64_t timeout = kNoTimeout;  // likewise
    int32_t min_activation_height = 0;
    std::optional<uint32_t> period;     // blocks; the chain's window when absent
    std::optional<uint32_t> threshold;  // blocks; the chain's threshold when absent
};

}  // namespace sluice
