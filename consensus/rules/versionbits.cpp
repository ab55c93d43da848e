#include "consensus/rules/versionbits.h"

#include <optional>

namespace sluice::rules {
namespace {

constexpr uint32_t kTopMask = 0xe0000000;
constexpr uint32_t kTopBits = 0x20000000;

// The last height of the period before the one that the next block is in; nullopt in the first period.
std::optional<uint32_t> period_end_before(uint32_t next_height, uint32_t period) {
    const uint32_t start = next_height - next_height % period;
    return start == 0 ? std::nullopt : std::optional(start - 1);
}

}  // namespace

std::string_view to_string(DeploymentState state) {
    switch (state) {
        case DeploymentState::kDefined: return "defined";
        case DeploymentState::kStarted: return "started";
        case DeploymentState::kLockedIn: return "locked_in";
        case DeploymentState::kActive: return "active";
        case DeploymentState::kFailed: return "failed";
    }
    return "";
}

uint32_t VersionBits::period(Deployment deployment) const {
    return std::max<uint32_t>(1, params_.deployment(deployment).period.value_or(params_.window));
}
uint32_t VersionBits::threshold(Deployment deployment) const {
    return params_.deployment(deployment).threshold.value_or(params_.threshold);
}
bool VersionBits::signals(int32_t version, Deployment deployment) const {
    const auto bits = static_cast<uint32_t>(version);
    return (bits & kTopMask) == kTopBits && ((bits >> params_.deployment(deployment).bit) & 1) != 0;
}

DeploymentState VersionBits::state_after(const HeaderView& branch, Deployment deployment) {
    const DeploymentParams& rule = params_.deployment(deployment);
    if (rule.start == DeploymentParams::kAlwaysActive) return DeploymentState::kActive;
    if (rule.start == DeploymentParams::kNeverActive) return DeploymentState::kFailed;
    const std::optional<uint32_t> end = period_end_before(branch.height() + 1, period(deployment));
    return end ? state_at_end(branch, deployment, *end) : DeploymentState::kDefined;
}

DeploymentState VersionBits::state_at_end(const HeaderView& branch, Deployment deployment, uint32_t end) {
    std::map<BlockHash, DeploymentState>& known = known_[static_cast<size_t>(deployment)];
    const uint32_t length = period(deployment);
    // Back to a period whose state is known, or that ends before the start, or to genesis; then forward again.
    std::vector<uint32_t> open;
    DeploymentState state = DeploymentState::kDefined;
    for (int64_t at = end; at >= 0 && at >= params_.deployment(deployment).start; at -= length) {
        if (const auto found = known.find(branch.hash_at(static_cast<uint32_t>(at))); found != known.end()) {
            state = found->second;
            break;
        }
        open.push_back(static_cast<uint32_t>(at));
    }
    for (auto at = open.rbegin(); at != open.rend(); ++at) {
        state = next_state(branch, deployment, *at, state);
        known.emplace(branch.hash_at(*at), state);
    }
    return state;
}

DeploymentState VersionBits::next_state(const HeaderView& branch, Deployment deployment, uint32_t end,
                                        DeploymentState before) const {
    const DeploymentParams& rule = params_.deployment(deployment);
    switch (before) {
        case DeploymentState::kDefined: return end >= rule.start ? DeploymentState::kStarted : before;
        case DeploymentState::kStarted: {
            const uint32_t length = std::min(period(deployment), end + 1);
            uint32_t signalling = 0;
            for (uint32_t i = 0; i < length; ++i) signalling += signals(branch.version_at(end - i), deployment) ? 1 : 0;
            if (signalling >= threshold(deployment)) return DeploymentState::kLockedIn;
            return end >= rule.timeout ? DeploymentState::kFailed : before;
        }
        case DeploymentState::kLockedIn:
            return static_cast<int64_t>(end) + 1 >= rule.min_activation_height ? DeploymentState::kActive : before;
        case DeploymentState::kActive:
        case DeploymentState::kFailed: return before;
    }
    return before;
}

uint32_t VersionBits::since_height(const HeaderView& branch, Deployment deployment) {
    const DeploymentParams& rule = params_.deployment(deployment);
    if (rule.start == DeploymentParams::kAlwaysActive || rule.start == DeploymentParams::kNeverActive) return 0;
    const DeploymentState now = state_after(branch, deployment);
    const uint32_t length = period(deployment);
    std::optional<uint32_t> end = period_end_before(branch.height() + 1, length);
    if (now == DeploymentState::kDefined || !end) return 0;
    while (*end >= length && state_at_end(branch, deployment, *end - length) == now) *end -= length;
    return *end + 1;
}

SignallingCount VersionBits::count(const HeaderView& branch, Deployment deployment) const {
    SignallingCount out;
    out.period = period(deployment);
    out.threshold = threshold(deployment);
    out.elapsed = 1 + branch.height() % out.period;
    for (uint32_t height = branch.height() + 1 - out.elapsed; height <= branch.height(); ++height) {
        out.signalled.push_back(signals(branch.version_at(height), deployment));
        out.count += out.signalled.back() ? 1 : 0;
    }
    out.possible = out.period >= out.threshold && out.period - out.threshold >= out.elapsed - out.count;
    return out;
}

int32_t VersionBits::block_version_after(const HeaderView& branch) {
    uint32_t version = kTopBits;
    for (const Deployment deployment : kAllDeployments) {
        const DeploymentState state = state_after(branch, deployment);
        if (state != DeploymentState::kStarted && state != DeploymentState::kLockedIn) continue;
        if (deployment == Deployment::kDynafed && !params_.signal_dynafed) continue;
        version |= uint32_t{1} << params_.deployment(deployment).bit;
    }
    return static_cast<int32_t>(version);
}

}  // namespace sluice::rules
