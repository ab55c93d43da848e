// Packages: transactions that are judged together (transactions.md section 11; BIP331 without its messages). Values and
// the checks that need nothing but the transactions. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mempool/entry.h"

namespace sluice::mempool {

inline constexpr size_t kMaxPackageCount = 25;
inline constexpr int64_t kMaxPackageWeight = 404'000;

// Of one transaction of a package.
struct AlreadyHere {
    Amount fee;
    int64_t vsize = 0;
};
struct OtherWitness {
    Wtxid wtxid;  // of the one that is in the pool
};
using MemberVerdict = std::variant<Acceptance, AlreadyHere, OtherWitness, Refusal>;

struct PackageVerdict {
    enum class Kind : uint8_t {
        kGood,
        kPackage,      // the package as such
        kTransaction,  // one of its transactions, or what they pay
    };
    Kind kind = Kind::kGood;
    std::string text;                        // "package_msg"
    std::map<Wtxid, MemberVerdict> members;  // of those that were judged
};

// Count, weight, order, no transaction or spent output twice. The reason, or nothing.
std::optional<std::string> check_package(const std::vector<TxRef>& txs);
// The last spends of every other one.
bool is_child_with_parents(const std::vector<TxRef>& txs);
// And none of the others spends of another.
bool is_child_with_parents_tree(const std::vector<TxRef>& txs);

}  // namespace sluice::mempool
