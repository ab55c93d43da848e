// Bitcoin's rules for headers on each of its networks (federation-design section 5): which header may follow a branch.
// Pure; storing headers and choosing the best branch is peg/chain's. Not the rule for peg-in proofs, whose limit is the
// sidechain's con_parentpowlimit.
#pragma once

#include <string_view>

#include "peg/parent/header.h"
#include "util/result.h"

namespace sluice::parent {

enum class Network { kMainnet, kTestnet3, kTestnet4, kSignet, kRegtest };

struct HeaderRules {
    Network network = Network::kRegtest;
    std::string_view name;  // as bitcoind's getblockchaininfo calls the chain
    ParentHeader genesis;
    U256 limit;                  // easiest target
    bool retargets = true;       // every kRetargetBlocks blocks
    bool twenty_minute = false;  // a header 20 minutes after its parent may use the limit
    bool bip94 = false;          // retarget from the period's first bits; no big step back in time at its start
    uint32_t version2_height =
        0;  // BIP34, BIP66, BIP65: from there versions below 2, 3, 4 are invalid; 0 = not checked
    uint32_t version3_height = 0;
    uint32_t version4_height = 0;
    U256 minimum_work;        // the view is not ready below it
    int64_t max_tip_age = 0;  // seconds; the view is not ready with an older tip; 0 = any age
};

inline constexpr uint32_t kRetargetBlocks = 2016;
inline constexpr uint32_t kRetargetSeconds = 14 * 24 * 60 * 60;
inline constexpr uint32_t kSpacingSeconds = 10 * 60;
inline constexpr int64_t kMaxFutureSeconds = 2 * 60 * 60;

// The rules of the network with that genesis block; nullptr for a chain that is none of Bitcoin's.
const HeaderRules* header_rules(const ParentBlockHash& genesis);
const HeaderRules& header_rules(Network network);

// Port: the branch that a header extends. at(height) is defined for 0 .. tip_height().
class HeaderBranch {
public:
    struct Point {
        uint32_t time = 0;
        uint32_t bits = 0;
    };
    virtual ~HeaderBranch() = default;
    [[nodiscard]] virtual uint32_t tip_height() const = 0;
    [[nodiscard]] virtual Point at(uint32_t height) const = 0;
};

enum class HeaderFault { kHighHash, kWrongBits, kTimeTooOld, kTimeWarp, kOldVersion };
const char* to_string(HeaderFault fault);

// The bits that a header with time `time` must carry on top of `branch`.
uint32_t required_bits(const HeaderRules& rules, const HeaderBranch& branch, uint32_t time);
// Median of the last 11 times (fewer near the genesis).
uint32_t median_time(const HeaderBranch& branch);
// Everything but linkage (the caller found the branch by header.previous) and the clock.
Result<void, HeaderFault> check_header(const HeaderRules& rules, const ParentHeader& header,
                                       const HeaderBranch& branch);
// Too far ahead of `now` (Unix seconds): to be held back until then, not invalid.
inline bool is_from_future(const ParentHeader& header, int64_t now) { return header.time > now + kMaxFutureSeconds; }

}  // namespace sluice::parent
