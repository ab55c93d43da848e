#include "peg/parent/header_rules.h"

#include <algorithm>
#include <array>
#include <vector>

#include "codec/hex.h"
#include "util/check.h"

namespace sluice::parent {

namespace {

constexpr uint32_t kMaxTimeWarp = 600;  // BIP94, seconds

constexpr const char* kFirstRoot = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b";
constexpr const char* kTestnet4Root = "7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e";

ParentHeader genesis_of(const char* root, uint32_t time, uint32_t bits, uint32_t nonce) {
    ParentHeader out;
    out.version = 1;
    out.merkle_root = *from_display<ParentMerkleRoot>(root);
    out.time = time;
    out.bits = bits;
    out.nonce = nonce;
    return out;
}

// Minimum work: what the networks had in 2024 and 2025, as Bitcoin Core and Elements 28 build it in.
std::array<HeaderRules, 5> make_rules() {
    const U256 limit32 = *U256::from_hex("00000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    HeaderRules main;
    main.network = Network::kMainnet;
    main.name = "main";
    main.genesis = genesis_of(kFirstRoot, 1231006505, 0x1d00ffff, 2083236893);
    main.limit = limit32;
    main.version2_height = 227931;
    main.version3_height = 363725;
    main.version4_height = 388381;
    main.minimum_work = *U256::from_hex("b1f3b93b65b16d035a82be84");
    main.max_tip_age = 24 * 60 * 60;

    HeaderRules test3;
    test3.network = Network::kTestnet3;
    test3.name = "test";
    test3.genesis = genesis_of(kFirstRoot, 1296688602, 0x1d00ffff, 414098458);
    test3.limit = limit32;
    test3.twenty_minute = true;
    test3.version2_height = 21111;
    test3.version3_height = 330776;
    test3.version4_height = 581885;

    HeaderRules test4;
    test4.network = Network::kTestnet4;
    test4.name = "testnet4";
    test4.genesis = genesis_of(kTestnet4Root, 1714777860, 0x1d00ffff, 393743547);
    test4.limit = limit32;
    test4.twenty_minute = true;
    test4.bip94 = true;
    test4.version2_height = test4.version3_height = test4.version4_height = 1;

    HeaderRules signet;
    signet.network = Network::kSignet;
    signet.name = "signet";
    signet.genesis = genesis_of(kFirstRoot, 1598918400, 0x1e0377ae, 52613770);
    signet.limit = *U256::from_hex("00000377ae000000000000000000000000000000000000000000000000000000");
    signet.version2_height = signet.version3_height = signet.version4_height = 1;

    // Versions are not checked: implementations put the heights of BIP34, 65 and 66 at different places on regtest.
    HeaderRules regtest;
    regtest.network = Network::kRegtest;
    regtest.name = "regtest";
    regtest.genesis = genesis_of(kFirstRoot, 1296688602, 0x207fffff, 2);
    regtest.limit = *U256::from_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    regtest.retargets = false;
    regtest.twenty_minute = true;
    return {main, test3, test4, signet, regtest};
}

const std::array<HeaderRules, 5>& all_rules() {
    static const std::array<HeaderRules, 5> rules = make_rules();
    return rules;
}

uint32_t retarget(const HeaderRules& rules, const HeaderBranch& branch, uint32_t tip_height) {
    const HeaderBranch::Point last = branch.at(tip_height);
    if (!rules.retargets) return last.bits;
    const HeaderBranch::Point first = branch.at(tip_height - (kRetargetBlocks - 1));
    const int64_t taken = std::clamp<int64_t>(static_cast<int64_t>(last.time) - first.time, kRetargetSeconds / 4,
                                              int64_t{kRetargetSeconds} * 4);
    const std::optional<U256> old = target_of(rules.bip94 ? first.bits : last.bits);
    CHECK(old.has_value());  // every header of the branch passed check_pow
    const U256 target = *old * static_cast<uint64_t>(taken) / U256(kRetargetSeconds);
    return compact_of(std::min(target, rules.limit));
}

bool has_old_version(const HeaderRules& rules, int32_t version, uint32_t height) {
    const auto from = [&](uint32_t start) { return start != 0 && height >= start; };
    return (version < 2 && from(rules.version2_height)) || (version < 3 && from(rules.version3_height)) ||
           (version < 4 && from(rules.version4_height));
}

}  // namespace

const HeaderRules* header_rules(const ParentBlockHash& genesis) {
    for (const HeaderRules& rules : all_rules()) {
        if (compute_hash(rules.genesis) == genesis) return &rules;
    }
    return nullptr;
}

const HeaderRules& header_rules(Network network) { return all_rules()[static_cast<size_t>(network)]; }

const char* to_string(HeaderFault fault) {
    switch (fault) {
        case HeaderFault::kHighHash: return "hash does not meet its target";
        case HeaderFault::kWrongBits: return "wrong difficulty bits";
        case HeaderFault::kTimeTooOld: return "time not above the median of the last 11";
        case HeaderFault::kTimeWarp: return "time steps back at a retarget";
        case HeaderFault::kOldVersion: return "version no longer allowed";
    }
    return "unknown";
}

uint32_t required_bits(const HeaderRules& rules, const HeaderBranch& branch, uint32_t time) {
    const uint32_t tip = branch.tip_height();
    if ((tip + 1) % kRetargetBlocks == 0) return retarget(rules, branch, tip);
    HeaderBranch::Point point = branch.at(tip);
    if (!rules.twenty_minute) return point.bits;
    const uint32_t limit_bits = compact_of(rules.limit);
    if (time > point.time + 2 * kSpacingSeconds) return limit_bits;
    // The last bits of the period that were not this exception.
    for (uint32_t height = tip; height > 0 && height % kRetargetBlocks != 0 && point.bits == limit_bits;) {
        point = branch.at(--height);
    }
    return point.bits;
}

uint32_t median_time(const HeaderBranch& branch) {
    std::vector<uint32_t> times;
    for (int64_t height = branch.tip_height(); height >= 0 && times.size() < 11; --height) {
        times.push_back(branch.at(static_cast<uint32_t>(height)).time);
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

Result<void, HeaderFault> check_header(const HeaderRules& rules, const ParentHeader& header,
                                       const HeaderBranch& branch) {
    const uint32_t height = branch.tip_height() + 1;
    if (header.bits != required_bits(rules, branch, header.time)) return unexpected(HeaderFault::kWrongBits);
    if (!check_pow(compute_hash(header), header.bits, rules.limit)) return unexpected(HeaderFault::kHighHash);
    if (header.time <= median_time(branch)) return unexpected(HeaderFault::kTimeTooOld);
    if (rules.bip94 && height % kRetargetBlocks == 0 &&
        static_cast<int64_t>(header.time) < static_cast<int64_t>(branch.at(height - 1).time) - kMaxTimeWarp) {
        return unexpected(HeaderFault::kTimeWarp);
    }
    if (has_old_version(rules, header.version, height)) return unexpected(HeaderFault::kOldVersion);
    return {};
}

}  // namespace sluice::parent
